package actors

import (
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/google/uuid"

	"github.com/kinesnow/kinesnow/messages"
)

type lingered struct{}

// sealed is a batch ready to be sent, or the news that the draft was too large.
type sealed struct {
	draft draft
	batch *messages.SealedBatch
	err   error
}

// take accepts a block only if it continues what the channel holds (P10).
func (ch *Channel) take(c actor.Context, b *messages.RowBlock) {
	if err := ch.queue.push(b, time.Now()); err != nil {
		panic(&messages.Fault{Class: messages.Transient, Reason: messages.ReasonInvariant, Op: "channel.take", Shard: ch.Shard, Err: err})
	}
	ch.behind, ch.caughtUp, ch.readUpTo = b.Behind, time.Time{}, time.Now().Add(-b.Behind).UTC()
	ch.packed = ch.packed.Add(b.Packed)
	ch.warnOutside(b)
	if b.CaughtUp() {
		ch.caughtUp = b.At
	}
	if b.Closed {
		ch.end = b
	}
	if len(b.Marks) == 0 || b.Closed {
		ch.report(c, &messages.Progress{})
		ch.idle(c)
	}
	ch.next(c)
}

// next does what is due: seal a batch, pass over records without rows, flush,
// or end the shard. It is called whenever something changed.
func (ch *Channel) next(c actor.Context) {
	if !ch.flowing || ch.sealing || ch.appends != nil || ch.ended {
		return
	}
	switch {
	case ch.passHead:
		ch.passBuried(c)
	case ch.queue.rows > 0:
		ch.seal(c)
	case len(ch.queue.parts) > 0:
		ch.pass(c)
	default:
		ch.finish(c)
	}
}

// seal makes the next batch when it is due: the oldest row has lingered, or
// there is enough for a full one, and nothing forbids it.
func (ch *Channel) seal(c actor.Context) {
	if ch.flights.full(time.Now()) || ch.Probe.On() && !ch.flights.empty() {
		return // a commit comes back here (P15, P13)
	}
	target := ch.target()
	if wait := ch.due(target); wait > 0 {
		ch.lingerFor(c, wait)
		return
	}
	if !ch.settle.mayAppend() {
		if ch.settle.ask() {
			c.Request(ch.Checkpoint, &messages.Unsettle{CreatedMS: ch.opening.CreatedMS})
		}
		return // Unsettled comes back here (P7)
	}
	if ch.Probe.Culprit(ch.queue.first()) {
		ch.bury(c, ch.Probe.Cause)
		return
	}
	ch.sealing = true
	ch.sealDraft(c, ch.queue.draft(ch.sealedTo, target, ch.Probe.Records))
}

// target is how many rendered bytes make a full append: what should compress
// to targetWire, within the raw limit.
func (ch *Channel) target() int64 {
	return min(messages.MaxRawBytes, int64(targetWire/max(ch.ratio, 0.01)))
}

// due returns how long the next batch should still wait.
func (ch *Channel) due(target int64) time.Duration {
	floor := time.Until(ch.last.Add(appendFloor))
	if ch.queue.bytes >= target || ch.queue.closed || ch.flush != nil {
		return floor
	}
	return max(floor, time.Until(ch.queue.since.Add(ch.Linger)))
}

func (ch *Channel) lingerFor(c actor.Context, d time.Duration) {
	if ch.linger != nil {
		ch.linger.Stop()
	}
	ch.linger = After(c, d, &lingered{})
}

// sealDraft compresses outside the mailbox.
func (ch *Channel) sealDraft(c actor.Context, d draft) {
	run(ch.ctx, c, func() any {
		body, length, encoding, err := ch.Sink.Seal(d.pieces)
		if err != nil {
			return &sealed{draft: d, err: err}
		}
		return &sealed{draft: d, batch: &messages.SealedBatch{
			Body: body, Length: length, Encoding: encoding, Raw: d.raw, RequestID: uuid.NewString(),
			Start: d.start(ch.Shard).String(), End: d.end(ch.Shard).String(),
		}}
	})
}
