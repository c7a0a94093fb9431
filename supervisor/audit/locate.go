package audit

import (
	"context"

	"github.com/kinesnow/kinesnow/messages"
)

// maxLocated bounds how many places of missing rows are looked for in one
// stretch; each takes some counts of the table.
const maxLocated = 5

// compare holds a stretch's rows against the table's, and says where they
// differ. Positions that are in the table more often than their payload can
// have made rows are doubled, whatever the sum says.
func (h *hearing) compare(ctx context.Context, p part, expected, found int64) error {
	repeats, err := h.table.Repeated(ctx, h.shard, p.from, p.to)
	if err != nil {
		return err
	}
	doubled := int64(0)
	for _, r := range repeats {
		if extra := r.Rows - h.mostRows(r.Position); extra > 0 {
			doubled += extra
			h.find("DOUBLED", extra, span{}, "%s is in the table %d times", r.Position, r.Rows)
		}
	}
	if over := found - expected - doubled; over > 0 { // of payloads with several rows
		doubled += over
		h.find("DOUBLED", over, p.span, "the table has %d rows too many", over)
	}
	h.out.Sums.Doubled += doubled
	missing := expected - (found - doubled)
	if missing <= 0 {
		return nil
	}
	h.out.Sums.Missing += missing
	left := maxLocated
	if p.covered && doubled == 0 {
		return h.locate(ctx, p.span, missing, &left)
	}
	h.find("MISSING", missing, p.span, "%d rows are not in the table", missing)
	return nil
}

// mostRows is how many rows a position may have: one, unless its batch has more
// rows than records.
func (h *hearing) mostRows(at messages.Position) int64 {
	for _, b := range h.chain.within(span{to: h.end}) {
		if b.To.Covers(at) && !b.After.Covers(at) {
			return max(1, b.Rows-(b.Records-b.Discarded-b.Filtered)+1)
		}
	}
	return 1
}

// locate halves a stretch until it knows which batch misses rows.
func (h *hearing) locate(ctx context.Context, s span, missing int64, left *int) error {
	batches := h.chain.within(s)
	if len(batches) <= 1 || *left <= 0 {
		*left--
		at := ""
		if len(batches) == 1 {
			at = ", of the batch accepted " + clock(batches[0].At)
		}
		h.find("MISSING", missing, s, "%d rows are not in the table%s", missing, at)
		return nil
	}
	middle := batches[len(batches)/2-1].To
	for _, half := range []span{{s.from, middle}, {middle, s.to}} {
		c := h.chain.count(half)
		found, err := h.table.Count(ctx, h.shard, half.from, half.to)
		if err != nil {
			return err
		}
		if lacks := c.Committed - c.Rejected - found; lacks > 0 {
			if err := h.locate(ctx, half, lacks, left); err != nil {
				return err
			}
		}
	}
	return nil
}
