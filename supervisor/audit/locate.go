package audit

import (
	"context"
	"fmt"

	"github.com/dustin/go-humanize"

	"github.com/kinesnow/kinesnow/adapters/warehouse"
	"github.com/kinesnow/kinesnow/messages"
)

// maxLocated bounds how many places of a shard are looked at closely.
const maxLocated = 20

// locate says where the table differs. A piece is cut until it is known which
// batch it is, all of a shard's pieces in one statement each time.
func (h *hearing) locate(ctx context.Context, c *chain, t Table) error {
	places := h.differing()
	for len(places) > 0 {
		var finer []piece
		var spans []warehouse.Span
		for i := range places {
			cut := []piece{places[i]}
			if i < maxLocated && h.covers(places[i].span) {
				cut = c.pieces(places[i].span, warehouse.MaxSpans/min(len(places), maxLocated))
			}
			finer = append(finer, cut...)
		}
		if len(finer) == len(places) {
			break
		}
		for i := range finer {
			spans = append(spans, finer[i].asked(h.shard))
		}
		tallies, err := t.Tally(ctx, spans)
		if err != nil {
			return err
		}
		places = places[:0]
		for i := range finer {
			if finer[i].tally = h.without(finer[i].span, tallies[i]); finer[i].differs() {
				places = append(places, finer[i])
			}
		}
	}
	for i := range places {
		if err := h.explain(ctx, c, t, &places[i]); err != nil {
			return err
		}
	}
	for _, j := range h.disputed() {
		if err := h.explainJoint(ctx, c, t, j); err != nil {
			return err
		}
	}
	return nil
}

// differs reports whether there is anything to locate.
func (h *hearing) differs() bool { return len(h.differing()) > 0 || len(h.disputed()) > 0 }

// differing are the pieces in which the table differs.
func (h *hearing) differing() (list []piece) {
	for i := range h.stretches {
		for _, p := range h.stretches[i].pieces {
			if p.differs() {
				list = append(list, p)
			}
		}
	}
	return list
}

// covers reports whether a span is of a stretch that the ledger has.
func (h *hearing) covers(s span) bool {
	for i := range h.stretches {
		if st := &h.stretches[i]; st.covered && s.from.Covers(st.from) && st.to.Covers(s.to) {
			return true
		}
	}
	return false
}

// explain says what is wrong with one place: which rows are there too often,
// how many are missing, how many nobody appended.
func (h *hearing) explain(ctx context.Context, c *chain, t Table, p *piece) error {
	doubled, err := h.double(ctx, c, t, p)
	if err != nil {
		return err
	}
	of := ""
	if batches := c.within(p.span); h.covers(p.span) && len(batches) == 1 {
		of = " of the batch accepted " + clock(batches[0].At)
	}
	counts := fmt.Sprintf(": %s committed there, the table has %s", humanize.Comma(p.rows), humanize.Comma(p.tally.Rows))
	if !h.covers(p.span) {
		counts = ", in a stretch that no ledger has: the counters say " + humanize.Comma(p.rows) + ", the table has " + humanize.Comma(p.tally.Rows)
	}
	h.balance(p, doubled, of, counts)
	return nil
}

// balance settles a place, of whose rows so many are doubled: what is missing
// there, and what is there that nobody appended.
func (h *hearing) balance(p *piece, doubled int64, of, counts string) {
	if doubled > 0 {
		counts += ", " + humanize.Comma(doubled) + " of them doubled"
	}
	missing, strange := p.rows-(p.tally.Rows-doubled), int64(0)
	if missing < 0 {
		missing, strange = 0, -missing
	}
	if p.positions >= 0 && doubled == 0 && p.tally.Rows == p.rows { // some are gone, and as many are too many
		missing = max(p.positions, p.tally.Positions) - min(p.positions, p.tally.Positions)
		strange = missing
	}
	if missing > 0 {
		h.find(Missing, missing, p.span, "%s not in the table%s", are(rowsOf(missing)+of, missing), counts)
	}
	if strange > 0 {
		h.find(Strange, strange, p.span, "%s in the table that nobody appended%s", are(rowsOf(strange), strange), counts)
	}
	h.out.Sums.Doubled += doubled
	h.out.Sums.Missing += missing
	h.out.Sums.Strange += strange
}

// double finds the positions of a place that are there too often.
func (h *hearing) double(ctx context.Context, c *chain, t Table, p *piece) (doubled int64, err error) {
	if p.tally.Rows == p.tally.Positions {
		return 0, nil
	}
	repeats, err := t.Repeated(ctx, p.asked(h.shard))
	if err != nil {
		return 0, err
	}
	var positions []string
	first := ""
	for _, r := range repeats {
		if len(h.within(span{before(r.Position), r.Position})) > 0 {
			continue // judged by what was sent again
		}
		extra := r.Rows - c.mostRows(r.Position, p)
		if extra <= 0 {
			continue
		}
		if positions == nil {
			first = fmt.Sprintf("position %s is in the table %s, and its record made %s", r.Position, times(r.Rows), rowsOf(r.Rows-extra))
		}
		doubled += extra
		positions = append(positions, r.Position.String())
	}
	if doubled == 0 {
		return 0, nil
	}
	if p.rows == p.positions { // every record made one row: the list may be cut short, this is all
		doubled = p.tally.Rows - p.tally.Positions
	}
	if len(positions) > 1 {
		first += fmt.Sprintf("; so it is with %s more (-o json lists them)", count(int64(len(positions)-1), "position"))
	}
	h.find(Doubled, doubled, p.span, "%s", first)
	h.out.Findings[len(h.out.Findings)-1].Positions = positions
	return doubled, nil
}

// mostRows is how many rows a position may have: one, unless its batch (or the
// hole that it lies in) has more rows than records.
func (c *chain) mostRows(at messages.Position, p *piece) int64 {
	for _, b := range c.within(p.span) {
		if b.To.Covers(at) && !b.After.Covers(at) {
			return max(1, b.Rows-(b.Records-b.Discarded-b.Filtered)+1)
		}
	}
	if p.positions >= 0 {
		return max(1, p.rows-p.positions+1)
	}
	return 1
}
