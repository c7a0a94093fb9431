package audit

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// evidence is what is known of one shard, the table's word aside.
type evidence struct {
	shard  messages.ShardID
	chain  *chain
	before *messages.Checkpointed  // the newest that the ledger had before row was read; nil = none
	row    *messages.ShardRow      // nil = no lease row, or not asked
	status *messages.ChannelStatus // nil = no channel, or not asked
	asked  bool                    // the channels were asked
	most   int                     // pieces of one stretch that the table is asked for
	since  time.Time
	until  time.Time
}

// hearing is one shard before the judge.
type hearing struct {
	evidence
	out       Shard
	end       messages.Position // the newest committed position
	stretches []stretch
	beyond    int64   // rows that the table has after end
	again     []again // dead letters that were sent again, by position
	unlanded  int64   // rows of theirs that were rejected
}

// hear hears one shard's evidence and says what should be in the table. The
// chain, which may be long, is let go of.
func hear(e evidence) *hearing {
	h := &hearing{evidence: e, out: Shard{Shard: e.shard, Stretches: []Stretch{}}}
	h.token()
	h.counters()
	whole, any := h.bounds()
	h.out.From, h.out.To = whole.from.String(), whole.to.String()
	h.out.Ended = h.chain.ended || e.row != nil && e.row.Ended
	if any {
		h.gaps()
		h.snowflake(whole)
		for _, b := range h.chain.batches {
			if !whole.to.Covers(b.To) && h.unbounded() {
				h.out.Sums.InFlight += b.Rows
			}
		}
		h.cut(whole)
	}
	h.chain = nil
	return h
}

func (h *hearing) find(kind Kind, rows int64, s span, format string, args ...any) {
	f := Finding{Kind: kind, Rows: rows, Text: fmt.Sprintf(format, args...)}
	if s.to != s.from {
		f.From, f.To = s.from.String(), s.to.String()
	}
	h.out.Findings = append(h.out.Findings, f)
}

func (h *hearing) unbounded() bool { return h.since.IsZero() && h.until.IsZero() }

// token finds the newest committed position: Snowflake's word where it has
// one, else the lease row's, else the ledger's. A token that nobody sent was
// moved by hand.
func (h *hearing) token() {
	if h.before != nil {
		h.end = newer(h.before.To, h.before.Skipped)
	}
	if h.row != nil {
		row := h.row.Newest()
		if h.end.Compare(row) > 0 {
			h.find(MovedToken, 0, span{row, h.end}, "the lease row is at %s, but the ledger saw it at %s: it was moved back", row, h.end)
		}
		h.end = row
	}
	if h.status == nil || h.status.Token == "" {
		if h.asked && h.row != nil && h.row.Committed != "" && !h.row.Ended && !h.row.Settled {
			h.find(MovedToken, 0, span{}, "the channel has no token, though the lease row has %s and rows were in flight", h.row.Committed)
		}
		return
	}
	t, err := messages.ParseToken(h.status.Token, h.shard)
	if err != nil {
		h.find(MovedToken, 0, span{}, "%v", err)
		return
	}
	known := len(h.chain.ends) > 0
	switch {
	case h.row != nil && committedOf(h.row).Compare(t.Position) > 0:
		h.find(MovedToken, 0, span{t.Position, committedOf(h.row)}, "the channel's token is at %s, behind the checkpoint %s: the table was restored, or the token moved by hand", t.Position, committedOf(h.row))
	case known && !h.chain.ends[t.Position] && (h.row == nil || committedOf(h.row) != t.Position):
		h.find(MovedToken, 0, span{h.end, newer(h.end, t.Position)}, "the channel's token %s is the end of no batch that a ledger tells of: it was moved by hand, a ledger is missing, or a process was killed before it wrote the batch down; in that case it is explained once a process has opened the shard again", t.Position)
	}
	h.end = newer(h.end, t.Position)
}

// committedOf is the row's K.
func committedOf(r *messages.ShardRow) messages.Position {
	t, err := messages.ParseToken(r.Committed, r.Shard)
	if err != nil {
		return messages.Position{}
	}
	return t.Position
}

func newer(a, b messages.Position) messages.Position {
	if a.Covers(b) {
		return a
	}
	return b
}

// counters holds the lease row's counters against the ledger, and the ledger's
// digests against each other.
func (h *hearing) counters() {
	if m := h.chain.digests(); m != nil {
		h.find(WrongDigest, 0, span{}, "the digest of the checkpoint at %s does not follow from the batches before it", m.at)
	}
	r := h.row
	if r == nil {
		return
	}
	at := r.Newest()
	for _, m := range h.chain.marks {
		if m.at == at && m.counters != r.Counters {
			h.find(WrongCounters, 0, span{}, "the lease row and the ledger count differently at %s: %s", at, differences(r.Counters, m.counters))
			break
		}
	}
	if c := r.Counters; c.Committed > c.Appended || c.Rejected > c.Committed || c.Discarded+c.Filtered > c.Read || c.Appended > 0 && c.Read == 0 {
		h.find(WrongCounters, 0, span{}, "the lease row's counters contradict each other: read %d, discarded %d, filtered %d, appended %d, committed %d, rejected %d",
			c.Read, c.Discarded, c.Filtered, c.Appended, c.Committed, c.Rejected)
	}
}

