package actors

import (
	"context"
	"errors"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/kinesnow/kinesnow/messages"
)

// settleTime bounds the last write of a generation that ends by a fault.
const settleTime = 5 * time.Second

// write is one direct write of the row, and what follows once it is answered.
type write struct {
	position messages.PositionWrite
	done     func(c actor.Context)
}

// wrote is the result of a direct write.
type wrote struct {
	position messages.PositionWrite
	err      error
}

type endNow struct{ fault *messages.Fault }

// settledState is what this generation last asked the row to say.
type settledState uint8

const (
	settledLeft  settledState = iota // as it is
	settledFalse                     // rows may be in flight
	settledTrue                      // none is
)

// position is the newest position as the next numbered write (P18). Before the
// counts of the stretch are known it carries none. It repeats what was last
// said of settled: a write that a newer one overtakes counts as made, so the
// newer one has to say as much (P7).
func (k *Checkpoint) position() messages.PositionWrite {
	k.writeNo++
	w := messages.PositionWrite{WriteNo: k.writeNo}
	switch k.settled {
	case settledFalse:
		w.Settled, w.ChannelCreated, w.RejectedBefore = new(bool), k.created, k.rejectedBefore
	case settledTrue:
		yes := true
		w.Settled = &yes
	}
	if !k.ready {
		return w
	}
	counters := k.counters
	w.Counters = &counters
	if !k.token.IsZero() {
		w.Committed = k.token.String()
	}
	if !k.skipped.IsZero() {
		w.Skipped = k.skipped.String()
	}
	if !k.caughtUp.IsZero() {
		w.CaughtUpAt = k.caughtUp.UnixMilli()
	}
	return w
}

// offer hands the newest position to Lease, to ride on the next renewal.
func (k *Checkpoint) offer(c actor.Context) {
	w := k.position()
	k.offered = &w
	k.post(c)
}

func (k *Checkpoint) post(c actor.Context) {
	k.posted = time.Now()
	c.Request(k.Lease, &messages.PositionWaiting{Shard: k.Shard, Epoch: k.Epoch, Write: *k.offered})
}

// renewed: a renewal carried what was offered.
func (k *Checkpoint) renewed(c actor.Context, m *messages.PositionWritten) {
	k.checkpointed(c, m.Write)
}

// unsettle makes the row say that appends may be in flight; the channel waits
// for the answer (P7).
func (k *Checkpoint) unsettle(c actor.Context, m *messages.Unsettle) {
	k.settled, k.created = settledFalse, m.CreatedMS
	for _, h := range k.held {
		switch h.message.(type) {
		case *messages.Passed, *messages.Rested:
			h.undone = true
		}
	}
	sender := c.Sender()
	k.put(c, k.position(), func(c actor.Context) { c.Send(sender, &messages.Unsettled{}) })
}

// settle makes the row say that nothing is in flight and K is T.
func (k *Checkpoint) settle(c actor.Context, done func(actor.Context)) {
	k.settled = settledTrue
	k.put(c, k.position(), done)
}

// pass moves S over records without rows. S, K and settled = true travel in one
// write, which follows (P17).
func (k *Checkpoint) pass(m *messages.Passed) {
	k.skipped, k.caughtUp = m.To, m.CaughtUp
	counters := m.Counters
	counters.Digest = k.counters.Digest
	k.counters = k.counters.Add(counters)
}

// endShard writes SHARD_END (P23).
func (k *Checkpoint) endShard(c actor.Context, m *messages.EndReached) {
	k.settled = settledTrue
	w := k.position()
	w.Ended, w.Trimmed, w.Children = true, m.Trimmed, m.Children
	k.put(c, w, func(c actor.Context) {
		k.record(c, &messages.ShardEnded{Shard: k.Shard, Last: m.Last, Children: m.Children, Trimmed: m.Trimmed, At: time.Now().UTC()})
		c.Send(c.Parent(), &messages.ShardFinished{Shard: k.Shard})
	})
}

