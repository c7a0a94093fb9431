package actors

import (
	"github.com/kinesnow/kinesnow/messages"
)

// Probe looks for a record that ends generations (P13): one batch uncommitted
// at a time, halved whenever it ends a generation at the same place, until a
// single user record is left, which is then dead-lettered. Kills, fences,
// time-outs and lost answers never come here.
type Probe struct {
	Records int               // user records per batch; 0 = not probing
	Until   messages.Position // probing ends one commit past it
	Bury    messages.Position // the one record with rows up to here is the culprit; zero = none is known
	Cause   string
	at      messages.Position // T of the generation that failed
}

// On reports whether the generation probes.
func (p *Probe) On() bool { return p.Records > 0 }

// Culprit reports whether the first record with rows, which is at first, is
// the one to dead-letter. It never is once that one was passed.
func (p *Probe) Culprit(first messages.Position) bool {
	return !p.Bury.IsZero() && !first.IsZero() && p.Bury.Covers(first)
}

// Failed returns the probe of the next generation after f ended one whose
// committed position was at.
func (p Probe) Failed(f *messages.Fault, at messages.Position) Probe {
	if f.Reason != messages.ReasonRefused && f.Reason != messages.ReasonOverflow {
		return p
	}
	next := Probe{Records: max(1, f.Records/2), Until: f.At, Cause: causeOf(f), at: at}
	if p.On() && p.at == at {
		if p.Records == 1 {
			next.Bury = f.At
		}
		next.Records = max(1, min(p.Records, max(1, f.Records))/2)
		if p.Until.Covers(next.Until) {
			next.Until = p.Until
		}
	}
	return next
}

// Committed returns the probe after a commit at a position: over, once that is
// past the place where the trouble was.
func (p Probe) Committed(at messages.Position) Probe {
	if p.On() && at.Covers(p.Until) {
		return Probe{}
	}
	return p
}

// causeOf is why a record could not be appended, without the shard and the call:
// letters are looked at by their cause.
func causeOf(f *messages.Fault) string {
	if f.Err == nil {
		return f.Error()
	}
	return f.Err.Error()
}
