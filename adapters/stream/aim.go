package stream

import (
	"math/bits"
	"sync/atomic"
)

const (
	// maxLimit is the most records that GetRecords answers.
	maxLimit = 10_000
	// firstRecord is what a record is taken for before one was seen: large, so
	// that the first answer is small rather than the budget overdrawn.
	firstRecord = 4 << 10
	// leastRecord keeps a stretch of discarded records from raising the limit
	// beyond what good ones would need.
	leastRecord = 256
	// mostAimed is what one call aims at, however much room there is: more
	// brings no throughput, costs memory, and a 10 MiB answer makes the shard
	// unreadable for five seconds (specs/performance.md 5).
	mostAimed = 2 << 20
)

// aim turns room for rendered bytes into a number of records, from the size
// that rendered records had.
type aim struct{ record int64 }

// learned is the size that the stream's records had, for sources to come: after
// a crash a shard should not feel its way up from firstRecord again.
type learned struct{ record atomic.Int64 }

func (l *learned) aim() aim {
	if record := l.record.Load(); record > 0 {
		return aim{record}
	}
	return aim{firstRecord}
}

// limit is how many records to ask for.
func (a *aim) limit(room int64) int32 {
	return int32(min(max(even(min(room, mostAimed))/a.record, 1), maxLimit))
}

// even rounds room down to 1 or 1.5 times a power of two. Under a tight budget
// room is any number; blocks of any size would find no buffer of theirs to take
// over, and what is left of the room is given back anyhow.
func even(room int64) int64 {
	if room < 4 {
		return room
	}
	step := bits.Len64(uint64(room)) - 2 // two steps to an octave
	return room >> step << step
}

// hit learns from an answer. Larger records count at once, smaller ones by and
// by, for asking too much is the worse mistake.
func (a *aim) hit(records int, rendered int) {
	if records == 0 {
		return
	}
	seen := max(int64(rendered)/int64(records), leastRecord)
	if seen < a.record {
		seen = (3*a.record + seen) / 4
	}
	a.record = seen
}
