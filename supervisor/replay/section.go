package replay

import (
	"context"
	"slices"
	"time"

	"github.com/kinesnow/kinesnow/actors"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor"
)

// section is a stream with an end: of certain shards, what lies in a range.
type section struct {
	supervisor.ShardStream // the live one
	span                   Range
	shards                 []messages.ShardID                                       // those that were listed when the replay began
	began                  func(shard messages.ShardID, at messages.Position) error // told of the first user record of a shard
}

// List implements actors.StreamCatalog. A shard that a reshard made since has no
// record of the range.
func (s *section) List(ctx context.Context) ([]messages.Shard, error) {
	listed, err := s.ShardStream.List(ctx)
	return s.own(listed), err
}

// ListAt implements actors.StreamCatalog: the shards that the range begins in.
func (s *section) ListAt(ctx context.Context, _ time.Time) ([]messages.Shard, error) {
	if s.span.Shard != "" {
		return s.List(ctx)
	}
	from := s.span.From.Time
	if stream, err := s.Describe(ctx); err != nil {
		return nil, err
	} else if s.span.tooOld(stream) != "" || from.Before(stream.CreatedAt) {
		from = time.Time{} // the trim horizon
	}
	listed, err := s.ShardStream.ListAt(ctx, from)
	return s.own(listed), err
}

func (s *section) own(listed []messages.Shard) []messages.Shard {
	return slices.DeleteFunc(listed, func(shard messages.Shard) bool { return !slices.Contains(s.shards, shard.ID) })
}

// Open implements supervisor.ShardStream. Where the shard has no place of its
// own yet, it begins at the range's.
func (s *section) Open(shard messages.Shard, from messages.ReadFrom) actors.BlockSource {
	start := s.span.start(from.Created)
	fresh := from.After.IsZero() || from.After == start.After
	if from.After.IsZero() {
		from = start
	}
	return &source{BlockSource: s.ShardStream.Open(shard, from), section: s, shard: shard.ID, fresh: fresh}
}

// source is one shard of a section.
type source struct {
	actors.BlockSource
	*section
	shard messages.ShardID
	fresh bool // the next block is the shard's first: its chain begins there (P10)
}

// Next implements actors.BlockSource. The block that reaches the end of the
// range is the shard's last.
func (s *source) Next(ctx context.Context, room int64) (*messages.RowBlock, error) {
	b, err := s.BlockSource.Next(ctx, room)
	if err != nil {
		return nil, err
	}
	first := s.fresh
	if first {
		b.After = messages.Position{}
	}
	s.cut(b)
	s.fresh = first && len(b.Marks) == 0
	if first && len(b.Marks) > 0 {
		if err := s.began(s.shard, messages.Position{Seq: b.Marks[0].Seq, Sub: b.Marks[0].Sub}); err != nil {
			return nil, &messages.Fault{Class: messages.Transient, Reason: messages.ReasonUnavailable, Op: "replay.account", Shard: s.shard, Err: err, Complete: true}
		}
	}
	return b, nil
}

// cut leaves out what lies behind the range, and ends the shard there.
func (s *source) cut(b *messages.RowBlock) {
	i := slices.IndexFunc(b.Marks, func(m messages.Mark) bool { return s.span.beyond(&m) })
	switch {
	case i >= 0:
		end := 0
		if i > 0 {
			end = b.Marks[i-1].End
		}
		b.Marks, b.NDJSON = b.Marks[:i], b.NDJSON[:end]
	case b.Closed, s.reached(b), s.span.over(b):
	default:
		return
	}
	b.Closed, b.Children, b.Behind = true, nil, 0
}

// reached reports whether a block ends at the range's last position.
func (s *source) reached(b *messages.RowBlock) bool {
	to := s.span.To.Position
	return !to.IsZero() && len(b.Marks) > 0 && b.Last().Covers(to)
}
