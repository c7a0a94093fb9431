package messages

import "time"

// The kinds of stream shard/<id>, written by Checkpoint: the ledger.
const (
	KindOpened           Kind = "opened.v1"
	KindBatchAppended    Kind = "batch_appended.v1"
	KindRecordsDiscarded Kind = "records_discarded.v1"
	KindRecordsFiltered  Kind = "records_filtered.v1"
	KindCommitted        Kind = "committed.v1"
	KindCheckpointed     Kind = "checkpointed.v1"
	KindRewound          Kind = "rewound.v1"
	KindRecovered        Kind = "recovered.v1"
	KindGapDetected      Kind = "gap_detected.v1"
	KindParked           Kind = "parked.v1"
	KindResolved         Kind = "resolved.v1"
	KindShardEnded       Kind = "shard_ended.v1"
	KindFaulted          Kind = "faulted.v1"
	KindAdopted          Kind = "adopted.v1"
)

// Opened: a generation opened the channel and decided where to start.
type Opened struct {
	Shard      ShardID   `msgpack:"shard"`
	Generation int64     `msgpack:"gen"`
	Epoch      int64     `msgpack:"epoch"`
	Channel    string    `msgpack:"channel"`
	CreatedMS  int64     `msgpack:"created"` // created_on_ms
	Token      string    `msgpack:"token"`   // T of this opening; "" = none
	Start      Position  `msgpack:"start"`   // reading starts after it; zero = the durable start
	From       string    `msgpack:"from"`    // which of token, checkpoint, skipped, durable start decided
	Why        string    `msgpack:"why"`     // the row of P7's table
	At         time.Time `msgpack:"at"`
}

// BatchAppended: Snowflake accepted a batch; it is not durable yet.
type BatchAppended struct {
	Shard      ShardID   `msgpack:"shard"`
	Generation int64     `msgpack:"gen"`
	After      Position  `msgpack:"after"`
	From       Position  `msgpack:"from"` // its first user record
	To         Position  `msgpack:"to"`
	Records    int64     `msgpack:"records"` // user records covered, rows or not
	Rows       int64     `msgpack:"rows"`
	Discarded  int64     `msgpack:"discarded"`
	Filtered   int64     `msgpack:"filtered"`
	Bytes      int64     `msgpack:"bytes"`  // before compression
	Wire       int64     `msgpack:"wire"`   // after it
	Digest     Digest    `msgpack:"digest"` // rolling, this batch included
	At         time.Time `msgpack:"at"`
}

// RecordsDiscarded: user records of a stretch were unusable.
type RecordsDiscarded struct {
	Shard ShardID   `msgpack:"shard"`
	From  Position  `msgpack:"from"`
	To    Position  `msgpack:"to"`
	Count int64     `msgpack:"count"`
	Cause string    `msgpack:"cause"` // of the first one
	At    time.Time `msgpack:"at"`
}

// RecordsFiltered: a transform asked for no row for user records of a stretch.
type RecordsFiltered struct {
	Shard ShardID   `msgpack:"shard"`
	From  Position  `msgpack:"from"`
	To    Position  `msgpack:"to"`
	Count int64     `msgpack:"count"`
	At    time.Time `msgpack:"at"`
}

// Committed: Snowflake made every row up to and including To durable.
type Committed struct {
	Shard    ShardID   `msgpack:"shard"`
	To       Position  `msgpack:"to"`
	Rows     int64     `msgpack:"rows"`     // since the previous commit
	Rejected int64     `msgpack:"rejected"` // of them, since the previous commit
	At       time.Time `msgpack:"at"`
}

// Checkpointed: the lease row carries this position and these counters.
type Checkpointed struct {
	Shard    ShardID   `msgpack:"shard"`
	Epoch    int64     `msgpack:"epoch"`
	WriteNo  int64     `msgpack:"write"`
	To       Position  `msgpack:"to"`      // K
	Skipped  Position  `msgpack:"skipped"` // S; zero = none
	Settled  bool      `msgpack:"settled"`
	Counters Counters  `msgpack:"counters"`
	At       time.Time `msgpack:"at"`
}

