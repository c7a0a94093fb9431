package audit

import (
	"context"
	"fmt"

	"github.com/dustin/go-humanize"

	"github.com/kinesnow/kinesnow/messages"
)

// joint is several holes between two places where the counters are known, with
// parts in between that the ledger has: an owner was killed, and the next one
// too before its first checkpoint. How many rows each hole should have, nobody
// knows; how many they should have together, the counters tell.
type joint struct {
	holes []int // of the hearing's stretches
	piece       // what they should have together
}

// share gives what the counters of both sides leave to the holes between them.
func (h *hearing) share() {
	for first := 0; first < len(h.stretches); {
		before, known := h.upTo(h.stretches[first].from)
		last := first
		var after mark
		ends := false
		for ; last < len(h.stretches) && !ends; last++ {
			after, ends = h.upTo(h.stretches[last].to)
		}
		if known && ends && before.era == after.era {
			h.divide(first, last, after.counters.Minus(before.counters))
		}
		first = last
	}
	for i := range h.stretches {
		if s := &h.stretches[i]; !s.known && s.joint == nil {
			s.counts = messages.Counters{}
		}
	}
}

// divide gives the stretches [first, last) what went through all of them.
func (h *hearing) divide(first, last int, rest messages.Counters) {
	var holes []int
	for i := first; i < last; i++ {
		if h.stretches[i].known {
			rest = rest.Minus(h.stretches[i].counts)
		} else {
			holes = append(holes, i)
		}
	}
	if len(holes) == 0 || min(rest.Read, rest.Discarded, rest.Filtered, rest.Appended, rest.Committed, rest.Rejected) < 0 {
		return
	}
	if len(holes) == 1 {
		s := &h.stretches[holes[0]]
		s.counts, s.known = rest, true
		s.pieces[0].expect(rest)
		return
	}
	j := &joint{holes: holes}
	j.expect(rest)
	for n, i := range holes {
		h.stretches[i].joint, h.stretches[i].counts = j, messages.Counters{}
		if n == 0 {
			h.stretches[i].counts = rest // counted once
		}
	}
}

// together is what the table has in the holes, all of them as one.
func (h *hearing) together(j *joint) piece {
	all := j.piece
	for _, i := range j.holes {
		for _, p := range h.stretches[i].pieces {
			all.tally.Rows += p.tally.Rows
			all.tally.Positions += p.tally.Positions
		}
	}
	return all
}

// differ reports whether the table has something else in the holes than it
// should.
func (h *hearing) differ(j *joint) bool {
	if j == nil {
		return false
	}
	all := h.together(j)
	return all.differs()
}

// disputed are the joints in which the table differs.
func (h *hearing) disputed() (list []*joint) {
	for i := range h.stretches {
		if j := h.stretches[i].joint; j != nil && j.holes[0] == i && h.differ(j) {
			list = append(list, j)
		}
	}
	return list
}

// explainJoint says what is wrong with the holes together: which of them lacks
// a row nobody knows, one that is there too often lies in its own.
func (h *hearing) explainJoint(ctx context.Context, c *chain, t Table, j *joint) error {
	all := h.together(j)
	all.span = span{h.stretches[j.holes[0]].from, h.stretches[j.holes[len(j.holes)-1]].to}
	var doubled int64
	for _, i := range j.holes {
		for _, p := range h.stretches[i].pieces {
			p.rows, p.positions = all.rows, all.positions // none of them has more
			n, err := h.double(ctx, c, t, &p)
			if err != nil {
				return err
			}
			doubled += n
		}
	}
	h.balance(&all, doubled, "", fmt.Sprintf(", in %s that no ledger has: the counters say %s, the table has %s",
		count(int64(len(j.holes)), "stretch"), humanize.Comma(all.rows), humanize.Comma(all.tally.Rows)))
	return nil
}
