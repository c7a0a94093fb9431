package history

import (
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// Connector is what a stream connector/<name> adds up to: the state that the
// connector keeps of itself.
type Connector struct {
	Started time.Time
	Health  messages.Health
	Drained bool // the last life of it ended in order
}

// Evolve returns the state after one more event; it is pure.
func (s Connector) Evolve(e messages.Event) Connector {
	switch e := e.(type) {
	case *messages.Started:
		s = Connector{Started: e.At, Health: messages.Starting}
	case *messages.HealthChanged:
		s.Health = e.To
	case *messages.ConnectorDrained:
		s.Drained = true
	}
	return s
}
