package replay

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/kinesnow/kinesnow/actors"
	"github.com/kinesnow/kinesnow/adapters/deadletter"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor"
)

// plannedBlock is what one block of a plan aims at: rendered bytes, and user
// records.
const (
	plannedBytes = 1 << 20
	plannedMarks = 10_000
)

// planned is a plan as a stream: its shards are those that it has letters of,
// and end with the last one.
type planned struct {
	supervisor.ShardStream // the live one, for what it is
	plan                   *deadletter.Plan
	shards                 []messages.Shard
}

// shardsOf are the shards of a plan. Letters lie as far apart as they like, so
// their shards wait for nobody.
func shardsOf(p *deadletter.Plan) (shards []messages.Shard, err error) {
	err = p.Each(func(s *deadletter.Sent) bool {
		if n := len(shards); n == 0 || shards[n-1].ID != s.Shard {
			shards = append(shards, messages.Shard{ID: s.Shard})
		}
		return true
	})
	return shards, err
}

// List implements actors.StreamCatalog.
func (p *planned) List(context.Context) ([]messages.Shard, error) { return p.shards, nil }

// ListAt implements actors.StreamCatalog.
func (p *planned) ListAt(context.Context, time.Time) ([]messages.Shard, error) { return p.shards, nil }

// Open implements supervisor.ShardStream.
func (p *planned) Open(shard messages.Shard, from messages.ReadFrom) actors.BlockSource {
	return &pages{plan: p.plan, shard: shard.ID, after: from.After}
}

// pages is one shard of a plan, as blocks.
type pages struct {
	plan  *deadletter.Plan
	shard messages.ShardID
	after messages.Position
	in    *deadletter.PlanReader
}

// Next implements actors.BlockSource.
func (p *pages) Next(ctx context.Context, room int64) (*messages.RowBlock, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	b := &messages.RowBlock{After: p.after, At: time.Now().UTC()}
	for len(b.Marks) < plannedMarks && int64(len(b.NDJSON)) < min(room, plannedBytes) {
		s, at, err := p.next()
		if errors.Is(err, io.EOF) {
			b.Closed = true
			break
		}
		if err != nil {
			return nil, &messages.Fault{Class: messages.Transient, Reason: messages.ReasonUnavailable, Op: "replay.plan", Shard: p.shard, Err: err, Complete: true}
		}
		b.NDJSON = append(b.NDJSON, s.NDJSON...)
		m := messages.Mark{Seq: at.Seq, Sub: at.Sub, Arrival: s.Arrival, Rows: int32(s.Rows), End: len(b.NDJSON)}
		if s.Filtered {
			m.Fate = messages.Filtered
		}
		b.Marks = append(b.Marks, m)
	}
	p.after = b.Last()
	return b, nil
}

// next is the shard's next letter behind what was handed on; io.EOF = there is
// none.
func (p *pages) next() (*deadletter.Sent, messages.Position, error) {
	if p.in == nil {
		in, err := p.plan.Open()
		if err != nil {
			return nil, messages.Position{}, err
		}
		p.in = in
	}
	for {
		s, err := p.in.Next()
		if err != nil {
			return nil, messages.Position{}, err
		}
		at, err := s.Position()
		if err != nil {
			return nil, messages.Position{}, err
		}
		switch {
		case s.Shard > p.shard: // they are in order
			return nil, messages.Position{}, io.EOF
		case s.Shard == p.shard && !p.handedOn(at):
			return s, at, nil
		}
	}
}

// handedOn reports whether a letter lies at or before where reading began, or
// went on.
func (p *pages) handedOn(at messages.Position) bool { return p.after.Covers(at) && !p.after.IsZero() }

// Close implements actors.BlockSource.
func (p *pages) Close() {
	if p.in != nil {
		p.in.Close()
		p.in = nil
	}
}
