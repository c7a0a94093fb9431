package messages

import "time"

// Fate is what became of one user record at the reader.
type Fate uint8

// The fates. Only a Rendered record has rows.
const (
	Rendered  Fate = iota // its rows are in the block
	Discarded             // unusable: counted, and dead-lettered where that is configured
	Filtered              // a transform asked for no row
	Hollow                // an aggregate of no user record at all: a place, and nothing to count
)

// Mark is one user record's place in a block.
type Mark struct {
	Seq     SequenceNumber
	Sub     int64 // index in its Kinesis record
	End     int   // offset in NDJSON after its rows; that of the mark before where it has none
	Arrival int64 // approximate arrival, ms since 1970; 0 = unknown
	Rows    int32
	Last    bool // the last user record of its Kinesis record
	Fate    Fate
}

// Position is the position that this mark and everything before it cover: a
// mark that ends its Kinesis record covers the whole of it (P1).
func (m Mark) Position() Position {
	if m.Last {
		return Position{m.Seq, Whole}
	}
	return Position{m.Seq, m.Sub}
}

// Counts reports whether the mark is of a user record.
func (m *Mark) Counts() bool { return m.Fate != Hollow }

// RowBlock carries what one fetch yielded. Reader -> Channel. Read-only once
// sent. A block without marks says only how far behind the shard is.
type RowBlock struct {
	After    Position      // where the block continues from; a block that does not continue is stale (P10)
	Marks    []Mark        // one per user record, or per Kinesis record without any; oldest first
	NDJSON   []byte        // the rows, each line ended by '\n'
	Charged  int64         // bytes taken from the budget for it, returned at acceptance
	Behind   time.Duration // how far the block's end lags the shard's tip (MillisBehindLatest)
	At       time.Time     // the service's Date of the answer
	Closed   bool          // this was the shard's last block (P23)
	Trimmed  bool          // Closed because the shard's records expired (P22)
	Children []ShardID     // named by the last answer, or by ListShards
	Cause    string        // why the first Discarded record was unusable; "" where none was
	// Unmatched is what the rows have that the table has no column for, where
	// somebody wants to know; nil = nothing.
	Unmatched *Unmatched
	Packed    Aggregation  // of the block's Kinesis records
	Recycle   func([]byte) // takes NDJSON back once it is not needed any more; may be nil
}

// Last is the position that the block covers: After where it holds no record.
func (b *RowBlock) Last() Position {
	if len(b.Marks) == 0 {
		return b.After
	}
	return b.Marks[len(b.Marks)-1].Position()
}

// CaughtUp reports whether nothing was behind the block when it was read.
func (b *RowBlock) CaughtUp() bool { return b.Behind == 0 }

// AnchorMissingError says that the first record after a resume was not the
// start position's own: what lies between may be lost (P9).
type AnchorMissingError struct {
	Want  Position  // the start position
	Found Position  // the first record there is instead; zero where there is none
	At    time.Time // the arrival of Found
	Now   time.Time // the service's Date of the answer
}

func (e *AnchorMissingError) Error() string {
	return "record of " + e.Want.String() + " is not in the shard any more; the oldest after it is " + e.Found.String()
}
