package process

import (
	"sync/atomic"

	"github.com/kinesnow/kinesnow/messages"
)

// findings counts what a human should look at, from the events of this
// process: shards that ended are not in any state any more, their events are.
type findings struct{ gaps, rejected atomic.Int64 }

// note counts an event. It is called concurrently.
func (f *findings) note(e messages.Event) {
	switch e := e.(type) {
	case *messages.GapDetected:
		f.gaps.Add(1)
	case *messages.Committed:
		f.rejected.Add(e.Rejected)
	}
}
