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
	first    messages.Position      // where another product left the shard to this one; zero = its beginning
	era      int                    // the newest
	ended    bool
	by       index
}

// mark is a place where the cumulative counters are known. A human's decision
// begins a new era: it moves the position, and what lies between was never
// counted, so counters of two eras do not compare.
type mark struct {
	at       messages.Position
	counters messages.Counters
	era      int
}

// span is a stretch of positions, (from, to].
type span struct{ from, to messages.Position }

// rejection is how many rows Snowflake refused in one commit.
type rejection struct {
	span
	rows int64
}

// fold tells a story to its end. A generation that starts below what an
// earlier one had appended cancels what lies above: it was never committed and
// is read again.
func fold(s story) *chain {
	c := &chain{ends: map[messages.Position]bool{}}
	var committed messages.Position
	for _, e := range s.entries {
		switch e := e.event.(type) {
		case *messages.Opened:
			c.opened = append(c.opened, e)
			c.cancel(e.Start)
			committed = e.Start
		case *messages.Rewound:
			c.cancel(e.To)
		case *messages.BatchAppended:
			c.cancel(e.After)
			c.batches = append(c.batches, e)
			c.ends[e.To] = true
		case *messages.Committed:
			if e.Rejected > 0 {
				c.rejected = append(c.rejected, rejection{span{committed, e.To}, e.Rejected})
			}
			committed = e.To
		case *messages.Checkpointed:
			c.checkpoint(e)
		case *messages.Adopted:
			if at := (messages.Position{Seq: e.Sequence, Sub: messages.Whole}); len(c.marks) == 0 {
				c.first = at
			}
		case *messages.Resolved:
			if !e.Start.IsZero() {
				c.era++
			}
		case *messages.GapDetected:
			c.gaps = append(c.gaps, e)
		case *messages.ShardEnded:
			c.ended = true
		}
	}
	slices.SortStableFunc(c.marks, func(a, b mark) int { return a.at.Compare(b.at) })
	c.index()
	return c
}

// cancel forgets the batches above a position. A batch that ends with the
// position's own record stays: a row of it is in the table, and a batch is there
// as a whole or not at all.
func (c *chain) cancel(above messages.Position) {
	for len(c.batches) > 0 {
		b := c.batches[len(c.batches)-1]
		if above.Covers(b.To) || above.Seq == b.To.Seq && above.Compare(b.After) > 0 {
			return
		}
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
	c.marks = append(c.marks, mark{at, e.Counters, c.era})
}

// count sums up the batches of a stretch that begins and ends at batch ends.
func (c *chain) count(s span) messages.Counters {
	first, end := c.finished(s.from), c.finished(s.to)
	counts := c.by.sums[max(first, end)].Minus(c.by.sums[first])
	counts.Rejected = c.rejectedIn(s)
	return counts
}

// within are the batches of a stretch.
func (c *chain) within(s span) []*messages.BatchAppended {
	first, end := c.finished(s.from), c.finished(s.to)
	return c.batches[first:max(first, end)]
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
		if before.at == after.at || before.era != after.era || !c.whole(span{before.at, after.at}) {
			continue
		}
		if !follows(before.counters.Digest, after.counters.Digest, c.within(span{before.at, after.at})) {
			return &c.marks[i]
		}
	}
	return nil
}

// searched bounds in how many of the last batches such a run is looked for.
const searched = 128

// follows reports whether a digest follows from an earlier one over batches.
// Whoever took the shard over without the ledger of the owner before read what
// that one had committed after its last checkpoint again, and folded it as one
// batch (Recovered, source reread). So one run of batches may be one. Neither
// the event nor the checkpoint where it begins can be asked for: who wrote them
// down may have been killed before they were on disk.
func follows(before, after messages.Digest, batches []*messages.BatchAppended) bool {
	digests := []messages.Digest{before} // before each batch, and after the last one
	for _, b := range batches {
		digests = append(digests, digests[len(digests)-1].Fold(b.To, b.Rows))
	}
	if digests[len(batches)] == after {
		return true
	}
	for i := max(0, len(batches)-searched); i < len(batches); i++ {
		if followsRun(digests[i], after, batches[i:]) {
			return true
		}
	}
	return false
}

// followsRun reports whether a digest follows over batches of which the first
// ones, two or more, were folded as one.
func followsRun(before, after messages.Digest, batches []*messages.BatchAppended) bool {
	rows := int64(0)
	for n, b := range batches {
		rows += b.Rows
		if n == 0 {
			continue
		}
		digest := before.Fold(b.To, rows)
		for _, later := range batches[n+1:] {
			digest = digest.Fold(later.To, later.Rows)
		}
		if digest == after {
			return true
		}
	}
	return false
}

// knows reports whether the ledger tells of whatever a token covers, or the
// lease row does.
func (c *chain) knows(token string, row *messages.ShardRow) bool {
	t, err := messages.ParseToken(token, row.Shard)
	return err != nil || c.ends[t.Position] || committedOf(row).Covers(t.Position)
}