// Rewound: a generation started below what an earlier one had appended: what
// lies above To was never committed and is read again.
type Rewound struct {
	Shard ShardID   `msgpack:"shard"`
	From  Position  `msgpack:"from"`
	To    Position  `msgpack:"to"`
	At    time.Time `msgpack:"at"`
}

// Recovered: the counts of a stretch that an earlier process committed but
// never checkpointed were found (P26).
type Recovered struct {
	Shard    ShardID   `msgpack:"shard"`
	From     Position  `msgpack:"from"`
	To       Position  `msgpack:"to"`
	Source   string    `msgpack:"source"` // ledger, reread, or none
	Counters Counters  `msgpack:"counters"`
	At       time.Time `msgpack:"at"`
}

// GapDetected: records expired before they could be read (P9).
type GapDetected struct {
	Shard    ShardID   `msgpack:"shard"`
	From     Position  `msgpack:"from"` // the last position that was covered
	To       Position  `msgpack:"to"`   // the first record there was; zero = none
	FromTime time.Time `msgpack:"from_time"`
	ToTime   time.Time `msgpack:"to_time"`
	At       time.Time `msgpack:"at"`
}

// Parked: the shard stopped and waits for a human, or for what it lacks.
type Parked struct {
	Shard ShardID   `msgpack:"shard"`
	Code  StopCode  `msgpack:"code"`
	Text  string    `msgpack:"text"`
	At    time.Time `msgpack:"at"`
}

// Resolved: a human decided how a parked shard goes on.
type Resolved struct {
	Shard ShardID   `msgpack:"shard"`
	Code  StopCode  `msgpack:"code"`
	From  string    `msgpack:"from"` // token, checkpoint, table, or a position
	Start Position  `msgpack:"start"`
	Who   string    `msgpack:"who"`
	Why   string    `msgpack:"why"`
	At    time.Time `msgpack:"at"`
}

// ShardEnded: SHARD_END is in the lease row; everything before is durable.
type ShardEnded struct {
	Shard    ShardID   `msgpack:"shard"`
	Last     Position  `msgpack:"last"`
	Children []ShardID `msgpack:"children"`
	Trimmed  bool      `msgpack:"trimmed"`
	At       time.Time `msgpack:"at"`
}

// Faulted: a generation ended.
type Faulted struct {
	Shard      ShardID   `msgpack:"shard"`
	Generation int64     `msgpack:"gen"`
	Class      Class     `msgpack:"class"`
	Reason     Reason    `msgpack:"reason"`
	Text       string    `msgpack:"text"`
	At         time.Time `msgpack:"at"`
}

// Adopted: another product had moved the row's position since (P24).
type Adopted struct {
	Shard    ShardID        `msgpack:"shard"`
	Sequence SequenceNumber `msgpack:"seq"`
	At       time.Time      `msgpack:"at"`
}

// Kind implements Event, here and below.
func (*Opened) Kind() Kind           { return KindOpened }
func (*BatchAppended) Kind() Kind    { return KindBatchAppended }
func (*RecordsDiscarded) Kind() Kind { return KindRecordsDiscarded }
func (*RecordsFiltered) Kind() Kind  { return KindRecordsFiltered }
func (*Committed) Kind() Kind        { return KindCommitted }
func (*Checkpointed) Kind() Kind     { return KindCheckpointed }
func (*Rewound) Kind() Kind          { return KindRewound }
func (*Recovered) Kind() Kind        { return KindRecovered }
func (*GapDetected) Kind() Kind      { return KindGapDetected }
func (*Parked) Kind() Kind           { return KindParked }
func (*Resolved) Kind() Kind         { return KindResolved }
func (*ShardEnded) Kind() Kind       { return KindShardEnded }
func (*Faulted) Kind() Kind          { return KindFaulted }
func (*Adopted) Kind() Kind          { return KindAdopted }
