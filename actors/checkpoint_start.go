package actors

import (
	"strconv"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/kinesnow/kinesnow/messages"
)

// recounted is the result of reading a stretch again.
type recounted struct {
	from, to messages.Position
	counters messages.Counters
	err      error
}

// begin takes over where the row and the opening say. Where Snowflake has
// committed more than the row knows, the counts of that stretch are found
// first: from the ledger, else by reading it again (P26).
func (k *Checkpoint) begin(c actor.Context, m *messages.GenerationStarted) {
	k.token, k.counters, k.rested = m.Token, m.Row.Counters, m.Row.Settled
	own, before := m.Row.RejectedBy(m.Opening.CreatedMS)
	k.rejectedBefore = before
	if t, err := messages.ParseToken(m.Row.Committed, k.Shard); err == nil {
		k.kept = t.Position
	}
	if t, err := messages.ParseToken(m.Row.Skipped, k.Shard); err == nil {
		k.skipped = t
	}
	known := m.Row.Newest()
	if m.Adopted {
		seq := m.Row.Sequence
		if seq == "" {
			seq = m.Row.PartialSeq
		}
		k.record(c, &messages.Adopted{Shard: k.Shard, Sequence: seq, At: m.Event.At})
	}
	k.record(c, m.Event)
	if !k.Before.IsZero() && k.Before.Compare(m.Event.Start) > 0 {
		k.record(c, &messages.Rewound{Shard: k.Shard, From: k.Before, To: m.Event.Start, At: m.Event.At})
	}
	if m.Adopted {
		k.start(c)
		k.adopt(c, m.Event.Start)
		return
	}
	if m.Token.IsZero() || known.Covers(m.Token.Position) {
		k.start(c)
		return
	}
	k.rejected = max(0, m.Opening.RowsErrors-own)
	c.Request(k.Ledger, &messages.StretchWanted{Shard: k.Shard, From: known, To: m.Token.Position, Digest: k.counters.Digest})
	After(c, 5*repeatEvery, &messages.StretchFound{Shard: k.Shard, From: known, To: m.Token.Position})
}

// adopt makes the other product's position ours, before anything is in flight:
// the operator's word was for that one alone. Whatever the other product leaves
// in the row later is adopted anew, and asks for a word of its own (P7).
func (k *Checkpoint) adopt(c actor.Context, start messages.Position) {
	if start.Compare(k.token.Position) > 0 && start.Compare(k.skipped.Position) > 0 {
		k.skipped = messages.Token{Position: start, Shard: k.Shard}
	}
	k.settle(c, nil)
}

// stretch takes the ledger's answer, or reads the stretch again when it has
// none (or did not answer in time).
func (k *Checkpoint) stretch(c actor.Context, m *messages.StretchFound) {
	switch {
	case k.ready || m.To != k.token.Position:
		return
	case m.Found:
		k.recovered(c, m.From, m.To, "ledger", m.Counters)
		return
	case k.reading:
		return
	}
	k.reading = true
	digest := k.counters.Digest
	run(k.ctx, c, func() any {
		counters, err := k.Recount(k.ctx, m.From, m.To)
		counters.Digest = digest.Fold(m.To, counters.Appended)
		return &recounted{m.From, m.To, counters, err}
	})
}

// recover takes the counts of a stretch that was read again. Where it could
// not be (its records expired), audit will call it unexplained.
func (k *Checkpoint) recover(c actor.Context, m *recounted) {
	if k.ready {
		return // the ledger answered after all
	}
	if m.err != nil {
		k.Log.Warn().Err(m.err).Str("from", m.from.String()).Str("to", m.to.String()).Msg("committed rows could not be counted")
		k.recovered(c, m.from, m.to, "none", messages.Counters{Digest: k.counters.Digest})
		return
	}
	k.recovered(c, m.from, m.to, "reread", m.counters)
}

func (k *Checkpoint) recovered(c actor.Context, from, to messages.Position, source string, counters messages.Counters) {
	counters.Committed, counters.Rejected = counters.Appended, k.rejected
	k.counters = k.counters.Add(counters)
	k.record(c, &messages.Recovered{Shard: k.Shard, From: from, To: to, Source: source, Counters: counters, At: time.Now().UTC()})
	k.ready = true
	k.offer(c) // before what waited: nothing may overtake the write of an end
	k.start(c)
}

// start is ready to follow; what came meanwhile is taken in order.
func (k *Checkpoint) start(c actor.Context) {
	k.ready, k.appended = true, k.counters.Digest
	held := k.held
	k.held = nil
	for _, h := range held {
		if h.undone {
			k.followUndone(c, h.message)
			continue
		}
		k.follow(c, h.message, h.sender)
	}
}

// followUndone takes over what a pass or a rest said of positions: rows are in
// flight again since, so that the row must not be settled by it (P7).
func (k *Checkpoint) followUndone(c actor.Context, message any) {
	switch m := message.(type) {
	case *messages.Passed:
		k.pass(m)
	case *messages.Rested:
		k.caughtUp = m.CaughtUp
	}
	k.offer(c)
}

func (k *Checkpoint) generation() string { return "g" + strconv.FormatInt(k.Epoch, 10) }
