package actors

import (
	"context"
	"errors"
	"sort"
	"strings"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/kinesnow/kinesnow/messages"
)

// leaseDone is its result.
type leaseDone struct {
	shard  messages.ShardID
	held   *heldLease // that it was made for
	op     leaseOp
	row    *messages.ShardRow
	rode   *messages.PositionWaiting // the position that rode along
	sender *actor.PID                // of rode
	err    error
}

// beaten is the result of a heartbeat.
type beaten struct {
	node messages.NodeRow
	err  error
}

// renewAll renews every held lease and the node's heartbeat, more slowly where
// there are many, so that one partition of the table carries them: in slices,
// spread over the time, for a thousand writes at once are throttled however rare
// they are.
func (l *Lease) renewAll(c actor.Context) {
	parts := l.renewSlices()
	l.later(c, renewTimer, l.renewEvery()/time.Duration(parts), &renewNow{})
	l.outbox.Repeat(c)
	for _, id := range l.renewNext(parts) {
		if h := l.held[id]; !h.busy {
			l.start(c, id, h, leaseOp{})
		}
	}
	if time.Since(l.beaten) >= l.Renew*4/5 || parts == 1 {
		l.beat(c)
	}
}

// renewSlices is in how many parts the held leases are renewed.
func (l *Lease) renewSlices() int { return max(1, (len(l.held)+renewSlice-1)/renewSlice) }

// renewNext returns the leases of the next of so many slices, in the order of
// their ids behind the last one, so that whatever comes and goes meanwhile none
// waits for longer than a round.
func (l *Lease) renewNext(parts int) []messages.ShardID {
	ids := inOrder(l.held)
	if parts == 1 {
		return ids
	}
	from, found := sort.Find(len(ids), func(i int) int { return strings.Compare(string(l.renewed), string(ids[i])) })
	if found {
		from++
	}
	n := (len(ids) + parts - 1) / parts
	next := make([]messages.ShardID, n)
	for i := range next {
		next[i] = ids[(from+i)%len(ids)]
	}
	l.renewed = next[n-1]
	return next
}

// beat moves the node's heartbeat.
func (l *Lease) beat(c actor.Context) {
	if l.claiming || l.me.Node == "" {
		return // there is no slot to beat for
	}
	l.beaten = time.Now()
	node := l.me
	node.Leaving = l.leaving
	run(l.ctx, c, func() any {
		ctx, cancel := context.WithTimeout(l.ctx, callLimit)
		defer cancel()
		return &beaten{node, l.Table.Beat(ctx, node)}
	})
}

func (l *Lease) renewEvery() time.Duration {
	if n := len(l.held); n > renewAdaptAbove {
		return max(l.Renew, min(l.Duration*2/5, l.Renew*time.Duration(n)/renewAdaptAbove))
	}
	return l.Renew
}

// beatDone: a lost heartbeat means that another process took the slot: stop all
// units and claim anew (P20). An unknown outcome changes nothing.
func (l *Lease) beatDone(c actor.Context, m *beaten) {
	l.written(c, m.err)
	if m.err == nil {
		l.me.Counter++
		return
	}
	if messages.AsFault("beat", m.err).Class == messages.Fenced && m.node.Node == l.me.Node && !l.claiming && l.retiring == nil {
		l.dropAll(c, "node slot lost")
		l.claiming = true
		l.Slot = ""
		l.prepare(c)
	}
}

