package messages

import "time"

// What a host sends to a connector's PID (contract.md "Library").

// Inspect asks for a *State.
type Inspect struct{}

// Pause stops shards, or all of them, without giving up their leases. It is kept
// in the lease table and holds for every node, until Resume. The answer is *Done.
type Pause struct {
	Shards []ShardID // empty = all
	Who    string    // paused it, for whoever wonders
}

// Resume lets paused shards go on. The answer is *Done.
type Resume struct {
	Shards []ShardID // empty = all
	Who    string
}

// Resolve is the way out of a stop. The answer is *Done.
type Resolve struct {
	Shard ShardID
	From  string // token, checkpoint, or a position
	Who   string
	Why   string
}

// Done answers a command. Error is "" where it was carried out.
type Done struct{ Error string }

// Drain makes a connector stop reading, commit, checkpoint and release, then
// stop itself. The answer is *Drained.
type Drain struct{ Within time.Duration } // 0 = the configured drain_timeout

// Drained tells how a drain ended.
type Drained struct {
	Clean bool // everything that was read is committed and checkpointed
	Left  []ShardID
}
