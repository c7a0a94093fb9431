package actors

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/kinesnow/kinesnow/messages"
)

// leaseOp is one table call for a held lease; a nil message is a renewal of
// Lease's own.
type leaseOp struct {
	message any
	sender  *actor.PID
}

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

type retired struct{}

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

// ask takes a unit's or a channel's question about a lease.
func (l *Lease) ask(c actor.Context, message any) {
	shard := shardOf(message)
	h := l.held[shard]
	if h == nil && !l.looked {
		return // a respawned Lease does not know yet what it holds; the question comes again
	}
	if h == nil {
		if _, release := message.(*messages.ReleaseWanted); release {
			c.Respond(&messages.LeaseReleased{Shard: shard})
			return
		}
		c.Respond(&messages.LeaseLost{Shard: shard, Why: "the lease is not held"})
		return
	}
	if wanted, ok := message.(*messages.GenerationWanted); ok && h.grant != nil && h.grant.Answers == wanted {
		c.Respond(h.grant) // it crossed the answer: another epoch would end the generation that has begun
		return
	}
	op := leaseOp{message, c.Sender()}
	if h.busy {
		if !h.asked(message) {
			h.queue = append(h.queue, op)
		}
		return
	}
	l.start(c, shard, h, op)
}

// asked reports whether a question is being answered, or waits for that.
func (h *heldLease) asked(message any) bool {
	return sameQuestion(h.op.message, message) || slices.ContainsFunc(h.queue, func(q leaseOp) bool { return sameQuestion(q.message, message) })
}

func shardOf(message any) messages.ShardID {
	switch m := message.(type) {
	case *messages.GenerationWanted:
		return m.Shard
	case *messages.RecheckWanted:
		return m.Shard
	case *messages.ReleaseWanted:
		return m.Shard
	}
	return ""
}

func sameQuestion(a, b any) bool {
	switch a := a.(type) {
	case *messages.GenerationWanted:
		b, ok := b.(*messages.GenerationWanted)
		return ok && *a == *b
	case *messages.RecheckWanted:
		b, ok := b.(*messages.RecheckWanted)
		return ok && *a == *b
	case *messages.ReleaseWanted:
		b, ok := b.(*messages.ReleaseWanted)
		return ok && *a == *b
	}
	return false
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

func (l *Lease) answer(c actor.Context, h *heldLease, m *leaseDone) {
	switch q := m.op.message.(type) {
	case *messages.GenerationWanted:
		h.grant = &messages.GenerationGranted{Shard: m.shard, Answers: q, Owner: l.owner, Row: m.row}
		c.Send(m.op.sender, h.grant)
	case *messages.RecheckWanted:
		c.Send(m.op.sender, &messages.LeaseConfirmed{Shard: m.shard, Row: m.row})
	default:
		if m.rode == nil {
			return
		}
		c.Send(m.sender, &messages.PositionWritten{Shard: m.shard, Write: m.rode.Write})
		if w := h.waiting; w != nil && w.Epoch == m.rode.Epoch && w.Write.WriteNo <= m.rode.Write.WriteNo {
			h.waiting = nil // or a repetition of it
		}
	}
}

// carry keeps the newest position for the next renewal (P18).
func (l *Lease) carry(c actor.Context, m *messages.PositionWaiting) {
	if h := l.held[m.Shard]; h != nil && m.Epoch == h.epoch {
		h.waiting, h.sender = m, c.Sender()
	}
}

// lost lets go of a lease that is another's, and stops its unit.
func (l *Lease) lost(c actor.Context, shard messages.ShardID, why string) {
	l.Log.Warn().Str("shard", string(shard)).Str("why", why).Msg("lease lost")
	l.drop(c, shard, "lost")
	c.Send(l.Shards, &messages.LeaseLost{Shard: shard, Why: why})
}

// ownEnd: the row is at SHARD_END by this process's own write, whose answer is
// still to come. The unit hears it, says EndWritten, and the lease goes with that
// (finish); one that has died has no need of it either.
func (l *Lease) ownEnd(c actor.Context, shard messages.ShardID, h *heldLease) {
	switch {
	case h.ended.IsZero():
		h.ended, l.listNow = time.Now(), true // there are children now
	case time.Since(h.ended) > callLimit:
		l.drop(c, shard, "ended")
	}
}

func (l *Lease) drop(c actor.Context, shard messages.ShardID, why string) {
	h := l.held[shard]
	delete(l.held, shard)
	l.dropped[shard] = time.Now()
	l.outbox.Add(c, &messages.LeaseDropped{Shard: shard, Epoch: h.epoch, Why: why, At: time.Now().UTC()})
}

func (l *Lease) dropAll(c actor.Context, why string) {
	for _, id := range inOrder(l.held) {
		l.lost(c, id, why)
	}
}

// inOrder lists the shards of a map by id: what is done for each of them is
// done in the same order every time.
func inOrder[V any](byShard map[messages.ShardID]V) []messages.ShardID {
	return slices.Sorted(maps.Keys(byShard))
}

// retire gives the node slot up, so that the next process may have it at once.
func (l *Lease) retire(c actor.Context) {
	l.retiring = c.Sender()
	if l.me.Node == "" {
		c.Respond(&messages.Retired{})
		return
	}
	node, owner, left := l.me, l.owner, map[messages.ShardID]int64{}
	for id, h := range l.held {
		left[id] = h.epoch
	}
	run(l.ctx, c, func() any {
		for _, id := range inOrder(left) { // whose units could not do it
			if err := l.Table.Release(l.ctx, id, owner, left[id]); err != nil {
				l.Log.Debug().Err(err).Str("shard", string(id)).Msg("lease not released")
			}
		}
		if err := l.Table.RetireNode(l.ctx, node); err != nil {
			l.Log.Debug().Err(err).Msg("node slot not retired")
		}
		return &retired{}
	})
}