// conclude is the last write of a generation that ends as asked.
func (k *Checkpoint) conclude(c actor.Context, m *messages.Conclude, sender *actor.PID) {
	answer := func(c actor.Context) { c.Send(sender, &messages.Concluded{Settled: m.Settled}) }
	if m.Settled {
		k.settle(c, answer)
		return
	}
	k.put(c, k.position(), answer)
}

// settleAndEnd is the last write of a generation that ends by a fault with
// nothing in flight. The fault follows, written or not.
func (k *Checkpoint) settleAndEnd(c actor.Context, m *messages.SettleAndEnd) {
	if !k.ready {
		panic(m.Fault) // K is behind T and cannot be moved yet: the row stays unsettled
	}
	After(c, settleTime, &endNow{m.Fault})
	k.settle(c, func(actor.Context) { panic(m.Fault) })
}

// put queues a direct write.
func (k *Checkpoint) put(c actor.Context, w messages.PositionWrite, done func(actor.Context)) {
	k.writes = append(k.writes, write{w, done})
	k.nextWrite(c)
}

func (k *Checkpoint) nextWrite(c actor.Context) {
	if k.writing || len(k.writes) == 0 {
		return
	}
	k.writing = true
	position := k.writes[0].position
	backoff := NewBackoff(200*time.Millisecond, 5*time.Second)
	run(k.ctx, c, func() any {
		for {
			err := k.write(position)
			var f *messages.Fault
			if err == nil || errors.As(err, &f) && f.Class != messages.Transient {
				return &wrote{position, err}
			}
			pause := backoff.Next()
			k.Log.Warn().Err(err).Dur("again", pause).Msg("position not written")
			if !sleep(k.ctx, pause) {
				return nil
			}
		}
	})
}

// write makes one attempt, which does not outlive a connection that went silent.
func (k *Checkpoint) write(position messages.PositionWrite) error {
	ctx, cancel := context.WithTimeout(k.ctx, callLimit)
	defer cancel()
	_, err := k.Table.WritePosition(ctx, k.Shard, k.Owner, k.Epoch, position)
	return err
}

func (k *Checkpoint) written(c actor.Context, m *wrote) {
	k.writing = false
	if m.err != nil {
		f := messages.AsFault("checkpoint.write", m.err)
		f.Shard = k.Shard
		panic(f)
	}
	done := k.writes[0].done
	k.writes = k.writes[1:]
	if k.offered != nil && k.offered.WriteNo < m.position.WriteNo {
		k.offered = nil // this write carried at least as much
	}
	k.checkpointed(c, m.position)
	if done != nil {
		done(c)
	}
	k.nextWrite(c)
}

// checkpointed records that the row carries a write.
func (k *Checkpoint) checkpointed(c actor.Context, w messages.PositionWrite) {
	if w.WriteNo <= k.answered {
		return // a newer write was answered before
	}
	k.answered = w.WriteNo
	if k.offered != nil && k.offered.WriteNo <= w.WriteNo {
		k.offered = nil
	}
	if w.Counters == nil {
		return
	}
	event := &messages.Checkpointed{
		Shard: k.Shard, Epoch: k.Epoch, WriteNo: w.WriteNo, Settled: k.rested, To: k.kept,
		Counters: *w.Counters, At: time.Now().UTC(),
	}
	if w.Settled != nil {
		event.Settled = *w.Settled
	}
	if t, err := messages.ParseToken(w.Committed, k.Shard); err == nil {
		event.To = t.Position
	}
	if t, err := messages.ParseToken(w.Skipped, k.Shard); err == nil {
		event.Skipped = t.Position
	}
	s := k.state
	left := w.Committed == "" && s.Checkpoint.IsZero() // K is what it was before the generation
	if (left || s.Checkpoint == event.To) && s.Skipped == event.Skipped && s.Counters == event.Counters && s.Settled == event.Settled {
		return // only caughtUpAt moved
	}
	k.record(c, event)
	position := event.To
	if event.Skipped.Covers(position) {
		position = event.Skipped
	}
	c.Send(c.Parent(), &messages.Progress{Checkpoint: position, Counters: w.Counters})
}
