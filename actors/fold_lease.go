package actors

import (
	"maps"

	"github.com/kinesnow/kinesnow/messages"
)

// LeaseLedger is what a stream leases/<process> adds up to: the state that Lease
// keeps of what it owns.
type LeaseLedger struct {
	Node string
	Held map[messages.ShardID]bool
}

// Evolve returns the state after one more event; it is pure. A node slot that
// is claimed begins empty-handed: a respawned Lease takes back what the table
// says is its own (KP8).
func (s LeaseLedger) Evolve(e messages.Event) LeaseLedger {
	switch e := e.(type) {
	case *messages.NodeClaimed:
		s.Node, s.Held = e.Node, nil
	case *messages.LeaseTaken:
		s.Held = with(s.Held, e.Shard)
	case *messages.LeaseDropped:
		s.Held = maps.Clone(s.Held)
		delete(s.Held, e.Shard)
	}
	return s
}

func with(held map[messages.ShardID]bool, shard messages.ShardID) map[messages.ShardID]bool {
	held = maps.Clone(held)
	if held == nil {
		held = map[messages.ShardID]bool{}
	}
	held[shard] = true
	return held
}
