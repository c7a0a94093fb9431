package audit

import (
	"slices"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// chain is what a shard's story adds up to: the accepted batches that count,
// in the order of the shard.
type chain struct {
	batches  []*messages.BatchAppended
	ends     map[messages.Position]bool // of every batch that was ever accepted, cancelled ones too
	marks    []mark
	passes   []span
	rejected []rejection
	gaps     []*messages.GapDetected
	opened   []*messages.Opened
	last     *messages.Checkpointed // the newest checkpoint; nil = none
	ended    bool
	resolved int
}

// mark is a place where the cumulative counters are known.
type mark struct {
	at       messages.Position
	counters messages.Counters
}

// span is a stretch of positions, (from, to].
type span struct{ from, to messages.Position }

// rejection is how many rows Snowflake refused on the way to a position.
type rejection struct {
	to   messages.Position
	rows int64
}

// fold tells a story to its end. A generation that starts below what an
// earlier one had appended cancels what lies above: it was never committed and
// is read again.
func fold(s story) *chain {
	c := &chain{ends: map[messages.Position]bool{}}
	for _, e := range s.entries {
		switch e := e.event.(type) {
		case *messages.Opened:
			c.opened = append(c.opened, e)
			c.cancel(e.Start)
		case *messages.Rewound:
			c.cancel(e.To)
		case *messages.BatchAppended:
			c.cancel(e.After)
			c.batches = append(c.batches, e)
			c.ends[e.To] = true
		case *messages.Committed:
			if e.Rejected > 0 {
				c.rejected = append(c.rejected, rejection{e.To, e.Rejected})
			}
		case *messages.Checkpointed:
			c.checkpoint(e)
		case *messages.GapDetected:
			c.gaps = append(c.gaps, e)
		case *messages.Resolved:
			c.resolved++
		case *messages.ShardEnded:
			c.ended = true
		}
	}
	slices.SortStableFunc(c.marks, func(a, b mark) int { return a.at.Compare(b.at) })
	return c
}

// cancel forgets the batches above a position.
func (c *chain) cancel(above messages.Position) {
	for len(c.batches) > 0 && !above.Covers(c.batches[len(c.batches)-1].To) {
		c.batches = c.batches[:len(c.batches)-1]
	}
}

// checkpoint notes where counters are known, and which stretch made no rows:
// everything between K and S (P17).
func (c *chain) checkpoint(e *messages.Checkpointed) {
	at := e.To
	if e.Skipped.Compare(at) > 0 {
		c.passes = append(c.passes, span{e.To, e.Skipped})
		at = e.Skipped
	}
	c.last = e
	c.marks = append(c.marks, mark{at, e.Counters})
}

// passed reports whether a stretch is known to have made no rows.
func (c *chain) passed(from, to messages.Position) bool {
	return slices.ContainsFunc(c.passes, func(p span) bool { return from.Covers(p.from) && p.to.Covers(to) })
}

// count sums up the batches of a stretch that begins and ends at batch ends.
func (c *chain) count(s span) (counts messages.Counters) {
	for _, b := range c.within(s) {
		counts = counts.Add(messages.Counters{Read: b.Records, Discarded: b.Discarded, Filtered: b.Filtered, Appended: b.Rows, Committed: b.Rows})
	}
	counts.Rejected = c.rejectedIn(s)
	return counts
}

func (c *chain) rejectedIn(s span) (rows int64) {
	for _, r := range c.rejected {
		if !s.from.Covers(r.to) && s.to.Covers(r.to) {
			rows += r.rows
		}
	}
	return rows
}

// within are the batches of a stretch.
func (c *chain) within(s span) []*messages.BatchAppended {
	first, _ := slices.BinarySearchFunc(c.batches, s.from, func(b *messages.BatchAppended, p messages.Position) int {
		if p.Covers(b.To) {
			return -1
		}
		return 1
	})
	last := first
	for last < len(c.batches) && s.to.Covers(c.batches[last].To) {
		last++
	}
	return c.batches[first:last]
}

// stretches cuts (from, to] into parts that the ledger has batch by batch, and
// holes. What made no rows belongs to what is before it.
func (c *chain) stretches(whole span) (parts []part) {
	at := whole.from
	add := func(to messages.Position, covered bool) {
		if to.Compare(at) <= 0 {
			return
		}
		if n := len(parts); n > 0 && parts[n-1].covered == covered {
			parts[n-1].to = to
		} else {
			parts = append(parts, part{span{at, to}, covered})
		}
		at = to
	}
	for _, b := range c.within(whole) {
		if b.After.Compare(at) > 0 {
			add(b.After, c.passed(at, b.After))
		}
		add(b.To, true)
	}
	if at.Compare(whole.to) < 0 {
		add(whole.to, c.passed(at, whole.to))
	}
	return parts
}

// part is a stretch, and whether the ledger has all of it.
type part struct {
	span
	covered bool
}

// window is the stretch of the batches that were accepted in a time, zero
// times meaning no bound.
func (c *chain) window(since, until time.Time) (s span, any bool) {
	for _, b := range c.batches {
		if !since.IsZero() && b.At.Before(since) || !until.IsZero() && b.At.After(until) {
			continue
		}
		if !any {
			s.from, any = b.After, true
		}
		s.to = b.To
	}
	return s, any
}

// digests checks the rolling digest from checkpoint to checkpoint, where the
// ledger has every batch in between. It returns the first one that does not
// follow from the one before.
func (c *chain) digests() (wrong *mark) {
	for i := 1; i < len(c.marks); i++ {
		before, after := c.marks[i-1], c.marks[i]
		if before.at == after.at || !c.whole(span{before.at, after.at}) {
			continue
		}
		digest := before.counters.Digest
		for _, b := range c.within(span{before.at, after.at}) {
			digest = digest.Fold(b.To, b.Rows)
		}
		if digest != after.counters.Digest {
			return &c.marks[i]
		}
	}
	return nil
}

// whole reports whether the ledger has every batch of a stretch.
func (c *chain) whole(s span) bool {
	for _, p := range c.stretches(s) {
		if !p.covered {
			return false
		}
	}
	return true
}
