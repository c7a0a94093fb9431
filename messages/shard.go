package messages

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// ShardID is a Kinesis shard id, such as shardId-000000000003.
type ShardID string

// ParseShard reads a full shard id, or its number: 3 is shardId-000000000003.
func ParseShard(text string) (ShardID, error) {
	if n, err := strconv.ParseUint(text, 10, 40); err == nil {
		return ShardID(fmt.Sprintf("shardId-%012d", n)), nil
	}
	if !strings.HasPrefix(text, "shardId-") {
		return "", fmt.Errorf("shard %q: want shardId-000000000003 or its number, 3", text)
	}
	return ShardID(text), nil
}

// Shard is what ListShards says of one shard.
type Shard struct {
	ID       ShardID
	Parents  []ShardID // none, one (split), or two (merge)
	HashFrom string    // decimal, 0 .. 2^128-1
	HashTo   string
	Starting SequenceNumber
	Ending   SequenceNumber // "" while the shard is open
}

// Stream is what DescribeStream says, and when.
type Stream struct {
	Name      string
	ARN       string
	CreatedAt time.Time // whole seconds
	Retention time.Duration
	Now       time.Time // the service's Date header
}

// ReadFrom says where a shard's reading starts.
//
//	After alone             AT_SEQUENCE_NUMBER of its record, which must be there (P8, P9)
//	After with Unanchored   Time if set, else TRIM_HORIZON; its record need not be there (P9)
//	Time alone              AT_TIMESTAMP
//	nothing                 TRIM_HORIZON
//
// Whatever After covers is dropped, and the first block continues After.
type ReadFrom struct {
	After      Position
	Time       time.Time
	Unanchored bool
	Created    time.Time // of the stream that this is a place in; zero = of whichever has its name
}

// Oldest reports whether reading starts at TRIM_HORIZON.
func (r ReadFrom) Oldest() bool {
	return r.Time.IsZero() && (r.After.IsZero() || r.Unanchored)
}

// Anchored reports whether the first record read must be After's own.
func (r ReadFrom) Anchored() bool { return !r.After.IsZero() && !r.Unanchored }

// String names the iterator type that the form stands for.
func (r ReadFrom) String() string {
	switch {
	case r.Anchored():
		return "after " + r.After.String()
	case !r.Time.IsZero():
		return "AT_TIMESTAMP " + r.Time.UTC().Format(time.RFC3339Nano)
	}
	return "TRIM_HORIZON"
}
