package messages

import (
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// What travels inside one generation: Reader, Channel, Checkpoint, and Commits
// beside them. Nobody but the same generation can get these, for every
// generation has PIDs of its own.

// StartReading tells the reader where to begin. Channel -> Reader, once.
type StartReading struct {
	Channel  *actor.PID
	From     ReadFrom
	Position Position  // the chain's first After: the start position, or zero
	Arrived  time.Time // arrival of the start position; zero = unknown
	CaughtUp time.Time // caughtUpAt of the row (P9); zero = never
}

// Credit lets the reader fetch. Channel -> Reader, once after the start was
// decided and again whenever an append was accepted.
type Credit struct{ Bytes int64 } // of rendered rows the channel has room for

// GapNotice tells that records are missing before what comes next (P9).
// Reader -> Channel -> Checkpoint.
type GapNotice struct{ Event *GapDetected }

// CommitWanted asks for the channel's status until it has nothing in flight.
// Channel -> Commits, every 2 s (P16): Commits forgets it after 3 s.
type CommitWanted struct {
	Channel    string
	Generation int64
	Opening    int64 // which opening of the process the answer must be for
}

// StatusRead is what one poll said of the channel. Commits -> Channel. A nil
// Status means that the service does not know the channel.
type StatusRead struct {
	Opening int64
	Status  *ChannelStatus
	Err     *Fault // a poll that failed for good; transient ones are repeated silently
}

// Unsettle asks for settled = false in the row, with this created_on_ms, before
// the first append. Channel -> Checkpoint; the answer is Unsettled (P7).
type Unsettle struct{ CreatedMS int64 }

// Unsettled says that the row carries settled = false.
type Unsettled struct{}

// GenerationStarted tells the checkpoint what this generation starts from. Channel ->
// Checkpoint, once, before anything else.
type GenerationStarted struct {
	Row     *ShardRow
	Opening *Opening
	Event   *Opened
	Token   Token // T of the opening; zero Position = none
	Adopted bool  // another product had moved the row (P24)
}

// BatchAccepted hands over the fact of an append. Channel -> Checkpoint.
type BatchAccepted struct{ Event *BatchAppended }

// BatchCommitted tells that T was read back at a batch end of this opening.
// Channel -> Checkpoint.
type BatchCommitted struct {
	Token    Token
	Batches  []BatchCounts // that it covers since the last one, in order
	Rejected int64         // rows, since the last one
	Event    *Committed
	CaughtUp time.Time // service time when nothing was behind and all was committed; zero = not now
}

// BatchCounts is one committed batch as the digest folds it (P26).
type BatchCounts struct {
	End      Position
	Counters Counters
}

// Rested tells that nothing has been in flight for the rest time: the row gets
// settled = true. Channel -> Checkpoint.
type Rested struct{ CaughtUp time.Time }

// Passed tells of a stretch of records without rows, after which nothing is in
// flight (P17): the row gets S, K and settled = true in one write.
type Passed struct {
	To       Token
	Counters Counters
	CaughtUp time.Time
}

// CaughtUp tells that nothing was behind at a time, by the service's clock, and
// everything up to it is committed (P9). Channel -> Checkpoint, every few
// seconds while the shard is idle.
type CaughtUp struct{ At time.Time }

// RecordsLost tells the ledger of records that made no row.
type RecordsLost struct{ Events []Event }

// EndReached asks for SHARD_END: everything handed on is committed or passed.
// Channel -> Checkpoint, which answers the unit with ShardFinished.
type EndReached struct {
	Last     Position
	Children []ShardID
	Trimmed  bool
}

// ShardFinished says that SHARD_END is in the row. Checkpoint -> ShardUnit.
type ShardFinished struct{ Shard ShardID }

// Flush asks the channel to append what it holds and to wait for its commit.
// ShardUnit -> Channel, after the reader has stopped. The answer is Flushed.
type Flush struct{}

// Flushed says that nothing is in flight and everything handed on is with
// Checkpoint.
type Flushed struct{}

// Conclude asks the checkpoint for its last write of the generation. ShardUnit
// -> Checkpoint. The answer is Concluded.
type Conclude struct {
	Settled bool // nothing of the generation is in flight
}

// Concluded says that the row carries everything that was committed.
type Concluded struct{ Settled bool }

// SettleAndEnd asks the checkpoint to write settled = true, because nothing of
// this generation is in flight, and then to end it with the fault (P7).
// Channel -> Checkpoint.
type SettleAndEnd struct{ Fault *Fault }

// Progress tells the unit where its generation is. Channel and Checkpoint ->
// ShardUnit, at accepts, commits and checkpoints.
type Progress struct {
	Read, Accepted, Committed, Checkpoint Position
	Behind                                time.Duration
	Oldest                                time.Time
	ReadUpTo                              time.Time // what arrived before it was read; zero = not known
	Lag                                   time.Duration
	Held, InFlight                        int64
	Bytes, Wire                           int64    // appended since the last Progress
	Live                                  Counters // since the last Progress
	Counters                              *Counters
	CaughtUp                              bool
	Flowing                               bool        // the start was decided; the channel says so
	Mismatches                            int64       // since the last Progress
	Gaps                                  int64       // since the last Progress
	Packed                                Aggregation // since the last Progress
	Commit                                bool        // something was committed: backoff starts over
	Rejection                             *Rejection  // rows were rejected; nil = none since the last Progress
}

// RecordEvents asks the ledger to keep events. Repeated until answered with
// Recorded.
type RecordEvents struct {
	Stream string
	From   int64 // number of the first event, per writer incarnation
	Oldest int64 // number of the oldest event that was not answered yet
	Writer string
	Events []Event
}

// Recorded says that a writer's events up to Upto are kept, or were given up.
type Recorded struct {
	Stream string
	Writer string
	Upto   int64
}

// StretchWanted asks the ledger for the counts of what was appended between
// two positions (P26). Checkpoint -> Ledger. The answer is StretchFound.
type StretchWanted struct {
	Shard    ShardID
	From, To Position
	Digest   Digest // rolling, at From
}

// StretchFound answers StretchWanted. Found is false where the ledger does not
// have the whole stretch.
type StretchFound struct {
	Shard    ShardID
	From, To Position
	Found    bool
	Counters Counters
}