// differences names the counters that are not equal.
func differences(row, ledger messages.Counters) string {
	var list []string
	for _, c := range []struct {
		name        string
		row, ledger int64
	}{
		{"read", row.Read, ledger.Read}, {"discarded", row.Discarded, ledger.Discarded}, {"filtered", row.Filtered, ledger.Filtered},
		{"appended", row.Appended, ledger.Appended}, {"committed", row.Committed, ledger.Committed}, {"rejected", row.Rejected, ledger.Rejected},
	} {
		if c.row != c.ledger {
			list = append(list, fmt.Sprintf("%s %d in the row, %d in the ledger", c.name, c.row, c.ledger))
		}
	}
	if row.Digest != ledger.Digest {
		list = append(list, fmt.Sprintf("digest %s in the row, %s in the ledger", row.Digest, ledger.Digest))
	}
	return strings.Join(list, "; ")
}

// bounds is the stretch to be judged, never beyond what is committed.
func (h *hearing) bounds() (span, bool) {
	if h.unbounded() {
		return span{h.chain.first, h.end}, h.end.Compare(h.chain.first) > 0
	}
	s, any := h.chain.window(h.since, h.until)
	if s.to.Compare(h.end) > 0 {
		s.to = h.end
	}
	return s, any && s.to.Compare(s.from) > 0
}

func (h *hearing) gaps() {
	for _, g := range h.chain.gaps {
		if !h.since.IsZero() && g.At.Before(h.since) || !h.until.IsZero() && g.At.After(h.until) {
			continue
		}
		h.out.Sums.Gaps++
		h.find(Gap, 0, span{g.From, newer(g.From, g.To)}, "records expired before they could be read, between %s and %s (reported %s)",
			clock(g.FromTime), clock(g.ToTime), clock(g.At))
	}
}

func clock(t time.Time) string {
	if t.IsZero() {
		return "an unknown time"
	}
	return t.UTC().Format(time.RFC3339)
}

// theirs are Snowflake's own counters of the channel: what it says now, or, of
// a shard that has ended, what the lease row kept of it before it was dropped
// (P23); nil where nobody knows.
func (h *hearing) theirs() *messages.ChannelFinal {
	var final *messages.ChannelFinal
	if h.row != nil {
		final = h.row.Final
	}
	if s := h.status; s != nil && (final == nil || final.CreatedMS == s.CreatedMS) {
		return &messages.ChannelFinal{CreatedMS: s.CreatedMS, RowsInserted: s.RowsInserted, RowsErrors: s.RowsErrors}
	}
	return final
}

// snowflake compares Snowflake's own counters with ours. They begin anew where
// the channel was made anew, so they count only while that never happened.
func (h *hearing) snowflake(whole span) {
	counted := h.theirs()
	if counted == nil || !h.unbounded() || !h.oneChannel(counted.CreatedMS) {
		return
	}
	theirs := counted.RowsInserted + counted.RowsErrors
	ours, known := h.rowsUpTo(whole.to)
	if !known {
		return
	}
	h.out.Sums.Snowflake = &theirs
	if theirs != ours {
		h.find(WrongCounters, abs(theirs-ours), span{}, "Snowflake's counters say %d rows (%d inserted, %d rejected), the evidence of this side %d",
			theirs, counted.RowsInserted, counted.RowsErrors, ours)
	}
}

// oneChannel reports whether the shard has had one channel only, which was made
// then.
func (h *hearing) oneChannel(createdMS int64) bool {
	if h.row != nil && h.row.ChannelCreated != 0 && h.row.ChannelCreated != createdMS {
		return false
	}
	for _, o := range h.chain.opened {
		if o.CreatedMS != createdMS {
			return false
		}
	}
	return true
}

// rowsUpTo counts the rows from the shard's beginning to a position: from the
// newest place where counters are known, and the ledger from there.
func (h *hearing) rowsUpTo(to messages.Position) (rows int64, known bool) {
	m, known := h.upTo(to)
	return m.counters.Committed, known
}

// upTo is the mark at a position: a known one, or what the ledger makes of the
// nearest that it leads from, or else of the nearest that it leads to.
func (h *hearing) upTo(at messages.Position) (mark, bool) {
	beginning, row := []mark{{at: h.chain.first}}, h.rowMark()
	for _, m := range slices.Concat(row, h.chain.lastMark(at), beginning) {
		if at.Covers(m.at) && h.chain.whole(span{m.at, at}) {
			return mark{at, m.counters.Add(h.chain.count(span{m.at, at})), m.era}, true
		}
	}
	for _, m := range slices.Concat(beginning, h.chain.nextMarks(at), row) {
		if m.at.Covers(at) && h.chain.whole(span{at, m.at}) {
			return mark{at, m.counters.Minus(h.chain.count(span{at, m.at})), m.era}, true
		}
	}
	return mark{}, false
}

// rowMark is what the lease row counts, if it does.
func (h *hearing) rowMark() []mark {
	if h.row == nil || h.row.Newest().IsZero() {
		return nil
	}
	return []mark{{h.row.Newest(), h.row.Counters, h.chain.era}}
}

func abs(n int64) int64 { return max(n, -n) }
