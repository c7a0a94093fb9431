package messages

import "time"

// The kinds of streams leases/<process>, written by Lease.
const (
	KindLeaseTaken      Kind = "lease_taken.v1"
	KindLeaseDropped    Kind = "lease_dropped.v1"
	KindShardDiscovered Kind = "shard_discovered.v1"
	KindNodeClaimed     Kind = "node_claimed.v1"
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

// Kind implements Event, here and below.
func (*LeaseTaken) Kind() Kind      { return KindLeaseTaken }
func (*LeaseDropped) Kind() Kind    { return KindLeaseDropped }
func (*ShardDiscovered) Kind() Kind { return KindShardDiscovered }
func (*NodeClaimed) Kind() Kind     { return KindNodeClaimed }
