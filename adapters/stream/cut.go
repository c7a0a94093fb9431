package stream

import (
	"slices"
	"strings"

	"github.com/kinesnow/kinesnow/messages"
)

const (
	// blockLimit is how large a block grows, up to one user record more. A
	// record of 10 MiB can hold a million user records, each of which gets
	// metadata of its own: there is no bound but this one.
	blockLimit = 16 << 20
	// markRoom is what a mark takes, for that bound.
	markRoom = 64
)

// full reports whether the block takes no other user record.
func (r *rendering) full() bool {
	return len(r.block.NDJSON)+markRoom*len(r.block.Marks) >= blockLimit
}

// looked is how many records of the answer the block was made of.
func (a *answer) looked() int {
	if a.cut {
		return a.rendered
	}
	return len(a.records)
}

// resume begins anew behind what was handed on, as a new source would (P8, P9):
// the rest of an answer that was cut is asked for again rather than kept, for
// kept answers would be memory that no budget counts.
func (s *Source) resume(position messages.Position) {
	position.Seq = messages.SequenceNumber(strings.Clone(string(position.Seq))) // the marks share one string
	s.position, s.from = position, messages.ReadFrom{After: position, Created: s.created}
	s.anchored, s.read, s.iterator = false, "", ""
}

// swell is how much larger blocks were than their answers let expect, which is
// what aggregates do: a shard's blocks then find room at once.
type swell struct{ bytes, marks float64 }

// room is what to make room for, in place of what an answer lets expect.
func (w *swell) room(size, records int) (bytes, marks int) {
	return max(size, int(min(float64(size)*w.bytes, blockLimit))), max(records, int(min(float64(records)*w.marks, blockLimit/markRoom)))
}

// learn follows a block of aggregates. It goes up at once, and down by and by.
func (w *swell) learn(b *messages.RowBlock, size, records int) {
	if b.Packed.Aggregates == 0 && w.bytes <= 1 {
		return
	}
	follow := func(was *float64, now float64) { *was = max(now*1.03, (3**was+now)/4) }
	follow(&w.bytes, float64(len(b.NDJSON))/float64(max(1, size)))
	follow(&w.marks, float64(len(b.Marks))/float64(max(1, records)))
}

// expect makes room for the marks of an aggregate, which the answer did not
// tell.
func (r *rendering) expect(users int) {
	r.block.Marks = slices.Grow(r.block.Marks, min(users, blockLimit/markRoom))
}
