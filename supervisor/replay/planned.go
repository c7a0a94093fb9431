package replay

import (
	"cmp"
	"context"
	"errors"
	"io"
	"time"

	"github.com/kinesnow/kinesnow/actors"
	"github.com/kinesnow/kinesnow/adapters/deadletter"
	"github.com/kinesnow/kinesnow/adapters/rows"
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
	make                   renderers
	refused                messages.DeadLetter // takes letters whose rows the table would change
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
	return &pages{planned: p, shard: shard.ID, after: from.After, rows: p.make(shard.ID)}
}

// pages is one shard of a plan, as blocks.
type pages struct {
	*planned
	shard messages.ShardID
	rows  *rows.Renderer
	after messages.Position
	in    *deadletter.PlanReader
}

// Next implements actors.BlockSource.
func (p *pages) Next(ctx context.Context, room int64) (*messages.RowBlock, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	b := &messages.RowBlock{After: p.after, At: time.Now().UTC()}
	var refused []messages.Letter
	p.rows.Unmatched() // of a block that was not handed on
	for len(b.Marks) < plannedMarks && int64(len(b.NDJSON)) < min(room, plannedBytes) {
		s, at, err := p.next()
		if errors.Is(err, io.EOF) {
			b.Closed = true
			break
		}
		if err != nil {
			return nil, &messages.Fault{Class: messages.Transient, Reason: messages.ReasonUnavailable, Op: "replay.plan", Shard: p.shard, Err: err, Complete: true}
		}
		m := messages.Mark{Seq: at.Seq, Sub: at.Sub, Arrival: s.Arrival, Rows: int32(s.Rows)}
		if s.Filtered {
			m.Fate = messages.Filtered
		} else if b.NDJSON, err = p.rows.Again(b.NDJSON, s.NDJSON); err != nil {
			m.Fate, m.Rows = messages.Discarded, 0
			b.Cause = cmp.Or(b.Cause, err.Error())
			refused = append(refused, messages.Letter{Shard: s.Shard, Seq: s.Seq, Sub: s.Sub, Arrival: time.UnixMilli(s.Arrival).UTC(), Cause: err.Error()})
		}
		m.End = len(b.NDJSON)
		b.Marks = append(b.Marks, m)
	}
	if len(refused) > 0 {
		if err := p.refused.Put(ctx, refused); err != nil {
			p.Close() // it is read again
			return nil, &messages.Fault{Class: messages.Transient, Reason: messages.ReasonUnavailable, Op: "replay.refused", Shard: p.shard, Err: err, Complete: true}
		}
	}
	b.Unmatched = p.rows.Unmatched()
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
