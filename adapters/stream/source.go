package stream

import (
	"context"
	"errors"
	"time"

	"github.com/kinesnow/kinesnow/adapters/stream/kpl"
	"github.com/kinesnow/kinesnow/messages"
)

// Source reads one shard from a fixed place onwards. It is not safe for
// concurrent use.
type Source struct {
	client  *Client
	op      string // which of the service's operations reads
	shard   messages.ShardID
	from    messages.ReadFrom
	created time.Time // of the stream; zero = not told
	rows    RowMaker

	position messages.Position       // up to which everything was handed on
	read     messages.SequenceNumber // of the last Kinesis record read; "" = none yet
	anchored bool                    // the anchor was found, or none is asked for (P9)
	caughtUp bool                    // the block before said so
	closed   bool

	iterator string
	taken    time.Time // when the service gave the iterator
	pacer    pacer
	patience patience
	aim      aim

	hashes kpl.Range // of the shard
	packed kpl.Aggregate
	swell  swell
}

// Next returns the next block, oldest record first: what one answer of the
// service held. It aims at room rendered bytes and at 2 MiB at most; a record
// may exceed both. It blocks until there is a record, or Config.Idle (5 s) has
// passed; a block without marks then says how far behind the shard is. Such a
// block also comes as soon as nothing is behind any more.
//
// Errors are the context's; *messages.AnchorMissingError where the first record
// is not the start position's own (P9); or *messages.Fault: Transient once what
// passes with time has lasted for Config.Patience (30 s), Rejected when the
// stream or a permission is missing, or the stream is another one of its name
// (STREAM_RECREATED), ReasonExpired when the shard is gone.
func (s *Source) Next(ctx context.Context, room int64) (*messages.RowBlock, error) {
	if s.closed {
		return nil, s.readBeyondEnd()
	}
	due := s.now().Add(s.client.config.Idle)
	for {
		block, err := s.fetch(ctx, room)
		if err == nil {
			s.patience.reset()
			if s.worthSending(block, due) {
				s.caughtUp, s.closed = block.CaughtUp(), block.Closed
				return block, nil
			}
			continue
		}
		if err := s.bear(ctx, err); err != nil {
			return nil, err
		}
	}
}

// worthSending reports whether a block says something new.
func (s *Source) worthSending(b *messages.RowBlock, due time.Time) bool {
	return len(b.Marks) > 0 || b.Closed || b.CaughtUp() && !s.caughtUp || !s.now().Before(due)
}

// bear waits before the next attempt, or returns the error that Next ends with.
func (s *Source) bear(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	err = s.verified(ctx, err)
	var fault *messages.Fault
	if !errors.As(err, &fault) || fault.Class != messages.Transient || fault.Reason == messages.ReasonExpired {
		return err
	}
	s.pacer.failed(s.now())
	pause, ok := s.patience.lost(s.now())
	if !ok {
		return fault
	}
	s.client.config.Retrying(fault)
	return sleep(ctx, pause)
}

// readBeyondEnd is the fault of a caller that goes on after the last block.
func (s *Source) readBeyondEnd() *messages.Fault {
	return &messages.Fault{
		Class: messages.Transient, Reason: messages.ReasonInvariant, Op: "kinesis." + s.op, Shard: s.shard,
		Err: errors.New("read beyond the end of the shard"),
	}
}

// Close ends the source. There is nothing to free: every fetch frees its own.
func (s *Source) Close() { s.closed = true }

func (s *Source) now() time.Time { return s.client.config.Now() }

// fault gives an error of a call on the shard its meaning.
func (s *Source) fault(op string, err error) *messages.Fault { return s.client.fault(op, s.shard, err) }
