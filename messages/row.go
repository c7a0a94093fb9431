package messages

import "time"

// SchemaVersion is the version of what we keep in the lease table. A newer one
// in a __stream__ row is refused.
const SchemaVersion = 1

// Owner is who holds a lease: a node slot and the process in it (P20).
type Owner string

// MakeOwner joins a node id and a process id.
func MakeOwner(node, process string) Owner { return Owner(node + "/" + process) }

// ShardRow is one shard's lease row as it was read (P18).
type ShardRow struct {
	Shard   ShardID
	Parents []ShardID
	// Children is set when the shard ended.
	Children         []ShardID
	HashFrom, HashTo string
	Ended            bool // shardState is SHARD_END
	Trimmed          bool // it ended because its data expired, never read (P22)

	Owner      Owner
	Counter    int64  // leaseCounter: moves at every lease write
	Epoch      int64  // leaseEpoch: moves at every generation
	Nonce      string // of the last lease write
	Expiry     int64  // leaseExpiry, ms, written for sibling products only
	DurationMS int64  // leaseDurationMs of the owner
	WriteNo    int64  // of the last position write of this epoch
	Handoff    Owner  // who asked for the shard (P21)
	// Stop is why the owner has stopped the shard; "" = it has not, or has begun
	// another generation since.
	Stop StopCode

	// What the sibling products keep; ours derive from the tokens below (P24).
	Sequence    SequenceNumber
	PartialSeq  SequenceNumber
	PartialSub  int64
	LastUpdated int64 // ms

	Committed      string // committedToken: T as last read back; "" = none
	Skipped        string // skippedToken: progress over records without rows; "" = none
	Settled        bool   // nothing was in flight when this was written (P7)
	ChannelCreated int64  // created_on_ms of the opening that unsettled the row; 0 = none
	RejectedBefore int64  // of Counters.Rejected, what channels before that opening's had: Snowflake's count begins anew with each
	CaughtUpAt     int64  // ms, service time, when nothing was behind and all was committed (P9)
	Counters       Counters

	// What becomes of the channel of a shard that has ended (P23).
	Final     *ChannelFinal // nil = not noted yet
	DroppedAt int64         // ms, AWS's clock, when the channel was found dropped; 0 = it may be there

	// What a migrated row says of a shard that has no position yet: where it
	// starts instead of where the stream does. Start is "", TRIM_HORIZON or
	// AT_TIMESTAMP, StartAt beside the latter.
	Start   string
	StartAt time.Time
	// Foreign: another product made the row, and no position of ours was ever
	// written to it (P7, "adopted").
	Foreign bool
}

// Durable is where the shard starts while nothing was ever committed: what its
// own row says, else of.
func (r *ShardRow) Durable(of ReadFrom) ReadFrom {
	switch r.Start {
	case "":
		return of
	case "AT_TIMESTAMP":
		return ReadFrom{Time: r.StartAt}
	}
	return ReadFrom{}
}

// RejectedBy splits Counters.Rejected: what of it the channel with a created_on_ms
// has rejected, and what others before it had. The latter is what to take from the
// sum to compare it with the channel's own rows_error_count.
func (r *ShardRow) RejectedBy(createdMS int64) (own, before int64) {
	before = r.RejectedBefore
	if r.ChannelCreated != 0 && r.ChannelCreated != createdMS {
		before = r.Counters.Rejected
	}
	return max(0, r.Counters.Rejected-before), before
}

// HasChannel reports whether a channel of the shard may be there: some
// generation began, and nobody has dropped what it opened.
func (r *ShardRow) HasChannel() bool { return r.Epoch > 0 && r.DroppedAt == 0 }

// Newest is the newest position that the row carries of ours: K or S. It is zero
// where neither is set or readable.
func (r *ShardRow) Newest() Position {
	var last Position
	for _, text := range []string{r.Committed, r.Skipped} {
		if t, err := ParseToken(text, r.Shard); err == nil && t.Position.Covers(last) {
			last = t.Position
		}
	}
	return last
}

// ReadUpTo is a time before which everything that arrived was read, as far as the
// row knows: when it was last caught up, or the arrival of the newest row that is
// committed. It is zero where neither is known.
func (r *ShardRow) ReadUpTo() (read time.Time) {
	if r.CaughtUpAt != 0 {
		read = time.UnixMilli(r.CaughtUpAt).UTC()
	}
	if t, err := ParseToken(r.Committed, r.Shard); err == nil && t.ArrivedAt().After(read) {
		read = t.ArrivedAt()
	}
	return read
}

// Derived returns what sequenceNumber and partial* of the row should be: the
// last whole record that is durable, and how far into the next one (P24).
// There is nothing to derive where neither token is set or readable.
func (r *ShardRow) Derived() (seq, partialSeq SequenceNumber, partialSub int64) {
	last := r.Newest()
	switch {
	case last.IsZero():
		return "", "", 0
	case last.Sub == Whole:
		return last.Seq, "", 0
	}
	return "", last.Seq, last.Sub
}

// StreamRow is the __stream__ row: what was decided once for the whole stream
// (P12).
type StreamRow struct {
	ARN         string
	CreatedAt   time.Time // of the stream, whole seconds
	Position    string    // TRIM_HORIZON, LATEST or AT_TIMESTAMP
	Timestamp   time.Time // where LATEST and AT_TIMESTAMP start, by AWS's clock
	Initialised bool      // the first set of shard rows has been made
	Drained     bool      // the operator said that the table was adopted drained
	Pauses      Pauses
	Schema      int
}

// TableRows is one look at the lease table: all that it has of the stream.
type TableRows struct {
	Stream *StreamRow // nil = there is none yet
	Shards []ShardRow // by id
	Nodes  []NodeRow  // by id
}

// NodeRow is a node's heartbeat row (P20).
type NodeRow struct {
	Node    string // node-<k>
	Process string
	Counter int64
	Host    string // an attribute only
	Leaving bool   // a drain has begun: it takes nothing any more
	Version string
}

// PositionWrite is what one write of a position sets (P18). It is numbered by
// its generation; the table refuses it unless owner and epoch are the
// writer's and the row's writeNo is smaller.
type PositionWrite struct {
	WriteNo        int64
	Committed      string // K; "" leaves it
	Skipped        string // S; "" leaves it
	ClearSkipped   bool
	Settled        *bool // nil leaves it
	ChannelCreated int64 // set beside Settled = false
	RejectedBefore int64 // beside Settled; 0 leaves it
	CaughtUpAt     int64 // ms; 0 leaves it
	Counters       *Counters
	Ended          bool
	Trimmed        bool
	Children       []ShardID // beside Ended
}
