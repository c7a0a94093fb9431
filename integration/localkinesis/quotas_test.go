package localkinesis_test

import (
	"context"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"github.com/kinesnow/kinesnow/integration/localkinesis"
)

func TestOperationsHaveTheirCallsPerSecond(t *testing.T) {
	ctx, now := context.Background(), newClock()
	server := start(t, localkinesis.Options{Now: now.Now, Limits: true})
	client, name := connect(t, server), streamOf(t, server, 1)
	register(t, server, name, "app")
	for operation, c := range map[string]struct {
		calls int
		call  func() error
	}{
		"DescribeStream": {10, func() error {
			_, err := client.DescribeStream(ctx, &kinesis.DescribeStreamInput{StreamName: &name})
			return err
		}},
		"DescribeLimits": {1, func() error {
			_, err := client.DescribeLimits(ctx, &kinesis.DescribeLimitsInput{})
			return err
		}},
		"ListStreams": {5, func() error {
			_, err := client.ListStreams(ctx, &kinesis.ListStreamsInput{})
			return err
		}},
		"DescribeStreamConsumer": {20, func() error {
			_, err := client.DescribeStreamConsumer(ctx, &kinesis.DescribeStreamConsumerInput{StreamARN: aws.String(streamARN), ConsumerName: aws.String("app")})
			return err
		}},
	} {
		t.Run(operation, func(t *testing.T) {
			for range c.calls {
				if err := c.call(); err != nil {
					t.Fatal(err)
				}
			}
			wantCode(t, c.call(), "LimitExceededException")
			now.advance(time.Second)
			if err := c.call(); err != nil {
				t.Errorf("a second later: %v", err)
			}
		})
	}
}

func TestAStreamIsScaledTenTimesADay(t *testing.T) {
	ctx, now := context.Background(), newClock()
	server := start(t, localkinesis.Options{Now: now.Now, Limits: true})
	client, name := connect(t, server), streamOf(t, server, 1)
	scale := func(i int) error {
		now.advance(time.Second)
		_, err := client.UpdateShardCount(ctx, &kinesis.UpdateShardCountInput{
			StreamName: &name, TargetShardCount: aws.Int32(int32(2 - i%2)), ScalingType: types.ScalingTypeUniformScaling,
		})
		return err
	}
	for i := range 10 {
		if err := scale(i); err != nil {
			t.Fatal(err)
		}
	}
	wantCode(t, scale(10), "LimitExceededException")
	now.advance(24 * time.Hour)
	if err := scale(10); err != nil {
		t.Error(err)
	}
}

func TestFiveStreamsAreInCreationAtOnce(t *testing.T) {
	now := newClock()
	server := start(t, localkinesis.Options{Now: now.Now, Delay: time.Second})
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		if err := server.CreateStream(name, 1); err != nil {
			t.Fatal(err)
		}
	}
	wantCode(t, server.CreateStream("f", 1), "LimitExceededException")
	now.advance(time.Second)
	if err := server.CreateStream("f", 1); err != nil {
		t.Error(err)
	}
}

func TestAConsumerIsPushedTwoMebibytesASecondOfAShard(t *testing.T) {
	now := newClock()
	server := start(t, localkinesis.Options{Now: now.Now, Limits: true, IdleEvents: 20 * time.Millisecond})
	client, name := connect(t, server), streamOf(t, server, 1)
	arn := register(t, server, name, "app")
	for range 4 { // a record of a mebibyte every second
		must(server.PutRecords(name, []localkinesis.Record{{PartitionKey: "k", Data: make([]byte, 1<<20-1)}}))(t)
		now.advance(time.Second)
	}
	s := subscribe(t, client, arn, shardName(0), fromTrimHorizon)
	s.data(2)
	held, _ := s.event()
	if len(held.Records) != 0 || *held.MillisBehindLatest == 0 {
		t.Errorf("%d records within the second, %d ms behind", len(held.Records), *held.MillisBehindLatest)
	}
	now.advance(time.Second)
	if data, _ := s.data(2); len(data) != 2 {
		t.Errorf("a second later %d records, want 2", len(data))
	}
}

func TestASubscriptionIsAskedForOnceASecond(t *testing.T) {
	now := newClock()
	server := start(t, localkinesis.Options{Now: now.Now, Limits: true, TakeOver: time.Millisecond})
	client, name := connect(t, server), streamOf(t, server, 1)
	arn := register(t, server, name, "app")
	subscribe(t, client, arn, shardName(0), fromLatest)
	now.advance(999 * time.Millisecond)
	_, err := open(client, arn, shardName(0), fromLatest)
	wantCode(t, err, "LimitExceededException")
	now.advance(time.Second)
	subscribe(t, client, arn, shardName(0), fromLatest)
}
