package actors

import (
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/kinesnow/kinesnow/messages"
)

// outboxLimit is how many events wait for the ledger before the oldest are
// given up: evidence must never hold the flow (P25).
const outboxLimit = 8192

// Outbox hands an actor's events to the ledger: sent at once, and again every
// second until they are answered, because the ledger may have been respawned.
type Outbox struct {
	ledger *actor.PID
	stream string
	writer string // names this incarnation of the writer; numbers start at 1 in it
	first  int64  // number of events[0]
	events []messages.Event
	since  time.Time // when events[0] was sent, or the last answer came
}

func NewOutbox(ledger *actor.PID, stream, writer string) Outbox {
	return Outbox{ledger: ledger, stream: stream, writer: writer, first: 1}
}

// Add sends events.
func (o *Outbox) Add(c actor.Context, events ...messages.Event) {
	if len(o.events) == 0 {
		o.since = time.Now()
	}
	o.events = append(o.events, events...)
	if over := len(o.events) - outboxLimit; over > 0 {
		o.events, o.first = o.events[over:], o.first+int64(over)
	}
	o.post(c, o.first+int64(len(o.events)-len(events)), events)
}

// Repeat sends what was not answered, if the oldest of it was sent a while ago,
// whatever was sent since: the ledger takes nothing that leaves a gap.
func (o *Outbox) Repeat(c actor.Context) {
	if len(o.events) > 0 && time.Since(o.since) >= repeatEvery {
		o.since = time.Now()
		o.post(c, o.first, append([]messages.Event(nil), o.events...))
	}
}

func (o *Outbox) post(c actor.Context, from int64, events []messages.Event) {
	c.Request(o.ledger, &messages.RecordEvents{Stream: o.stream, Writer: o.writer, From: from, Oldest: o.first, Events: events})
}

// Unanswered is what the ledger has not answered for, as it would be sent
// again; nil = nothing.
func (o *Outbox) Unanswered() *messages.RecordEvents {
	if len(o.events) == 0 {
		return nil
	}
	return &messages.RecordEvents{
		Stream: o.stream, Writer: o.writer, From: o.first, Oldest: o.first, Events: append([]messages.Event(nil), o.events...),
	}
}

// Recorded forgets what the ledger has answered for.
func (o *Outbox) Recorded(m *messages.Recorded) {
	if m.Writer != o.writer {
		return // meant for an earlier incarnation at this PID
	}
	if n := min(int64(len(o.events)), m.Upto-o.first+1); n > 0 {
		o.events, o.first, o.since = o.events[n:], o.first+n, time.Now()
	}
}
