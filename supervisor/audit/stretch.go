package audit

import (
	"context"

	"github.com/kinesnow/kinesnow/messages"
)

// stretch judges one part of a shard's way.
func (h *hearing) stretch(ctx context.Context, p part) error {
	s := Stretch{From: p.from.String(), To: p.to.String()}
	counts, known := h.counted(p)
	expected := counts.Committed - counts.Rejected
	if known {
		s.Rows = &expected
	}
	if h.table != nil {
		found, err := h.table.Count(ctx, h.shard, p.from, p.to)
		if err != nil {
			return err
		}
		s.Table = &found
		*h.out.Sums.Table += found
		if known {
			if err := h.compare(ctx, p, expected, found); err != nil {
				return err
			}
		}
	}
	s.Verdict, s.Why = h.verdict(p, known, s)
	h.sum(p, s, counts)
	h.out.Stretches = append(h.out.Stretches, s)
	return nil
}

// counted is what should have gone through a stretch: the ledger's batches, or
// the difference of the counters on both sides of a hole.
func (h *hearing) counted(p part) (messages.Counters, bool) {
	before, knownBefore := h.upTo(p.from)
	after, knownAfter := h.upTo(p.to)
	between := minus(after, before)
	if !p.covered {
		return between, knownBefore && knownAfter
	}
	counts := h.chain.count(p.span)
	if knownBefore && knownAfter { // records that made no row are in no batch
		counts.Read, counts.Discarded, counts.Filtered = between.Read, between.Discarded, between.Filtered
	}
	return counts, true
}

// verdict says on whose word a stretch stands.
func (h *hearing) verdict(p part, known bool, s Stretch) (Verdict, string) {
	agreed := s.Table != nil && s.Rows != nil && *s.Table == *s.Rows
	against := h.contradicted()
	switch {
	case s.Table != nil && known && !agreed:
		return Unexplained, "the table has another number of rows"
	case against != "":
		return Unexplained, against
	case p.covered:
		return Witnessed, ""
	case !known:
		return Unexplained, "no ledger has it, and no counters tell how many rows there should be"
	case agreed:
		return Bridged, "no ledger has it; counters and table agree"
	case h.out.Sums.Snowflake != nil:
		return Bridged, "no ledger has it; the counters of both sides agree"
	}
	return Unexplained, "no ledger has it, and neither Snowflake's counters nor the table could be asked"
}

// contradicted names what speaks against the whole shard: somebody moved what
// nobody but the connector moves.
func (h *hearing) contradicted() string {
	for _, f := range h.out.Findings {
		switch f.Kind {
		case "TOKEN", "COUNTERS", "DIGEST":
			return "contradicted: " + f.Text
		}
	}
	return ""
}

// sum adds a judged stretch to the shard's counts.
func (h *hearing) sum(p part, s Stretch, c messages.Counters) {
	sums := &h.out.Sums
	sums.Read += c.Read
	sums.Discarded += c.Discarded
	sums.Filtered += c.Filtered
	sums.Appended += c.Appended
	sums.Committed += c.Committed
	sums.Rejected += c.Rejected
	switch s.Verdict {
	case Witnessed:
		sums.Witnessed += c.Committed
	case Bridged:
		sums.Bridged += c.Committed
		sums.Kills++
	default:
		sums.Unexplained += c.Committed
		sums.Stretches++
	}
}
