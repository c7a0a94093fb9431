package actors

import (
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/kinesnow/kinesnow/messages"
)

// blinded notes that a look at table or stream failed in a way that time may
// mend. When none has succeeded for blindAfter, the connector is told why: what
// this node held is lost by then, and it cannot know who has it.
func (l *Lease) blinded(c actor.Context, f *messages.Fault, now time.Time) {
	if l.blindSince.IsZero() {
		l.blindSince = now
	}
	if why := f.Error(); l.looked && why != l.blind && now.Sub(l.blindSince) >= blindAfter {
		l.blind = why
		l.publish(c)
	}
}

// sees notes that a look succeeded; what follows it is published anyhow.
func (l *Lease) sees() { l.blind, l.blindSince = "", time.Time{} }
