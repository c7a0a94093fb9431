package actors

import (
	"context"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/kinesnow/kinesnow/messages"
)

// waitingLimit is how many requests wait while the journal is busy. What comes
// beyond comes again: writers repeat what was not answered.
const waitingLimit = 4096

// Ledger writes events to the journal: one write in flight, and everything
// that waits meanwhile goes with the next one (group commit).
type Ledger struct {
	book    *Book
	waiting []request
	writing bool
	down    bool
}

// request is a message that wants the journal, and who sent it.
type request struct {
	message any
	sender  *actor.PID
}

// NewLedger returns the ledger on a book.
func NewLedger(book *Book) *Ledger {
	return &Ledger{book: book}
}

// answered is the result of one round: what to send to whom.
type answered struct{ answers []request }

// Receive is the table of contents.
func (l *Ledger) Receive(c actor.Context) {
	if l.down {
		return
	}
	switch m := c.Message().(type) {
	case *messages.RecordEvents, *messages.StretchWanted:
		if len(l.waiting) < waitingLimit {
			l.waiting = append(l.waiting, request{m, c.Sender()})
		}
		l.write(c)
	case *answered:
		l.writing = false
		for _, a := range m.answers {
			if a.sender != nil {
				c.Send(a.sender, a.message)
			}
		}
		l.write(c)
	case *crashed:
		panic(m.fault)
	case *actor.Stopping:
		l.down = true
	}
}

func (l *Ledger) write(c actor.Context) {
	if l.writing || len(l.waiting) == 0 {
		return
	}
	round := l.waiting
	l.waiting, l.writing = nil, true
	// What was handed over is kept even if this actor dies meanwhile: its
	// successor would be told that the book has it.
	ctx := context.Background()
	run(ctx, c, func() any {
		out := &answered{}
		for _, r := range round {
			switch m := r.message.(type) {
			case *messages.RecordEvents:
				upto := l.book.Keep(ctx, m)
				out.answers = append(out.answers, request{&messages.Recorded{Stream: m.Stream, Writer: m.Writer, Upto: upto}, r.sender})
			case *messages.StretchWanted:
				counters, found := l.book.Stretch(ctx, m)
				out.answers = append(out.answers, request{&messages.StretchFound{Shard: m.Shard, From: m.From, To: m.To, Found: found, Counters: counters}, r.sender})
			}
		}
		return out
	})
}
