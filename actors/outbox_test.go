package actors

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/kinesnow/kinesnow/messages"
)

// tray is an actor.Context that only collects what is requested.
type tray struct {
	actor.Context
	sent []*messages.RecordEvents
}

func (c *tray) Request(_ *actor.PID, message any) {
	c.sent = append(c.sent, message.(*messages.RecordEvents))
}

// last is the newest message.
func (c *tray) last(t *testing.T, n int) *messages.RecordEvents {
	t.Helper()
	if len(c.sent) != n {
		t.Fatalf("%d messages were sent, want %d", len(c.sent), n)
	}
	return c.sent[n-1]
}

func gap(n int64) messages.Event { return &messages.Committed{Rows: n} }

// TestEventsAreSentAtOnceAndRepeatedUntilTheyAreAnswered.
func TestEventsAreSentAtOnceAndRepeatedUntilTheyAreAnswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, o := &tray{}, NewOutbox(nil, "shard/0", "w")
		o.Add(c, gap(1), gap(2))
		if m := c.last(t, 1); m.From != 1 || m.Oldest != 1 || len(m.Events) != 2 || m.Stream != "shard/0" || m.Writer != "w" {
			t.Errorf("sent %+v", m)
		}
		o.Add(c, gap(3))
		if m := c.last(t, 2); m.From != 3 || m.Oldest != 1 || len(m.Events) != 1 {
			t.Errorf("sent %+v", m)
		}
		o.Repeat(c)
		c.last(t, 2) // not yet
		time.Sleep(repeatEvery)
		o.Repeat(c)
		if m := c.last(t, 3); m.From != 1 || len(m.Events) != 3 {
			t.Errorf("repeated %+v", m)
		}
		o.Recorded(&messages.Recorded{Stream: "shard/0", Writer: "w", Upto: 2})
		time.Sleep(repeatEvery)
		o.Repeat(c)
		if m := c.last(t, 4); m.From != 3 || m.Oldest != 3 || len(m.Events) != 1 {
			t.Errorf("repeated %+v", m)
		}
		o.Recorded(&messages.Recorded{Stream: "shard/0", Writer: "w", Upto: 3})
		o.Recorded(&messages.Recorded{Stream: "shard/0", Writer: "w", Upto: 1}) // a late one
		time.Sleep(repeatEvery)
		o.Repeat(c)
		c.last(t, 4) // nothing is left
	})
}

// TestABusyWriterStillRepeatsWhatWasLost: what is sent meanwhile must not put
// the repetition off, for the ledger takes nothing that leaves a gap.
func TestABusyWriterStillRepeatsWhatWasLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, o := &tray{}, NewOutbox(nil, "shard/0", "w")
		for n := range int64(20) {
			o.Add(c, gap(n))
			o.Repeat(c)
			time.Sleep(100 * time.Millisecond)
		}
		repeated := 0
		for _, m := range c.sent {
			if m.From == 1 && len(m.Events) > 1 {
				repeated++
			}
		}
		if repeated == 0 {
			t.Error("nothing was repeated in 2 s without an answer")
		}
	})
}

// TestAnAnswerToAnEarlierIncarnationForgetsNothing.
func TestAnAnswerToAnEarlierIncarnationForgetsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, o := &tray{}, NewOutbox(nil, "shard/0", "w")
		o.Add(c, gap(1))
		o.Recorded(&messages.Recorded{Stream: "shard/0", Writer: "earlier", Upto: 99})
		time.Sleep(repeatEvery)
		o.Repeat(c)
		if m := c.last(t, 2); m.From != 1 || len(m.Events) != 1 {
			t.Errorf("repeated %+v", m)
		}
	})
}

// TestTheOldestEventsAreGivenUpWhenTheLedgerIsAwayForLong: evidence must never
// hold the flow (P25).
func TestTheOldestEventsAreGivenUpWhenTheLedgerIsAwayForLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, o := &tray{}, NewOutbox(nil, "shard/0", "w")
		for n := range int64(outboxLimit + 10) {
			o.Add(c, gap(n+1))
		}
		time.Sleep(repeatEvery)
		o.Repeat(c)
		m := c.last(t, outboxLimit+11)
		if len(m.Events) != outboxLimit || m.From != 11 || m.Oldest != 11 || m.Events[0].(*messages.Committed).Rows != 11 {
			t.Errorf("repeated %d events from %d", len(m.Events), m.From)
		}
	})
}
