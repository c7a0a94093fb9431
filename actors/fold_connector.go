package actors

import (
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// ConnectorLedger is what a stream connector/<name> adds up to: the state that
// Connector keeps of itself, and the one that history rebuilds where no process
// runs.
type ConnectorLedger struct {
	Started time.Time // when the life that is told of began
	Version string
	Stream  string
	Target  string
	Health  messages.Health
	Stop    messages.StopCode // as State.Stop
	Why     string            // when health or stop changed
	Since   time.Time         // of health and stop
	Paused  messages.Pauses
	Drained bool // it stopped as it was asked to,
	Clean   bool // and everything that was read is committed and checkpointed
	Left    []messages.ShardID
}

// Evolve returns the state after one more event; it is pure. A life begins with
// nothing: what is paused still is told again once the lease table was read.
func (s ConnectorLedger) Evolve(e messages.Event) ConnectorLedger {
	switch e := e.(type) {
	case *messages.Started:
		s = ConnectorLedger{
			Started: e.At, Version: e.Version, Stream: e.Stream, Target: e.Target, Health: messages.Starting, Since: e.At,
		}
	case *messages.HealthChanged:
		s.Health, s.Stop, s.Why, s.Since = e.To, e.Stop, e.Why, e.At
	case *messages.Paused:
		s.Paused = s.Paused.Add(e.Shards, e.At)
	case *messages.Resumed:
		s.Paused = s.Paused.Remove(e.Shards)
	case *messages.ConnectorDrained:
		s.Drained, s.Clean, s.Left = true, e.Clean, e.Left
	}
	return s
}
