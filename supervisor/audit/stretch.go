package audit

import (
	"strings"

	"github.com/kinesnow/kinesnow/adapters/warehouse"
	"github.com/kinesnow/kinesnow/messages"
)

// stretch is one part of a shard's way before the judge.
type stretch struct {
	part
	counts messages.Counters // what went through it
	known  bool              // counts are known
	joint  *joint            // else what is known of it together with others; nil = nothing
	pieces []piece
}

// cut makes the stretches of the shard's way, with what should be in the table.
func (h *hearing) cut(whole span) {
	for _, p := range h.chain.stretches(whole) {
		s := stretch{part: p}
		s.counts, s.known = h.counted(p)
		if p.covered && s.counts.Rejected == h.chain.rejectedIn(p.span) {
			s.pieces = h.chain.pieces(p.span, max(1, h.most))
		} else {
			one := piece{span: p.span}
			if s.known || p.covered {
				one.expect(s.counts)
			}
			s.pieces = []piece{one}
		}
		h.stretches = append(h.stretches, s)
	}
	h.share()
}

// counted is what should have gone through a stretch: the ledger's batches, or
// the difference of the counters on both sides of a hole.
func (h *hearing) counted(p part) (messages.Counters, bool) {
	before, knownBefore := h.upTo(p.from)
	after, knownAfter := h.upTo(p.to)
	known := knownBefore && knownAfter && before.era == after.era
	between := after.counters.Minus(before.counters)
	if !p.covered {
		return between, known
	}
	counts := h.chain.count(p.span)
	if known { // records that made no row are in no batch
		counts.Read, counts.Discarded, counts.Filtered = between.Read, between.Discarded, between.Filtered
		// A process that ended while it told of a commit may have written the row
		// alone: that some of it was rejected is then known of the stretch as a whole.
		counts.Rejected = max(counts.Rejected, between.Rejected)
	}
	return counts, true
}

// spans are what the table is asked about this shard: its pieces, and what lies
// beyond the committed end.
func (h *hearing) spans() (list []warehouse.Span) {
	for i := range h.stretches {
		for j := range h.stretches[i].pieces {
			list = append(list, h.stretches[i].pieces[j].asked(h.shard))
		}
	}
	if h.unbounded() {
		list = append(list, warehouse.Span{Shard: h.shard, From: h.end, To: farthest})
	}
	return list
}

// farthest is behind every position that there can be.
var farthest = messages.Position{Seq: messages.SequenceNumber(strings.Repeat("9", messages.MaxSequenceDigits)), Sub: messages.Whole}

// weigh takes the table's answer to spans.
func (h *hearing) weigh(tallies []warehouse.Tally) {
	zero := int64(0)
	h.out.Sums.Table = &zero
	for i := range h.stretches {
		for j := range h.stretches[i].pieces {
			p := &h.stretches[i].pieces[j]
			p.tally, tallies = h.without(p.span, tallies[0]), tallies[1:]
			h.addAgain(p.span)
			*h.out.Sums.Table += p.tally.Rows
			if n := p.tally.Altered; n > 0 {
				h.find(Altered, n, p.span, "the KINESISMETADATA of %s contradicts itself: sequenceNumber, subSequenceNumber and shardedSequenceNumber do not belong together, so somebody changed them", rowsOf(n))
				h.out.Sums.Altered += n
			}
		}
	}
	if h.unbounded() {
		h.beyond = h.without(span{h.end, farthest}, tallies[0]).Rows
	}
}

// conclude gives the verdicts.
func (h *hearing) conclude(counted bool) {
	for i := range h.out.Findings { // what is about the whole shard says so
		if f := &h.out.Findings[i]; f.To == "" {
			f.From, f.To = h.out.From, h.out.To
		}
	}
	against := h.contradicted()
	for i := range h.stretches {
		s := &h.stretches[i]
		out := Stretch{From: s.from.String(), To: s.to.String(), Ledger: s.covered}
		differs := false
		if s.known {
			n := s.counts.Committed - s.counts.Rejected
			out.Rows = &n
		}
		if counted {
			n := int64(0)
			for j := range s.pieces {
				n += s.pieces[j].tally.Rows
				differs = differs || s.pieces[j].differs() || s.pieces[j].tally.Altered > 0
			}
			out.Table = &n
			differs = differs || h.differ(s.joint)
		}
		switch {
		case differs:
			out.Verdict, out.Why = Unexplained, "the table differs from the ledger"
			if !s.covered {
				out.Why = "no ledger has it, and the table differs from the counters"
			}
		case against != "":
			out.Verdict, out.Why = Unexplained, against
		default:
			out.Verdict, out.Why = h.verdict(s, counted)
		}
		h.sum(out, s.counts)
		h.out.Stretches = append(h.out.Stretches, out)
	}
}

// verdict says on whose word a stretch stands that nobody speaks against.
func (h *hearing) verdict(s *stretch, counted bool) (Verdict, string) {
	switch {
	case s.covered:
		return Witnessed, ""
	case !s.known && s.joint == nil:
		return Unexplained, "no ledger has it, and no counters tell how many rows there should be"
	case counted:
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
		case MovedToken, WrongCounters, WrongDigest:
			return "contradicted: " + f.Text
		}
	}
	return ""
}

// sum adds a judged stretch to the shard's counts.
func (h *hearing) sum(s Stretch, c messages.Counters) {
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
		sums.Holes++
	default:
		sums.Unexplained += c.Committed
		sums.Stretches++
	}
}
