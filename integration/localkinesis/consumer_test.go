package localkinesis_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"github.com/kinesnow/kinesnow/integration/localkinesis"
)

const streamARN = "arn:aws:kinesis:us-east-1:000000000000:stream/quakes"

// consumerStatus is a consumer's state, or the code of the error.
func consumerStatus(t *testing.T, client *kinesis.Client, in kinesis.DescribeStreamConsumerInput) (types.ConsumerStatus, error) {
	t.Helper()
	out, err := client.DescribeStreamConsumer(context.Background(), &in)
	if err != nil {
		return "", err
	}
	return out.ConsumerDescription.ConsumerStatus, nil
}

func TestAConsumerGoesThroughItsStates(t *testing.T) {
	ctx, now := context.Background(), newClock()
	server := start(t, localkinesis.Options{Now: now.Now, Delay: time.Second})
	client, _ := connect(t, server), streamOf(t, server, 1)
	now.advance(time.Second)
	registered := must(client.RegisterStreamConsumer(ctx, &kinesis.RegisterStreamConsumerInput{StreamARN: aws.String(streamARN), ConsumerName: aws.String("app")}))(t).Consumer
	if *registered.ConsumerARN != streamARN+"/consumer/app:1762333936" || registered.ConsumerStatus != types.ConsumerStatusCreating {
		t.Errorf("registered %s, %s", *registered.ConsumerARN, registered.ConsumerStatus)
	}
	byARN := kinesis.DescribeStreamConsumerInput{ConsumerARN: registered.ConsumerARN}
	byName := kinesis.DescribeStreamConsumerInput{StreamARN: aws.String(streamARN), ConsumerName: aws.String("app")}
	_, err := open(client, *registered.ConsumerARN, shardName(0), fromLatest)
	wantCode(t, err, "ResourceInUseException")
	now.advance(time.Second)
	for _, in := range []kinesis.DescribeStreamConsumerInput{byARN, byName} {
		if status := must(consumerStatus(t, client, in))(t); status != types.ConsumerStatusActive {
			t.Errorf("status %s, want ACTIVE", status)
		}
	}
	must(client.DeregisterStreamConsumer(ctx, &kinesis.DeregisterStreamConsumerInput{ConsumerARN: registered.ConsumerARN}))(t)
	if status := must(consumerStatus(t, client, byName))(t); status != types.ConsumerStatusDeleting {
		t.Errorf("status %s, want DELETING", status)
	}
	_, err = server.RegisterConsumer("quakes", "app")
	wantCode(t, err, "ResourceInUseException")
	now.advance(time.Second)
	_, err = consumerStatus(t, client, byARN)
	wantCode(t, err, "ResourceNotFoundException")
	if again := register(t, server, "quakes", "app"); again == *registered.ConsumerARN {
		t.Errorf("the new consumer has the old ARN %s", again)
	}
	_, err = consumerStatus(t, client, byARN)
	wantCode(t, err, "ResourceNotFoundException")
}

func TestAStreamHasTwentyConsumersOfWhichFiveAreInCreation(t *testing.T) {
	now := newClock()
	server := start(t, localkinesis.Options{Now: now.Now, Delay: time.Second})
	streamOf(t, server, 1)
	now.advance(time.Second)
	for i := range 20 {
		if i > 0 && i%5 == 0 {
			_, err := server.RegisterConsumer("quakes", "sixth")
			wantCode(t, err, "LimitExceededException")
			now.advance(time.Second)
		}
		register(t, server, "quakes", fmt.Sprint("app-", i))
	}
	now.advance(time.Second)
	_, err := server.RegisterConsumer("quakes", "one-more")
	wantCode(t, err, "LimitExceededException")
}

