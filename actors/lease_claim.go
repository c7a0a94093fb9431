package actors

import (
	"context"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/kinesnow/kinesnow/messages"
)

// claimed is the result of a claim.
type claimed struct {
	seen *messages.ShardRow
	row  *messages.ShardRow
	err  error
}

// hold notes a lease that a row gives to this process.
func (l *Lease) hold(r *messages.ShardRow, rows map[messages.ShardID]*messages.ShardRow, at time.Time) *heldLease {
	shard, ok := l.listed[r.Shard]
	if !ok {
		shard = messages.Shard{ID: r.Shard, Parents: r.Parents, HashFrom: r.HashFrom, HashTo: r.HashTo}
	}
	h := &heldLease{epoch: r.Epoch, since: at, shard: shard, first: firstSet(r, rows)}
	l.held[r.Shard] = h
	delete(l.asked, r.Shard)
	return h
}

func (l *Lease) claim(c actor.Context, seen *messages.ShardRow) {
	owner := l.owner
	l.taking[seen.Shard] = !seen.HasChannel()
	run(l.ctx, c, func() any {
		ctx, cancel := context.WithTimeout(l.ctx, callLimit)
		defer cancel()
		row, err := l.Table.Claim(ctx, seen, owner, l.Duration)
		return &claimed{seen, row, err}
	})
}

func (l *Lease) took(c actor.Context, m *claimed) {
	delete(l.taking, m.seen.Shard)
	l.written(c, m.err)
	if m.err != nil {
		if f := messages.AsFault("claim", m.err); f.Class != messages.Fenced {
			l.Log.Warn().Err(f).Str("shard", string(m.seen.Shard)).Msg("claim failed")
		}
		return // somebody was faster, or the next discovery tries again
	}
	if l.claiming || m.row.Owner != l.owner || l.held[m.row.Shard] != nil {
		return // claimed for a node slot that is lost; or this is a second claim's answer
	}
	now := time.Now()
	h := l.hold(m.row, nil, now)
	h.first = len(m.row.Parents) == 0 || l.startsFirst(m.row)
	l.outbox.Add(c, &messages.LeaseTaken{Shard: m.row.Shard, Epoch: m.row.Epoch, From: m.seen.Owner, At: now.UTC()})
	l.publishSoon(c)
}

// startsFirst is firstSet by what the last look at the table saw.
func (l *Lease) startsFirst(r *messages.ShardRow) bool {
	for _, p := range r.Parents {
		if _, seen := l.Fleet.shards[p]; seen {
			return false
		}
	}
	return true
}
