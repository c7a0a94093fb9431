package stream

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"github.com/kinesnow/kinesnow/messages"
)

// listings is how often a listing whose token expired is begun anew. A token
// lives 300 s, so one is rare.
const listings = 3

// List returns the stream's shards, all pages, in the service's order. Errors
// are *messages.Fault.
func (c *Client) List(ctx context.Context, filter Filter) ([]messages.Shard, error) {
	var expired *types.ExpiredNextTokenException
	for n := 1; ; n++ {
		shards, err := c.list(ctx, filter)
		if err == nil {
			return shards, nil
		}
		if !errors.As(err, &expired) || n == listings {
			return nil, c.fault("ListShards", "", err)
		}
	}
}

func (c *Client) list(ctx context.Context, filter Filter) (shards []messages.Shard, err error) {
	in := &kinesis.ListShardsInput{StreamName: c.name(), StreamARN: c.arn(), ShardFilter: filter.request()}
	for {
		out, err := c.control.ListShards(ctx, in)
		if err != nil {
			return nil, err
		}
		for i := range out.Shards {
			shards = append(shards, shard(&out.Shards[i]))
		}
		if aws.ToString(out.NextToken) == "" {
			return shards, nil
		}
		// A token says which stream and filter; naming them again is refused.
		in = &kinesis.ListShardsInput{StreamARN: c.arn(), NextToken: out.NextToken}
	}
}

func shard(s *types.Shard) messages.Shard {
	m := messages.Shard{ID: messages.ShardID(aws.ToString(s.ShardId))}
	for _, parent := range []*string{s.ParentShardId, s.AdjacentParentShardId} {
		if id := aws.ToString(parent); id != "" {
			m.Parents = append(m.Parents, messages.ShardID(id))
		}
	}
	if r := s.HashKeyRange; r != nil {
		m.HashFrom, m.HashTo = aws.ToString(r.StartingHashKey), aws.ToString(r.EndingHashKey)
	}
	if r := s.SequenceNumberRange; r != nil {
		m.Starting = messages.SequenceNumber(aws.ToString(r.StartingSequenceNumber))
		m.Ending = messages.SequenceNumber(aws.ToString(r.EndingSequenceNumber))
	}
	return m
}