func TestConsumersAreListedInPages(t *testing.T) {
	ctx, now := context.Background(), newClock()
	server := start(t, localkinesis.Options{Now: now.Now})
	client, _ := connect(t, server), streamOf(t, server, 1)
	want := []string{"a", "b", "c", "d", "e"}
	for _, name := range want {
		register(t, server, "quakes", name)
	}
	var names []string
	in := &kinesis.ListStreamConsumersInput{StreamARN: aws.String(streamARN), MaxResults: aws.Int32(2)}
	for pages := 1; ; pages++ {
		out := must(client.ListStreamConsumers(ctx, in))(t)
		for _, c := range out.Consumers {
			names = append(names, *c.ConsumerName)
		}
		if in.NextToken = out.NextToken; in.NextToken == nil {
			break
		}
		if pages == 2 {
			now.advance(301 * time.Second)
			_, err := client.ListStreamConsumers(ctx, in)
			wantCode(t, err, "ExpiredNextTokenException")
			now.advance(-301 * time.Second)
		}
	}
	if !slices.Equal(names, want) {
		t.Errorf("listed %v, want %v", names, want)
	}
	summary := must(client.DescribeStreamSummary(ctx, &kinesis.DescribeStreamSummaryInput{StreamARN: aws.String(streamARN)}))(t)
	if n := *summary.StreamDescriptionSummary.ConsumerCount; n != 5 {
		t.Errorf("summary counts %d consumers, want 5", n)
	}
}

func TestConsumersAreRefusedByName(t *testing.T) {
	ctx, server := context.Background(), start(t, localkinesis.Options{})
	client, _ := connect(t, server), streamOf(t, server, 1)
	arn := register(t, server, "quakes", "app")
	describe := func(in kinesis.DescribeStreamConsumerInput) error {
		_, err := client.DescribeStreamConsumer(ctx, &in)
		return err
	}
	subscribeTo := func(arn, shard string, from types.StartingPosition) error {
		_, err := open(client, arn, shard, from)
		return err
	}
	_, registeredTwice := server.RegisterConsumer("quakes", "app")
	_, elsewhere := server.RegisterConsumer("none", "app")
	_, misnamed := server.RegisterConsumer("quakes", "a b")
	streamsOwn := server.Streams()[0].ARN
	for _, c := range []struct {
		what string
		err  error
		code string
	}{
		{"registered twice", registeredTwice, "ResourceInUseException"},
		{"no stream", elsewhere, "ResourceNotFoundException"},
		{"bad name", misnamed, "ValidationException"},
		{"neither ARN nor name", describe(kinesis.DescribeStreamConsumerInput{}), "InvalidArgumentException"},
		{"name alone", describe(kinesis.DescribeStreamConsumerInput{ConsumerName: aws.String("app")}), "InvalidArgumentException"},
		{"conflict", describe(kinesis.DescribeStreamConsumerInput{ConsumerARN: &arn, ConsumerName: aws.String("other")}), "InvalidArgumentException"},
		{"unknown name", describe(kinesis.DescribeStreamConsumerInput{StreamARN: aws.String(streamARN), ConsumerName: aws.String("x")}), "ResourceNotFoundException"},
		{"another creation", describe(kinesis.DescribeStreamConsumerInput{ConsumerARN: aws.String(streamARN + "/consumer/app:1")}), "ResourceNotFoundException"},
		{"stream's ARN", subscribeTo(streamsOwn, shardName(0), fromLatest), "ValidationException"},
		{"no such shard", subscribeTo(arn, shardName(7), fromLatest), "ResourceNotFoundException"},
		{"no number", subscribeTo(arn, shardName(0), types.StartingPosition{Type: types.ShardIteratorTypeAtSequenceNumber}), "InvalidArgumentException"},
		{"made-up number", subscribeTo(arn, shardName(0), after(aws.String("5"))), "InvalidArgumentException"},
		{"no time", subscribeTo(arn, shardName(0), types.StartingPosition{Type: types.ShardIteratorTypeAtTimestamp}), "InvalidArgumentException"},
	} {
		t.Run(c.what, func(t *testing.T) { wantCode(t, c.err, c.code) })
	}
}

func TestConsumersOutliveTheProcess(t *testing.T) {
	dir := t.TempDir()
	server := start(t, localkinesis.Options{Dir: dir})
	arn := register(t, server, streamOf(t, server, 1), "app")
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	server = start(t, localkinesis.Options{Dir: dir})
	if status := must(consumerStatus(t, connect(t, server), kinesis.DescribeStreamConsumerInput{ConsumerARN: &arn}))(t); status != types.ConsumerStatusActive {
		t.Errorf("status %s, want ACTIVE", status)
	}
}
