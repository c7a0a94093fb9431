package chaos

import "strings"

// Kind is a kind of actor in a connector's tree.
type Kind string

// The kinds, from the root down.
const (
	Connector  Kind = "connector"
	Leases     Kind = "leases"
	Commits    Kind = "commits"
	Ledger     Kind = "ledger"
	Shards     Kind = "shards"
	Unit       Kind = "unit"
	Checkpoint Kind = "checkpoint"
	Channel    Kind = "channel"
	Reader     Kind = "reader"
)

// Kinds lists all kinds from the root down.
func Kinds() []Kind {
	return []Kind{Connector, Leases, Commits, Ledger, Shards, Unit, Checkpoint, Channel, Reader}
}

// CarriesRows reports whether rows in flight are lost to the actor's death, so
// that somebody has to read and send them again.
func (k Kind) CarriesRows() bool {
	switch k {
	case Connector, Shards, Unit, Checkpoint, Channel, Reader:
		return true
	}
	return false
}

// Identify tells an actor's kind by its PID's id, and the shard that it works
// for, "" for those above the shards.
func Identify(id string) (kind Kind, shard string) {
	path := strings.Split(id, "/")
	last := path[len(path)-1]
	if len(path) == 1 {
		return Connector, ""
	}
	switch Kind(last) {
	case Leases, Commits, Ledger, Shards:
		return Kind(last), ""
	}
	parent := path[len(path)-2]
	if parent == string(Shards) {
		return Unit, last
	}
	name, _, numbered := strings.Cut(last, "-")
	switch kind = Kind(name); kind {
	case Checkpoint, Channel, Reader:
		if numbered {
			return kind, parent
		}
	}
	return "", ""
}