// start makes the table call. A renewal where a begin is in doubt is that begin
// again, which renews as well: the table may be an epoch ahead, and a renewal of
// the one before would take that for a loss.
func (l *Lease) start(c actor.Context, shard messages.ShardID, h *heldLease, op leaseOp) {
	if op.message == nil && h.doubt.message != nil {
		op = h.doubt
	}
	h.busy, h.op = true, op
	done := &leaseDone{shard: shard, held: h, op: op}
	epoch, owner := h.epoch, l.owner
	if op.message == nil && h.waiting != nil && h.waiting.Epoch == epoch {
		done.rode, done.sender = h.waiting, h.sender
	}
	to := l.heir(op.message)
	run(l.ctx, c, func() any {
		ctx, cancel := context.WithTimeout(l.ctx, callLimit)
		defer cancel()
		switch m := op.message.(type) {
		case *messages.GenerationWanted:
			done.row, done.err = l.Table.Begin(ctx, shard, owner, epoch, l.Duration)
		case *messages.RecheckWanted:
			if m.Epoch != epoch {
				done.err = &messages.Fault{Class: messages.Fenced, Reason: messages.ReasonLeaseLost, Op: "recheck", Shard: shard, Err: errText("another epoch")}
				return done
			}
			if m.Stop != "" {
				done.row, done.err = l.Table.Stop(ctx, shard, owner, epoch, l.Duration, m.Stop)
				return done
			}
			done.row, done.err = l.Table.Renew(ctx, shard, owner, epoch, l.Duration, nil)
		case *messages.ReleaseWanted:
			if to != "" {
				done.err = l.Table.HandOff(ctx, shard, owner, epoch, to, l.Duration)
				return done
			}
			done.err = l.Table.Release(ctx, shard, owner, epoch)
		default:
			var position *messages.PositionWrite
			if done.rode != nil {
				position = &done.rode.Write
			}
			done.row, done.err = l.Table.Renew(ctx, shard, owner, epoch, l.Duration, position)
		}
		return done
	})
}

// opDone answers who asked. A definite loss stops the unit; an unknown outcome
// is asked again by who wants to know (P19).
func (l *Lease) opDone(c actor.Context, m *leaseDone) {
	h := l.held[m.shard]
	if h == nil || h != m.held {
		return // let go of meanwhile; who asked asks again
	}
	h.busy = false
	l.written(c, m.err)
	var f *messages.Fault
	_, release := m.op.message.(*messages.ReleaseWanted)
	refused := errors.As(m.err, &f) && f.Class == messages.Rejected
	switch {
	case (m.err == nil || refused) && release: // one that may not be given up runs out by itself
		l.drop(c, m.shard, "released")
		c.Send(m.op.sender, &messages.LeaseReleased{Shard: m.shard})
		l.publish(c)
		return
	case m.err == nil:
		h.epoch, h.since, h.doubt = m.row.Epoch, time.Now(), leaseOp{}
		l.answer(c, h, m)
		l.notice(c, m.row)
	case f != nil && f.Class == messages.Fenced:
		if r, recheck := m.op.message.(*messages.RecheckWanted); recheck && r.Epoch != h.epoch {
			c.Send(m.op.sender, &messages.LeaseLost{Shard: m.shard, Why: "another generation began"})
			break
		}
		if m.row != nil && m.op.message == nil {
			l.ownEnd(c, m.shard, h)
			break
		}
		l.lost(c, m.shard, f.Error())
		if m.op.sender != nil {
			c.Send(m.op.sender, &messages.LeaseLost{Shard: m.shard, Why: f.Error()})
		}
		return
	case !refused:
		if _, begin := m.op.message.(*messages.GenerationWanted); begin {
			h.doubt = m.op
		}
		l.Log.Warn().Err(m.err).Str("shard", string(m.shard)).Msg("lease write failed; its outcome is unknown")
	}
	if len(h.queue) > 0 {
		next := h.queue[0]
		h.queue = h.queue[1:]
		l.start(c, m.shard, h, next)
	}
}

// written notes how a write of the table was answered. Refusals that last as
// long as a lease park the connector, until a write succeeds again: reading the
// table is another right. Shorter ones are credentials that are just being
// renewed.
func (l *Lease) written(c actor.Context, err error) {
	var f *messages.Fault
	switch {
	case err == nil, errors.As(err, &f) && f.Class == messages.Fenced:
		if l.denied {
			c.Send(c.Parent(), &messages.ConnectorFault{})
		}
		l.denied, l.refused = false, time.Time{}
	case f == nil || f.Class != messages.Rejected:
	case l.refused.IsZero():
		l.refused = time.Now()
		l.Log.Warn().Err(f).Msg("a lease write was refused")
	case !l.denied && time.Since(l.refused) >= l.Duration:
		l.denied = true
		c.Send(c.Parent(), &messages.ConnectorFault{Fault: f})
	}
}
