package stream

import (
	"context"
	"errors"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// sameStream tells the stream that is read from another one that was created
// under its name after it was deleted: the shards of both have the same names,
// and a position of the one means nothing in the other. It is asked only where
// something is odd, for DescribeStream is allowed ten times a second.
//
// Errors are *messages.Fault: STREAM_RECREATED, or that nobody could say.
func (s *Source) sameStream(ctx context.Context) error {
	if s.created.IsZero() {
		return nil
	}
	stream, err := s.client.Describe(ctx)
	if err != nil {
		return err
	}
	if stream.CreatedAt.Unix() == s.created.Unix() {
		return nil
	}
	return messages.Stopped(messages.StreamRecreated, s.shard, "%s was created anew at %s; the one of %s, which was read, is gone",
		s.client.label(), stream.CreatedAt.Format(time.RFC3339), s.created.UTC().Format(time.RFC3339))
}

// verified doubts that an anchor is missing (P9): in another stream it would be.
func (s *Source) verified(ctx context.Context, err error) error {
	var missing *messages.AnchorMissingError
	if !errors.As(err, &missing) {
		return err
	}
	if other := s.sameStream(ctx); other != nil {
		return other
	}
	return err
}
