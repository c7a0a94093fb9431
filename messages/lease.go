package messages

// What crosses between Lease and the shards' subtree. All of it is repeated
// until answered, for either side may have been respawned in between.

// LeasesHeld lists every shard that this node should be working on. Lease ->
// ShardManager, after every discovery and every change.
type LeasesHeld struct {
	Stream  *Stream
	Durable ReadFrom // where a shard of the first set starts (P12)
	Drained bool     // the operator vouched for an adopted table (P7)
	Pauses  Pauses   // what the table says that nobody is to work on
	Shards  []HeldShard
}

// HeldShard is one lease that this node holds.
type HeldShard struct {
	Shard Shard
	First bool // of the first set: starts at Durable; every other at TRIM_HORIZON
}

// GenerationWanted asks for the right to begin a generation: a lease write
// that counts the epoch up (P5). ShardUnit -> Lease, every second until
// answered with GenerationGranted or LeaseLost.
type GenerationWanted struct {
	Shard      ShardID
	Generation int64
}

// GenerationGranted hands over the row as the lease write left it. Whoever asks
// repeats one and the same question: what answers another one is not for him.
type GenerationGranted struct {
	Shard   ShardID
	Answers *GenerationWanted
	Owner   Owner
	Row     *ShardRow
}

// RecheckWanted asks whether the lease still stands: one conditional renewal.
// Channel (after its open, P5) and ShardUnit (after a fence, P19) -> Lease,
// every second until answered with LeaseConfirmed or LeaseLost.
type RecheckWanted struct {
	Shard ShardID
	Epoch int64
	Stop  StopCode // the unit is about to stop the shard: said in the row, until the next generation; "" = it is not
}

// LeaseConfirmed hands over the row as the renewal left it.
type LeaseConfirmed struct {
	Shard ShardID
	Row   *ShardRow
}

// LeaseLost says that the shard is not this node's any more, or not under
// that epoch. The unit stops and writes nothing further.
type LeaseLost struct {
	Shard ShardID
	Why   string
}

// HandoffWanted tells that another node asks for a shard of ours (P21). Lease ->
// ShardManager, again and again while it does.
type HandoffWanted struct {
	Shard ShardID
	To    Owner
}

// ReleaseWanted gives a lease up. ShardUnit -> Lease, repeated until answered
// with LeaseReleased.
type ReleaseWanted struct {
	Shard ShardID
	To    Owner // who asked for it; "" = whoever comes
}

// Leaving says that a drain has begun: the node takes nothing any more, and
// the others are told. Connector -> Lease.
type Leaving struct{}

// LeaseReleased says that the lease is given up, or was not ours any more.
type LeaseReleased struct{ Shard ShardID }

// PositionWaiting hands over a position that may wait for the next renewal,
// so that one write does both (P18). Checkpoint -> Lease; a later one of the
// same epoch replaces it. The answer is PositionWritten.
type PositionWaiting struct {
	Shard ShardID
	Epoch int64
	Write PositionWrite
}

// PositionWritten says that the row carries at least this write.
type PositionWritten struct {
	Shard ShardID
	Write PositionWrite
}

// EndWritten tells Lease that the shard's row is at SHARD_END, so that its
// children are looked at now. ShardUnit -> Lease, until LeasesHeld leaves the
// shard out.
type EndWritten struct{ Shard ShardID }

// ShardsEnded lists the shards whose channel this node should look after: they
// are at SHARD_END in the table, and their channel is not counted to the end
// yet, or to be dropped by now (P23). Lease -> Drops; the next look tells again.
type ShardsEnded struct {
	Stream *Stream
	Rows   []*ShardRow
}

// NodeReady says that the table is prepared and this process holds a node
// slot. Lease -> Connector, after every discovery; the answer is ShardsReady.
type NodeReady struct {
	Owner  Owner
	Node   string
	Stream *Stream
	Listed int // shards that ListShards names
	Done   int // of them, SHARD_END in the table or ended before the start
	// Elsewhere is how the listed shards are that are neither done nor this node's.
	Elsewhere Elsewhere
	// Idle says that this node holds no lease and is claiming none: the last look
	// at the table found none that is free.
	Idle bool
	// Unowned are shards that nobody, on any node, has worked on for 2 minutes
	// though their parents are done.
	Unowned []ShardID
	Blind   string // why table or stream could not be looked at for a minute; "" = they can be
	Pauses  Pauses
	// Channels is how many of the pipe's this connector has on all nodes.
	Channels ChannelUse
}

// Elsewhere counts listed shards that a node does not hold, as their lease rows
// tell; it is zero while some such row is of a shard that was not listed yet.
type Elsewhere struct {
	CaughtUp int `json:"caughtUp,omitempty"` // nothing was behind at some time since this process began, and all was committed and checkpointed
	Paused   int `json:"paused,omitempty"`   // and not caught up
	Blocked  int `json:"blocked,omitempty"`  // children of those that are stopped: they begin after them
	// Stopped are those that their owners have stopped, by id.
	Stopped []StoppedShard `json:"stopped,omitempty"`
}

// through is how many of them nothing more is to be waited for.
func (e *Elsewhere) through() int { return e.CaughtUp + e.Paused + e.Blocked + len(e.Stopped) }

// StoppedShard is one that another process has stopped: it waits there for
// kinesnow resolve, or for what is missing or refused.
type StoppedShard struct {
	Shard ShardID  `json:"shard"`
	Owner Owner    `json:"owner"`
	Stop  StopCode `json:"stop"`
}

// ChannelUse is how a connector's channels stand against what a pipe takes.
type ChannelUse struct {
	Open    int `json:"open"`              // of shards that are worked on, or were
	Ended   int `json:"ended,omitempty"`   // of shards that have ended, until they are dropped (P23)
	Waiting int `json:"waiting,omitempty"` // shards that could be read, were there room for a channel
	Beside  int `json:"beside,omitempty"`  // of the same pipe, of the process's other connectors
}

// LookWanted asks for a look at the table now: somebody has changed what is
// paused. Connector -> Lease. Where it is lost, the next look tells the same.
type LookWanted struct{}

// ShardsReady says that the shards' subtree can take LeasesHeld now.
type ShardsReady struct{}

// ConnectorFault says that no shard can be worked on: the connector is parked,
// and tried again by Lease itself. A nil Fault takes that back. Lease ->
// Connector.
type ConnectorFault struct{ Fault *Fault }

// Retire gives the node slot up, after everything else of a drain. Connector
// -> Lease; the answer is Retired.
type Retire struct{}

// Retired says that the slot is free, or could not be given up in time.
type Retired struct{}
