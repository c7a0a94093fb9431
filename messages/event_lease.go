package messages

import "time"

// The kinds of streams leases/<node>, written by Lease, and connector, written
// by Connector.
const (
	KindLeaseTaken      Kind = "lease_taken.v1"
	KindLeaseDropped    Kind = "lease_dropped.v1"
	KindShardDiscovered Kind = "shard_discovered.v1"
	KindNodeClaimed     Kind = "node_claimed.v1"
	KindStarted         Kind = "started.v1"
	KindDrained         Kind = "drained.v1"
	KindHealthChanged   Kind = "health_changed.v1"
)

// LeaseTaken: this node owns the shard now.
type LeaseTaken struct {
	Shard ShardID   `msgpack:"shard"`
	Epoch int64     `msgpack:"epoch"`
	From  Owner     `msgpack:"from"` // the dead owner; "" = it was free
	At    time.Time `msgpack:"at"`
}

// LeaseDropped: this node does not own the shard any more.
type LeaseDropped struct {
	Shard ShardID   `msgpack:"shard"`
	Epoch int64     `msgpack:"epoch"`
	Why   string    `msgpack:"why"` // released, lost, or ended
	At    time.Time `msgpack:"at"`
}

// ShardDiscovered: a lease row was made for the shard.
type ShardDiscovered struct {
	Shard   ShardID   `msgpack:"shard"`
	Parents []ShardID `msgpack:"parents"`
	At      time.Time `msgpack:"at"`
}

// NodeClaimed: this process holds a node slot.
type NodeClaimed struct {
	Node    string    `msgpack:"node"`
	Process string    `msgpack:"process"`
	At      time.Time `msgpack:"at"`
}

// Started: a connector began to work.
type Started struct {
	Connector string    `msgpack:"connector"`
	Version   string    `msgpack:"version"`
	Stream    string    `msgpack:"stream"`
	Target    string    `msgpack:"target"`
	At        time.Time `msgpack:"at"`
}

// ConnectorDrained: a connector stopped as asked.
type ConnectorDrained struct {
	Clean bool      `msgpack:"clean"` // everything read was committed and checkpointed
	Left  []ShardID `msgpack:"left"`  // shards where that was not so
	At    time.Time `msgpack:"at"`
}

// HealthChanged: the connector's health is another one now.
type HealthChanged struct {
	From Health    `msgpack:"from"`
	To   Health    `msgpack:"to"`
	Why  string    `msgpack:"why"`
	At   time.Time `msgpack:"at"`
}

// Kind implements Event, here and below.
func (*LeaseTaken) Kind() Kind       { return KindLeaseTaken }
func (*LeaseDropped) Kind() Kind     { return KindLeaseDropped }
func (*ShardDiscovered) Kind() Kind  { return KindShardDiscovered }
func (*NodeClaimed) Kind() Kind      { return KindNodeClaimed }
func (*Started) Kind() Kind          { return KindStarted }
func (*ConnectorDrained) Kind() Kind { return KindDrained }
func (*HealthChanged) Kind() Kind    { return KindHealthChanged }
