package actors

import (
	"context"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/kinesnow/kinesnow/messages"
)

// handoffAsked is the result of asking for a row.
type handoffAsked struct {
	shard messages.ShardID
	err   error
}

// even claims and asks for what this node's part lacks (balance.go).
func (l *Lease) even(c actor.Context, rows []messages.ShardRow, now time.Time) {
	for shard, at := range l.asked {
		if now.Sub(at) >= 2*handoffLate {
			delete(l.asked, shard) // ask again, if it still helps
		}
	}
	if l.leaving {
		return
	}
	part := l.Fleet.share(rows, l.nodes, standing{
		me: l.owner, duration: l.Duration,
		taking: l.claims,
		late: func(shard messages.ShardID) bool {
			at, asked := l.asked[shard]
			return asked && now.Sub(at) >= handoffLate
		},
		paused: l.pauses.Has,
	}, now)
	for _, r := range l.withRoom(part.claim) {
		l.claim(c, r)
	}
	for _, r := range part.ask {
		l.askFor(c, r, now)
	}
}

// claims reports whether a claim of a shard is under way.
func (l *Lease) claims(shard messages.ShardID) bool {
	_, under := l.taking[shard]
	return under
}

// askFor asks a row's owner to hand it over.
func (l *Lease) askFor(c actor.Context, seen *messages.ShardRow, now time.Time) {
	l.asked[seen.Shard] = now
	owner := l.owner
	l.Log.Info().Str("shard", string(seen.Shard)).Str("from", string(seen.Owner)).Msg("asking for a shard")
	run(l.ctx, c, func() any {
		ctx, cancel := context.WithTimeout(l.ctx, callLimit)
		defer cancel()
		return &handoffAsked{seen.Shard, l.Table.AskHandoff(ctx, seen, owner)}
	})
}

func (l *Lease) askedFor(c actor.Context, m *handoffAsked) {
	l.written(c, m.err)
	if m.err == nil {
		return
	}
	delete(l.asked, m.shard) // somebody was faster, or the next look asks again
	if f := messages.AsFault("handoff", m.err); f.Class != messages.Fenced {
		l.Log.Warn().Err(f).Str("shard", string(m.shard)).Msg("asking for a shard failed")
	}
}

// notice passes on that another node asks for a shard of ours.
func (l *Lease) notice(c actor.Context, r *messages.ShardRow) {
	if r.Owner == l.owner && l.held[r.Shard] != nil && r.Handoff != "" && !l.leaving && l.lives(r.Handoff) {
		c.Send(l.Shards, &messages.HandoffWanted{Shard: r.Shard, To: r.Handoff})
	}
}

// heir is who gets a lease that is given up: who asked for it, if it still
// lives. Nobody waits for a dead node's lease to run out.
func (l *Lease) heir(message any) messages.Owner {
	if m, ok := message.(*messages.ReleaseWanted); ok && l.lives(m.To) {
		return m.To
	}
	return ""
}

// lives reports whether an owner's node was alive at the last look.
func (l *Lease) lives(owner messages.Owner) bool {
	for _, n := range l.nodes {
		if messages.MakeOwner(n.Node, n.Process) == owner {
			return !n.Leaving && !l.Fleet.nodes[n.Node].still(l.Duration, time.Now())
		}
	}
	return false
}

// lookEvery is how long until the next look at the table: soon where little is
// to be read, so that a shard which is given up waits for seconds only, and at
// once while a hand-off is due.
func (l *Lease) lookEvery(rows int) time.Duration {
	every := min(max(lookSoonest, time.Duration(rows)*lookPerRow), discoverEvery)
	if len(l.asked) > 0 {
		every = repeatEvery
	}
	return min(every, l.Duration/4) // two looks tell a dead owner
}
