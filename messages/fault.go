package messages

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Class says what the supervisor does about a fault.
type Class uint8

// The three classes (design.md 3).
const (
	Transient Class = iota + 1 // new generation after a pause
	Fenced                     // another owner: stop, ask Lease, go on only when granted
	Rejected                   // park the shard with a stop code
)

func (c Class) String() string {
	return [...]string{"unknown", "transient", "fenced", "rejected"}[c&3]
}

// Reason says what kind of fault it was, for metrics and for the few decisions
// that need more than the class.
type Reason string

// The reasons.
const (
	ReasonThrottled   Reason = "throttled"   // 429 and AWS's throttling errors
	ReasonUnavailable Reason = "unavailable" // no complete answer, 5xx: the outcome may be unknown
	ReasonRefused     Reason = "refused"     // append answered 413 or another 400: probe (P13)
	ReasonUncommitted Reason = "uncommitted" // open answered 409: rows are still in flight (P6)
	ReasonInvalidated Reason = "invalidated" // the channel must be opened again (P11)
	ReasonOverflow    Reason = "overflow"    // invalidated, naming its rows: probe (P13)
	ReasonGone        Reason = "gone"        // the channel does not exist any more
	ReasonFailedOver  Reason = "failed_over" // 410: discover anew (P11)
	ReasonStale       Reason = "stale"       // stale continuation token sequencer: fenced (P19)
	ReasonLeaseLost   Reason = "lease_lost"  // the lease row names another owner or epoch
	ReasonDenied      Reason = "denied"      // credentials or rights
	ReasonMissing     Reason = "missing"     // stream, table, pipe or shard is not there
	ReasonExpired     Reason = "expired"     // the shard's position is older than what is kept
	ReasonStalled     Reason = "stalled"     // nothing was committed for 60 s (P16)
	ReasonRetyped     Reason = "retyped"     // rows were rendered before the types of their columns were known
	ReasonInvariant   Reason = "invariant"   // a broken rule of ours
	ReasonCrashed     Reason = "crashed"     // an actor panicked with something else
	ReasonStopped     Reason = "stopped"     // a named stop of P7, P9, P14 or P19
)

// Fault is an error with the meaning that the supervisor acts on. Adapters
// make them once, from what the outside said.
type Fault struct {
	Class  Class
	Reason Reason
	Stop   StopCode      // set on a Rejected fault
	Op     string        // such as "kinesis.GetRecords"
	Shard  ShardID       // "" where the fault is not one shard's
	Err    error         // the cause
	Hint   string        // the way out, for a human
	After  time.Duration // a Retry-After that the service asked for; 0 = none

	// Complete: the service answered in full, so the request had no effect.
	// An append that failed without a complete answer has an unknown outcome.
	Complete bool
	// At is the position up to which a refused append reached, and Records how
	// many user records it held; zero where the fault names none (P13).
	At      Position
	Records int
}

func (f *Fault) Error() string {
	text := f.Op
	if f.Shard != "" {
		text += " " + string(f.Shard)
	}
	if f.Err != nil {
		text += ": " + f.Err.Error()
	}
	if f.Hint != "" {
		text += " (" + f.Hint + ")"
	}
	return text
}

func (f *Fault) Unwrap() error { return f.Err }

// Cause is what Error says beside the state's other fields: the rendering of a
// fault (see Fault.Error) without its stop code, its shard and its hint.
func (s *ShardState) Cause() string {
	text := strings.Replace(s.Error, " "+string(s.Shard)+": ", ": ", 1)
	text = strings.TrimPrefix(text, string(s.Stop)+": ")
	if s.Hint != "" {
		text = strings.TrimSuffix(text, " ("+s.Hint+")")
	}
	return text
}

// AsFault returns err's fault. An error that is none is Transient and has no
// complete answer: what is not understood is never taken for a definite no.
func AsFault(op string, err error) *Fault {
	var f *Fault
	if errors.As(err, &f) {
		return f
	}
	return &Fault{Class: Transient, Reason: ReasonUnavailable, Op: op, Err: err}
}

// Stopped makes the Rejected fault of a stop code.
func Stopped(code StopCode, shard ShardID, format string, args ...any) *Fault {
	return &Fault{
		Class: Rejected, Reason: ReasonStopped, Stop: code, Op: string(code), Shard: shard,
		Err: fmt.Errorf(format, args...), Hint: code.Hint(), Complete: true,
	}
}
