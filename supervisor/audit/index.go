package audit

import (
	"slices"
	"sort"

	"github.com/kinesnow/kinesnow/messages"
)

// index is what a chain is asked for again and again: a chain of a hundred
// thousand batches may have as many holes, and each is asked about. It rests on
// the ends of batches never going back.
type index struct {
	sums     []messages.Counters // of the batches before each, and of all of them
	gaps     []int               // up to each batch: between two batches, with rows that no ledger has
	passes   reach               // stretches that made no rows
	refusals reach               // commits with rejected rows
	refused  []int64             // rows rejected by the commits before each, and by all of them
	sound    []mark              // marks that the ledger leads to from the last batch before them
}

// index makes a chain's index. The chain does not change after it.
func (c *chain) index() {
	slices.SortStableFunc(c.rejected, func(a, b rejection) int { return a.to.Compare(b.to) })
	by := &c.by
	by.passes = reachOf(c.passes)
	refusals := make([]span, len(c.rejected))
	by.refused = make([]int64, 1+len(c.rejected))
	for i, r := range c.rejected {
		refusals[i], by.refused[i+1] = r.span, by.refused[i]+r.rows
	}
	by.refusals = reachOf(refusals)
	by.sums = make([]messages.Counters, 1+len(c.batches))
	by.gaps = make([]int, len(c.batches))
	for i, b := range c.batches {
		by.sums[i+1] = by.sums[i].Add(messages.Counters{Read: b.Records, Discarded: b.Discarded, Filtered: b.Filtered, Appended: b.Rows, Committed: b.Rows})
		if i == 0 {
			continue
		}
		if by.gaps[i] = by.gaps[i-1]; !c.leads(c.batches[i-1].To, b.After) {
			by.gaps[i]++
		}
	}
	for _, m := range c.marks {
		if n := c.finished(m.at); n > 0 && c.leads(c.batches[n-1].To, m.at) {
			by.sound = append(by.sound, m)
		}
	}
}

// finished is how many batches end at a position or before it.
func (c *chain) finished(at messages.Position) int {
	return sort.Search(len(c.batches), func(i int) bool { return !at.Covers(c.batches[i].To) })
}

// leads reports whether nothing lies between two places that made rows.
func (c *chain) leads(from, to messages.Position) bool {
	return from.Covers(to) || c.passed(from, to)
}

// whole reports whether the ledger has every batch of a stretch.
func (c *chain) whole(s span) bool {
	first, end := c.finished(s.from), c.finished(s.to)
	if first >= end {
		return c.leads(s.from, s.to)
	}
	return c.leads(s.from, c.batches[first].After) && c.by.gaps[first] == c.by.gaps[end-1] && c.leads(c.batches[end-1].To, s.to)
}

// passed reports whether a stretch is known to have made no rows.
func (c *chain) passed(from, to messages.Position) bool { return c.by.passes.upTo(from).Covers(to) }

// rejectedIn counts the rows rejected by commits that end in a stretch.
func (c *chain) rejectedIn(s span) int64 {
	ended := func(at messages.Position) int {
		return sort.Search(len(c.rejected), func(i int) bool { return !at.Covers(c.rejected[i].to) })
	}
	from, to := ended(s.from), ended(s.to)
	return c.by.refused[max(from, to)] - c.by.refused[from]
}

// refusedAcross reports whether a place lies inside a commit with rejected rows.
func (c *chain) refusedAcross(at messages.Position) bool {
	return c.by.refusals.before(at).Compare(at) > 0
}

// marksBefore is how many marks lie before a position, and marksUpTo how many
// lie at it too.
func (c *chain) marksBefore(at messages.Position) int {
	return sort.Search(len(c.marks), func(i int) bool { return c.marks[i].at.Covers(at) })
}

func (c *chain) marksUpTo(at messages.Position) int {
	return sort.Search(len(c.marks), func(i int) bool { return !at.Covers(c.marks[i].at) })
}

// lastMark is the nearest mark at a position or before it. Where the ledger does
// not lead from it to the position, it leads there from no earlier one.
func (c *chain) lastMark(at messages.Position) []mark {
	n := c.marksUpTo(at)
	return c.marks[max(0, n-1):n]
}

// nextMarks are the nearest mark at a position or behind it, and the nearest one
// behind the next batch that does not lie inside of a batch or a hole. Where the
// ledger leads to neither of them, it leads to no later one.
func (c *chain) nextMarks(at messages.Position) []mark {
	n := c.marksBefore(at)
	next := slices.Clone(c.marks[n:min(n+1, len(c.marks))])
	if b := c.finished(at); b < len(c.batches) {
		end := c.batches[b].To
		n := sort.Search(len(c.by.sound), func(i int) bool { return c.by.sound[i].at.Covers(end) })
		next = append(next, c.by.sound[n:min(n+1, len(c.by.sound))]...)
	}
	return next
}

// reach tells how far spans reach.
type reach struct {
	from []messages.Position // where they begin, in order
	to   []messages.Position // the farthest end of those up to each
}

func reachOf(spans []span) (r reach) {
	spans = slices.Clone(spans)
	slices.SortFunc(spans, func(a, b span) int { return a.from.Compare(b.from) })
	var farthest messages.Position
	for _, s := range spans {
		farthest = newer(farthest, s.to)
		r.from, r.to = append(r.from, s.from), append(r.to, farthest)
	}
	return r
}

// upTo is the farthest end of the spans that begin at a place or before it; zero
// = there is none.
func (r *reach) upTo(at messages.Position) messages.Position {
	return r.first(sort.Search(len(r.from), func(i int) bool { return !at.Covers(r.from[i]) }))
}

// before is the same of the spans that begin before the place.
func (r *reach) before(at messages.Position) messages.Position {
	return r.first(sort.Search(len(r.from), func(i int) bool { return r.from[i].Covers(at) }))
}

func (r *reach) first(n int) messages.Position {
	if n == 0 {
		return messages.Position{}
	}
	return r.to[n-1]
}
