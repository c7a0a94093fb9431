package stream

import (
	"context"
	"errors"

	"github.com/kinesnow/kinesnow/messages"
)

// ended decides what a null iterator means. Child shards named beside it, or an
// EndingSequenceNumber in the list, make it the end, and so does a shard that
// is not listed any more. Anything else was a slip: the iterator is asked for
// again.
func (s *Source) ended(ctx context.Context, a *answer) (closed bool, children []messages.ShardID, err error) {
	if len(a.children) > 0 {
		return true, a.children, nil
	}
	shards, err := s.client.List(ctx, TrimToTip)
	if err != nil {
		return false, nil, err
	}
	closed = true
	for i := range shards {
		if shards[i].ID == s.shard {
			closed = shards[i].Ending != ""
		}
		for _, parent := range shards[i].Parents {
			if parent == s.shard {
				children = append(children, shards[i].ID)
			}
		}
	}
	if !closed {
		s.client.config.Retrying(s.fault(s.op, errors.New("null iterator of an open shard: asking for another")))
		children = nil
	}
	return closed, children, nil
}
