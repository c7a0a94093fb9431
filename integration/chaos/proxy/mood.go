package proxy

import (
	"sync/atomic"
	"time"
)

// Mood is what a link does to the bytes that pass. The zero Mood passes them on.
type Mood struct {
	Latency time.Duration // before each piece, both ways
	Slice   int           // bytes passed on at a time; 0 = as they come
	Swallow bool          // nothing is passed on, nothing answered
	Forget  bool          // with Swallow: connections that lost a byte stay dead for good
	Cut     bool          // the next piece of each answer is cut in half, and the connection reset
}

// Effects count what befell connections on which something was said. What met
// an idle or silent connection is not in here.
type Effects struct {
	Connections int64 // taken
	Delayed     int64 // pieces
	Sliced      int64 // pieces
	Swallowed   int64 // connections that lost bytes
	Forgotten   int64 // of them, those that nobody ever breaks off
	Cuts        int64 // answers
	Resets      int64 // connections, by Reset alone
}

// Add sums up two links.
func (e Effects) Add(o Effects) Effects {
	return Effects{e.Connections + o.Connections, e.Delayed + o.Delayed, e.Sliced + o.Sliced, e.Swallowed + o.Swallowed, e.Forgotten + o.Forgotten, e.Cuts + o.Cuts, e.Resets + o.Resets}
}

type effects struct{ connections, delayed, sliced, swallowed, forgotten, cuts, resets atomic.Int64 }

func (e *effects) read() Effects {
	return Effects{e.connections.Load(), e.delayed.Load(), e.sliced.Load(), e.swallowed.Load(), e.forgotten.Load(), e.cuts.Load(), e.resets.Load()}
}
