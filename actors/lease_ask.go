package actors

import (
	"slices"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/kinesnow/kinesnow/messages"
)

// leaseOp is one table call for a held lease; a nil message is a renewal of
// Lease's own.
type leaseOp struct {
	message any
	sender  *actor.PID
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
