package localkinesis_test

import (
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/aws/smithy-go"

	"github.com/kinesnow/kinesnow/integration/localkinesis"
)

// TestTheDocumentedPolicyAllowsAConsumersLife makes a stream without a policy
// and lives on it under one.
func TestTheDocumentedPolicyAllowsAConsumersLife(t *testing.T) {
	for name, c := range map[string]struct {
		policy     localkinesis.Policy
		deregister string // the error of DeregisterStreamConsumer by ARN
	}{
		"documented":       {localkinesis.OpenflowPolicy("quakes"), ""},
		"without the last": {localkinesis.OpenflowPolicyWithoutDeregister("quakes"), "AccessDeniedException"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			free, err := localkinesis.Start(localkinesis.Options{Dir: dir})
			if err != nil {
				t.Fatal(err)
			}
			for _, stream := range []string{"quakes", "others"} {
				if _, err := connect(t, free).CreateStream(t.Context(), &kinesis.CreateStreamInput{StreamName: &stream, ShardCount: aws.Int32(2)}); err != nil {
					t.Fatal(err)
				}
			}
			if err := free.Close(); err != nil {
				t.Fatal(err)
			}
			client := connect(t, start(t, localkinesis.Options{Dir: dir, Policy: c.policy}))
			live(t, client, c.deregister)
			denied(t, client)
		})
	}
}

// live does all that the documented policy allows.
func live(t *testing.T, client *kinesis.Client, deregister string) {
	ctx, stream := t.Context(), aws.String("quakes")
	described, err := client.DescribeStream(ctx, &kinesis.DescribeStreamInput{StreamName: stream})
	if err != nil {
		t.Fatal(err)
	}
	arn := described.StreamDescription.StreamARN
	first, err := client.ListShards(ctx, &kinesis.ListShardsInput{StreamARN: arn, MaxResults: aws.Int32(1)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.ListShards(ctx, &kinesis.ListShardsInput{NextToken: first.NextToken}); err != nil {
		t.Error(err)
	}
	at, err := client.GetShardIterator(ctx, &kinesis.GetShardIteratorInput{StreamName: stream, ShardId: first.Shards[0].ShardId, ShardIteratorType: types.ShardIteratorTypeTrimHorizon})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.GetRecords(ctx, &kinesis.GetRecordsInput{ShardIterator: at.ShardIterator}); err != nil {
		t.Error(err)
	}
	made, err := client.RegisterStreamConsumer(ctx, &kinesis.RegisterStreamConsumerInput{StreamARN: arn, ConsumerName: aws.String("app")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.DescribeStreamConsumer(ctx, &kinesis.DescribeStreamConsumerInput{ConsumerARN: made.Consumer.ConsumerARN}); err != nil {
		t.Error(err)
	}
	if _, err := client.DescribeStreamConsumer(ctx, &kinesis.DescribeStreamConsumerInput{StreamARN: arn, ConsumerName: aws.String("app")}); err != nil {
		t.Error(err)
	}
	events, err := client.SubscribeToShard(ctx, &kinesis.SubscribeToShardInput{ConsumerARN: made.Consumer.ConsumerARN, ShardId: first.Shards[0].ShardId,
		StartingPosition: &types.StartingPosition{Type: types.ShardIteratorTypeLatest}})
	if err != nil {
		t.Fatal(err)
	}
	if err := events.GetStream().Close(); err != nil {
		t.Error(err)
	}
	if _, err := client.DeregisterStreamConsumer(ctx, &kinesis.DeregisterStreamConsumerInput{StreamARN: arn, ConsumerName: aws.String("app")}); codeOf(err) != "AccessDeniedException" {
		t.Errorf("deregistration by name, which the policy has for consumers only: %v", err)
	}
	if _, err := client.DeregisterStreamConsumer(ctx, &kinesis.DeregisterStreamConsumerInput{ConsumerARN: made.Consumer.ConsumerARN}); codeOf(err) != deregister {
		t.Errorf("deregistration: %v, want %q", err, deregister)
	}
}

// denied tries what the documented policy does not allow.
func denied(t *testing.T, client *kinesis.Client) {
	ctx, stream := t.Context(), aws.String("quakes")
	for name, call := range map[string]func() error{
		"PutRecord": func() error {
			_, err := client.PutRecord(ctx, &kinesis.PutRecordInput{StreamName: stream, PartitionKey: aws.String("k"), Data: []byte("x")})
			return err
		},
		"DescribeStreamSummary": func() error {
			_, err := client.DescribeStreamSummary(ctx, &kinesis.DescribeStreamSummaryInput{StreamName: stream})
			return err
		},
		"ListStreams": func() error {
			_, err := client.ListStreams(ctx, &kinesis.ListStreamsInput{})
			return err
		},
		"DeleteStream": func() error {
			_, err := client.DeleteStream(ctx, &kinesis.DeleteStreamInput{StreamName: stream})
			return err
		},
		"ListShards of another stream": func() error {
			_, err := client.ListShards(ctx, &kinesis.ListShardsInput{StreamName: aws.String("others")})
			return err
		},
	} {
		if err := call(); codeOf(err) != "AccessDeniedException" {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := client.DescribeStreamSummary(ctx, &kinesis.DescribeStreamSummaryInput{StreamName: stream})
	var api smithy.APIError
	want := "User: arn:aws:iam::000000000000:user/local is not authorized to perform: kinesis:DescribeStreamSummary on resource: arn:aws:kinesis:us-east-1:000000000000:stream/quakes because no identity-based policy allows the kinesis:DescribeStreamSummary action"
	if !errors.As(err, &api) || api.ErrorMessage() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

// codeOf is the service's error code, "" without an error.
func codeOf(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorCode()
	}
	if err != nil {
		return err.Error()
	}
	return ""
}
