package stream

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"github.com/kinesnow/kinesnow/messages"
)

// Facts are what an examination wants to know of a stream beside who it is.
type Facts struct {
	messages.Stream
	Status   string // ACTIVE, UPDATING, CREATING or DELETING
	KeyID    string // of the KMS key that it is encrypted with; "" = it is not
	OnDemand bool
}

// Examine asks what the stream is like. It calls DescribeStream; errors are
// *messages.Fault.
func (c *Client) Examine(ctx context.Context) (*Facts, error) {
	out, described, err := c.describe(ctx)
	if err != nil {
		return nil, err
	}
	f := &Facts{Stream: *described, Status: string(out.StreamStatus)}
	if out.EncryptionType == types.EncryptionTypeKms {
		f.KeyID = aws.ToString(out.KeyId)
	}
	if m := out.StreamModeDetails; m != nil {
		f.OnDemand = m.StreamMode == types.StreamModeOnDemand
	}
	return f, nil
}

// The Try methods find out whether an action is allowed, by a call that changes
// nothing. nil means that it is: whatever else a call is refused for, it was
// authorised first (IAM User Guide, "Policy evaluation logic"). Errors are
// *messages.Fault; where the action itself is denied, the service's own words,
// AccessDeniedException, are in it.

// TryIterator asks for a shard iterator, of a shard that need not exist.
func (c *Client) TryIterator(ctx context.Context, shard messages.ShardID) error {
	_, err := c.latest(ctx, shard)
	return c.tried("GetShardIterator", err)
}

// TryRecords reads at most one record of a shard, its oldest one. It takes one of
// the five calls a second that all readers of a shard have together. Where
// iterators are denied, the fault is GetShardIterator's.
func (c *Client) TryRecords(ctx context.Context, shard messages.ShardID) error {
	at, err := c.control.GetShardIterator(ctx, &kinesis.GetShardIteratorInput{
		StreamName: c.name(), StreamARN: c.arn(), ShardId: aws.String(string(shard)), ShardIteratorType: types.ShardIteratorTypeTrimHorizon,
	})
	if err != nil {
		return c.fault("GetShardIterator", "", err)
	}
	_, err = c.control.GetRecords(ctx, &kinesis.GetRecordsInput{StreamARN: c.arn(), ShardIterator: at.ShardIterator, Limit: aws.Int32(1)})
	return c.tried("GetRecords", err)
}

// TryConsumer asks for Config.Consumer by its name, and reports whether it is
// there.
func (c *Client) TryConsumer(ctx context.Context, streamARN string) (there bool, err error) {
	_, _, err = c.consumer.describe(ctx, streamARN)
	return err == nil, c.tried("DescribeStreamConsumer", err)
}

// TryNoConsumer asks for a consumer by an ARN that none has.
func (c *Client) TryNoConsumer(ctx context.Context, streamARN string) error {
	_, err := c.control.DescribeStreamConsumer(ctx, &kinesis.DescribeStreamConsumerInput{ConsumerARN: c.noConsumer(streamARN)})
	return c.tried("DescribeStreamConsumer", err)
}

// TryRegister registers a consumer that is there, which is refused as in use. Who
// calls it has just seen the consumer.
func (c *Client) TryRegister(ctx context.Context, streamARN string) error {
	return c.tried("RegisterStreamConsumer", c.consumer.register(ctx, streamARN))
}

// TrySubscribe subscribes as a consumer that is not there: a subscription of the
// running one would end that one's own.
func (c *Client) TrySubscribe(ctx context.Context, streamARN string, shard messages.ShardID) error {
	out, err := c.push.SubscribeToShard(ctx, &kinesis.SubscribeToShardInput{
		ConsumerARN: c.noConsumer(streamARN), ShardId: aws.String(string(shard)),
		StartingPosition: &types.StartingPosition{Type: types.ShardIteratorTypeLatest},
	})
	if err == nil {
		err = out.GetStream().Close()
	}
	return c.tried("SubscribeToShard", err)
}

// noConsumer is the ARN of a consumer of ours that nobody registered: the last
// part is when, in seconds since 1970.
func (c *Client) noConsumer(streamARN string) *string {
	return aws.String(streamARN + "/consumer/" + c.config.Consumer + ":1")
}

func (c *Client) latest(ctx context.Context, shard messages.ShardID) (*kinesis.GetShardIteratorOutput, error) {
	return c.control.GetShardIterator(ctx, &kinesis.GetShardIteratorInput{
		StreamName: c.name(), StreamARN: c.arn(), ShardId: aws.String(string(shard)), ShardIteratorType: types.ShardIteratorTypeLatest,
	})
}

// tried leaves what says that a call was not allowed, or not served at all.
func (c *Client) tried(op string, err error) error {
	if err == nil || hasCode(err, "ResourceNotFoundException") || hasCode(err, "ResourceInUseException") || hasCode(err, "LimitExceededException") ||
		hasCode(err, "ProvisionedThroughputExceededException") || hasCode(err, "InvalidArgumentException") {
		return nil
	}
	var known *messages.Fault
	if errors.As(err, &known) {
		return known
	}
	return c.fault(op, "", err)
}

// Names lists the streams of the region, at most the first thousand. Errors are
// *messages.Fault; the least policy does not allow it.
func (c *Client) Names(ctx context.Context) ([]string, error) {
	out, err := c.control.ListStreams(ctx, &kinesis.ListStreamsInput{Limit: aws.Int32(1000)})
	if err != nil {
		return nil, c.fault("ListStreams", "", err)
	}
	return out.StreamNames, nil
}
