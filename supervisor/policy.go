package supervisor

import (
	"time"

	"github.com/kinesnow/kinesnow/actors"
	"github.com/kinesnow/kinesnow/messages"
)

// The policy's numbers.
const (
	backoffBase   = 200 * time.Millisecond
	backoffCap    = 30 * time.Second
	maxFenced     = 5                // stale sequencers in a row without a commit: OTHER_WRITER (P19)
	maxFailures   = 5                // generations in a row without an append: DEGRADED (P19)
	stillAfter    = time.Minute      // no shard of a connector flows for so long: DEGRADED; a takeover takes 40 s (P6)
	probeParked   = 5 * time.Minute  // a parked shard that may have healed is tried again (P11)
	lookParked    = 5 * time.Second  // the files of a refused credential are looked at while a shard is parked for it (P11)
	respawnAfter  = time.Second      // a unit that crashed
	concludeGrace = 2 * time.Second  // of a drain, left for the last write
	handoffWithin = 12 * time.Second // of a hand-off: 10 s for the commit (P21), and concludeGrace
	reportEvery   = 500 * time.Millisecond

	publishLeast    = 100 * time.Millisecond // between two states that are published of reports
	publishPerShard = time.Millisecond       // the same, where there are many shards
)

// verdict is what a unit does once a generation is over.
type verdict uint8

const (
	again    verdict = iota + 1 // a new generation after a pause
	askLease                    // only when Lease confirms
	park                        // with a stop code
)

// policy turns the fault that ended a generation into a verdict, and counts
// what must not go on for ever. It is pure: the unit acts.
type policy struct {
	backoff  actors.Backoff
	fenced   int // in a row, without a commit
	failures int // in a row, without an append
}

func newPolicy() policy {
	return policy{backoff: actors.NewBackoff(backoffBase, backoffCap)}
}

// judge decides. The fault that it returns is the one to show: the last of too
// many fences becomes a stop.
func (p *policy) judge(f *messages.Fault) (verdict, *messages.Fault) {
	switch f.Class {
	case messages.Rejected:
		return park, f
	case messages.Fenced:
		if f.Reason == messages.ReasonStale {
			p.fenced++
		}
		if p.fenced >= maxFenced {
			p.fenced = 0
			return park, messages.Stopped(messages.OtherWriter, f.Shard, "%d generations in a row were fenced: %w", maxFenced, f.Err)
		}
		return askLease, f
	}
	p.failures++
	return again, f
}

// appended and committed are signs of life.
func (p *policy) appended() { p.failures = 0 }

func (p *policy) committed() {
	p.fenced = 0
	p.backoff.Reset()
}

// failing reports whether the shard counts as degraded though it is not parked.
func (p *policy) failing() bool { return p.failures >= maxFailures }

// heals reports whether time, or somebody who is not us, may mend a stop, so
// that it is tried again now and then.
func heals(code messages.StopCode) bool {
	switch code {
	case messages.AccessDenied, messages.TargetMissing, messages.ChannelLimit, messages.EFOUnavailable:
		return true
	}
	return false
}
