package actors

import (
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/kinesnow/kinesnow/messages"
)

type rested struct{}

// idle keeps caughtUpAt fresh while nothing comes, so that an old start
// position is not taken for a gap when its record expires (P9).
func (ch *Channel) idle(c actor.Context) {
	at := ch.allCommitted()
	if at.IsZero() || !ch.flowing || ch.ended || time.Since(ch.idled) < idleEvery {
		return
	}
	ch.idled = time.Now()
	c.Send(ch.Checkpoint, &messages.CaughtUp{At: at})
}

// pass moves over records without rows, once nothing is in flight and they
// have lingered: no token can carry them (P17).
func (ch *Channel) pass(c actor.Context) {
	if !ch.flights.empty() {
		return // a commit comes back here
	}
	if wait := time.Until(ch.queue.since.Add(passLinger)); wait > 0 && !ch.queue.closed && ch.flush == nil {
		ch.lingerFor(c, wait)
		return
	}
	ch.passOver(c, ch.queue.draft(ch.sealedTo, messages.MaxRawBytes, 0))
}

// passBuried moves over a record that was dead-lettered, and over those without
// rows around it, once nothing is in flight.
func (ch *Channel) passBuried(c actor.Context) {
	if ch.flights.empty() { // else a commit comes back here
		ch.passHead = false
		ch.passOver(c, ch.queue.rowless(ch.sealedTo))
	}
}

func (ch *Channel) passOver(c actor.Context, d draft) {
	used := ch.queue.advance(&d)
	ch.sealedTo = d.last.Position()
	ch.lose(c, &d)
	ch.settle.sentTrue()
	c.Send(ch.Checkpoint, &messages.Passed{To: d.end(ch.Shard), Counters: d.counts, CaughtUp: ch.allCommitted()})
	ch.release(c, used)
	ch.report(c, &messages.Progress{Live: d.counts})
	ch.next(c)
}

// finish runs when nothing is queued: it ends the shard or answers a flush
// once nothing is in flight either.
func (ch *Channel) finish(c actor.Context) {
	if !ch.flights.empty() {
		return
	}
	if ch.gate.shut() {
		return // what it holds comes back here
	}
	if ch.end != nil {
		ch.ended = true
		c.Send(ch.Checkpoint, &messages.EndReached{Last: ch.sealedTo, Children: ch.end.Children, Trimmed: ch.end.Trimmed})
		return
	}
	if ch.flush != nil {
		c.Send(ch.flush, &messages.Flushed{})
		ch.flush = nil
	}
}

// flushFor appends what is queued without lingering and answers once nothing
// is in flight. A generation that did not begin to flow has nothing to flush.
func (ch *Channel) flushFor(c actor.Context) {
	if !ch.flowing {
		ch.ended = true
		c.Respond(&messages.Flushed{})
		return
	}
	ch.flush = c.Sender()
	ch.next(c)
}

func (ch *Channel) startResting(c actor.Context) {
	ch.stopResting()
	ch.resting = After(c, restAfter, &rested{})
}

func (ch *Channel) stopResting() {
	if ch.resting != nil {
		ch.resting.Stop()
		ch.resting = nil
	}
}

// rest settles the row once nothing has been in flight for a while (P7).
func (ch *Channel) rest(c actor.Context) {
	if !ch.flights.empty() || ch.appends != nil || ch.sealing || ch.ended || ch.settle.asking() {
		return
	}
	ch.settle.sentTrue()
	c.Send(ch.Checkpoint, &messages.Rested{CaughtUp: ch.allCommitted()})
}
