package stream

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"github.com/kinesnow/kinesnow/messages"
)

// iteratorLife is how long an iterator is used. The service's own limit is five
// minutes.
const iteratorLife = 270 * time.Second

// ready makes sure of an iterator. A new one continues behind the last record
// read; before there is one, at the original start. It is never LATEST, which
// would skip what was written since (KP3, KP4).
func (s *Source) ready(ctx context.Context) error {
	if s.iterator != "" && s.now().Sub(s.taken) < iteratorLife {
		return nil
	}
	s.iterator = ""
	in := &kinesis.GetShardIteratorInput{StreamName: s.client.name(), StreamARN: s.client.arn(), ShardId: aws.String(string(s.shard))}
	switch {
	case s.read != "":
		in.ShardIteratorType, in.StartingSequenceNumber = types.ShardIteratorTypeAfterSequenceNumber, aws.String(string(s.read))
	case s.from.Anchored():
		in.ShardIteratorType, in.StartingSequenceNumber = types.ShardIteratorTypeAtSequenceNumber, aws.String(string(s.from.After.Seq))
	case !s.from.Oldest():
		in.ShardIteratorType, in.Timestamp = types.ShardIteratorTypeAtTimestamp, aws.Time(s.from.Time)
	default:
		in.ShardIteratorType = types.ShardIteratorTypeTrimHorizon
	}
	call, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	out, err := s.client.data.GetShardIterator(call, in)
	if err == nil && aws.ToString(out.ShardIterator) == "" {
		err = errors.New("answer without ShardIterator")
	}
	if err != nil {
		return s.noIterator(ctx, err)
	}
	s.iterator, s.taken = *out.ShardIterator, s.now()
	return nil
}

// noIterator sorts out why there is none. A start position that the shard
// refuses is an anchor that is not there (P9).
func (s *Source) noIterator(ctx context.Context, err error) error {
	switch {
	case hasCode(err, "InvalidArgumentException") && !s.anchored:
		return &messages.AnchorMissingError{Want: s.from.After, Now: s.client.errorDate(err)}
	case hasCode(err, "ResourceNotFoundException"):
		return s.gone(ctx, err)
	}
	return s.fault("GetShardIterator", err)
}

// gone tells a missing stream, which is List's error, and another one of its
// name, from a shard that is not kept any more.
func (s *Source) gone(ctx context.Context, err error) error {
	shards, listing := s.client.List(ctx, TrimToTip)
	if listing != nil {
		return listing
	}
	if other := s.sameStream(ctx); other != nil {
		return other
	}
	f := s.fault(s.op, err)
	for i := range shards {
		if shards[i].ID == s.shard {
			return f
		}
	}
	f.Reason = messages.ReasonExpired
	f.Hint = "the shard's records expired before they were read"
	return f
}
