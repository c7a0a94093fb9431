package actors

import (
	"context"
	"errors"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/kinesnow/kinesnow/messages"
)

// appendState is the append in flight.
type appendState struct {
	draft draft
	batch *messages.SealedBatch
	used  []*messages.RowBlock // blocks that are free when it is accepted
}

// appended is the result of an append, after as many attempts as it took.
type appended struct {
	next    string
	unknown bool // some attempt had no complete answer
	err     error
}

// send appends the sealed batch, or seals a smaller one where it is too large
// for the wire; a single user record that is too large is dead-lettered (P4).
func (ch *Channel) send(c actor.Context, m *sealed) {
	if m.err != nil {
		panic(ch.fault("seal", m.err))
	}
	if ch.ended {
		ch.Sink.Recycle(m.batch)
		return // the row was settled meanwhile (P7)
	}
	ratio := float64(m.batch.Length) / float64(max(1, m.batch.Raw))
	ch.ratio = 0.7*ch.ratio + 0.3*ratio
	if m.batch.Length > messages.MaxAppendBytes || m.draft.raw > messages.MaxRawBytes {
		ch.Sink.Recycle(m.batch)
		if m.draft.rowful == 1 {
			ch.bury(c, "its rows do not fit one append of 4 MiB compressed, 16 MiB raw")
			return
		}
		ch.ratio = max(ch.ratio, ratio)
		ch.sealDraft(c, ch.queue.draft(ch.sealedTo, m.draft.raw/2, max(1, m.draft.rowful/2)))
		return
	}
	ch.sealing = false
	ch.appends = &appendState{draft: m.draft, batch: m.batch, used: ch.queue.advance(&m.draft)}
	ch.last = time.Now()
	ch.stopResting()
	continuation, batch := ch.continuation, m.batch
	backoff := NewBackoff(200*time.Millisecond, 5*time.Second)
	run(ch.ctx, c, func() any { return ch.attempts(continuation, batch, &backoff) })
}

// attempts sends the same bytes under the same token until there is a complete
// answer that is not a passing one, or appendRetry is over (P11).
func (ch *Channel) attempts(continuation string, batch *messages.SealedBatch, backoff *Backoff) any {
	deadline, unknown := time.Now().Add(ch.AppendRetry), false
	for {
		next, err := ch.attempt(continuation, batch)
		if err == nil {
			return &appended{next: next}
		}
		var f *messages.Fault
		known := errors.As(err, &f)
		unknown = unknown || !known || !f.Complete
		passing := !known || f.Class == messages.Transient && (f.Reason == messages.ReasonUnavailable || f.Reason == messages.ReasonThrottled)
		pause := backoff.Next()
		if known {
			pause = max(pause, f.After)
		}
		if !passing || time.Now().Add(pause).After(deadline) || !sleep(ch.ctx, pause) {
			return &appended{err: err, unknown: unknown}
		}
	}
}

// attempt does not outlive a connection that went silent.
func (ch *Channel) attempt(continuation string, batch *messages.SealedBatch) (next string, err error) {
	ctx, cancel := context.WithTimeout(ch.ctx, appendLimit)
	defer cancel()
	return ch.Sink.Append(ctx, ch.Name, continuation, batch)
}

// accepted frees the batch's bytes and remembers its range until it is
// committed (P15).
func (ch *Channel) accepted(c actor.Context, m *appended) {
	a := ch.appends
	ch.appends = nil
	if m.err != nil {
		ch.refused(c, m, a)
		return
	}
	ch.continuation, ch.sealedTo = m.next, a.draft.last.Position()
	event := a.event(ch)
	ch.flights.add(flight{
		end: a.draft.end(ch.Shard), counts: a.draft.counts, raw: a.draft.raw, oldest: a.draft.oldest, at: time.Now(),
	})
	c.Send(ch.Checkpoint, &messages.BatchAccepted{Event: event})
	ch.lose(c, &a.draft)
	ch.free(c, a)
	ch.askStatus(c)
	ch.report(c, &messages.Progress{Bytes: a.batch.Raw, Wire: a.batch.Length, Live: a.draft.counts})
	ch.next(c)
}

// refused ends the generation. Where nothing of it can be in flight - all that
// was accepted was read back as committed, and this append surely had no effect
// - the row is settled first, so that a channel that is gone does not look like
// rows that are lost (P7).
func (ch *Channel) refused(c actor.Context, m *appended, a *appendState) {
	f := ch.fault("append", m.err)
	f.At = a.draft.end(ch.Shard).Position
	f.Records = a.draft.rowful
	if f.Reason == messages.ReasonOverflow {
		f.Records += ch.flights.records() // what is refused was accepted before (P13)
	}
	if ch.flights.empty() && !m.unknown && f.Complete && f.Class != messages.Fenced {
		ch.ended = true
		c.Send(ch.Checkpoint, &messages.SettleAndEnd{Fault: f})
		return
	}
	panic(f)
}

// free recycles what an accepted batch held.
func (ch *Channel) free(c actor.Context, a *appendState) {
	ch.Sink.Recycle(a.batch)
	ch.release(c, a.used)
}

// release recycles blocks that are used up, and hands out credit for them.
func (ch *Channel) release(c actor.Context, used []*messages.RowBlock) {
	var back int64
	for _, b := range used {
		back += b.Charged
		ch.ignored(c, b)
		if b.Recycle != nil {
			b.Recycle(b.NDJSON)
		}
	}
	ch.Share.Give(back)
	if back > 0 {
		c.Send(ch.Reader, &messages.Credit{Bytes: back})
	}
}

func (a *appendState) event(ch *Channel) *messages.BatchAppended {
	d := &a.draft
	return &messages.BatchAppended{
		Shard: ch.Shard, Generation: ch.Epoch, After: d.after,
		From: messages.Position{Seq: d.first.Seq, Sub: d.first.Sub}, To: d.last.Position(),
		Records: d.counts.Read, Rows: d.counts.Appended, Discarded: d.counts.Discarded, Filtered: d.counts.Filtered,
		Bytes: a.batch.Raw, Wire: a.batch.Length, At: time.Now().UTC(),
	}
}
