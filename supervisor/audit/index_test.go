package audit

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/kinesnow/kinesnow/messages"
)

// random is a story as no shard's ever was: batches, holes, passes, rewinds and
// marks anywhere, inside of batches too.
func random(r *rand.Rand, last int) story {
	var s story
	tell := func(e messages.Event) { s.entries = append(s.entries, told{event: e}) }
	for n := 0; n < last; {
		switch to := n + 1 + r.IntN(4); r.IntN(8) {
		case 0:
			n = to // a hole
		case 1:
			n = max(0, n-r.IntN(6))
			tell(&messages.Opened{Start: at(n)})
		case 2:
			tell(&messages.Checkpointed{To: at(n), Skipped: at(to), Counters: messages.Counters{Read: int64(10 * n), Committed: int64(n)}})
			n = to - r.IntN(2)
		case 3:
			tell(&messages.Checkpointed{To: at(r.IntN(last)), Counters: messages.Counters{Read: r.Int64N(100)}})
		case 4:
			tell(&messages.Committed{To: at(n), Rejected: r.Int64N(3)})
		case 5:
			if r.IntN(5) == 0 {
				tell(&messages.Resolved{Start: at(n)})
			}
		default:
			tell(&messages.BatchAppended{After: at(n), To: at(to), Records: r.Int64N(9), Rows: r.Int64N(9), Discarded: r.Int64N(2)})
			n = to
		}
	}
	return s
}

// slowly answers as the chain does, by going through all of it.
type slowly struct{ *chain }

func (c slowly) within(s span) (list []*messages.BatchAppended) {
	for _, b := range c.batches {
		if b.To.Compare(s.from) > 0 && s.to.Covers(b.To) {
			list = append(list, b)
		}
	}
	return list
}

func (c slowly) passed(from, to messages.Position) bool {
	return slices.ContainsFunc(c.passes, func(p span) bool { return from.Covers(p.from) && p.to.Covers(to) })
}

func (c slowly) whole(s span) bool {
	at := s.from
	for _, b := range c.within(s) {
		if b.After.Compare(at) > 0 && !c.passed(at, b.After) {
			return false
		}
		at = newer(at, b.To)
	}
	return at.Covers(s.to) || c.passed(at, s.to)
}

func (c slowly) count(s span) (counts messages.Counters) {
	for _, b := range c.within(s) {
		counts = counts.Add(messages.Counters{Read: b.Records, Discarded: b.Discarded, Filtered: b.Filtered, Appended: b.Rows, Committed: b.Rows})
	}
	for _, r := range c.rejected {
		if r.to.Compare(s.from) > 0 && s.to.Covers(r.to) {
			counts.Rejected += r.rows
		}
	}
	return counts
}

func (c slowly) upTo(at messages.Position, row []mark) (mark, bool) {
	marks := slices.Concat([]mark{{at: c.first}}, c.marks, row)
	for _, m := range slices.Backward(marks) {
		if at.Covers(m.at) && c.whole(span{m.at, at}) {
			return mark{at, m.counters.Add(c.count(span{m.at, at})), m.era}, true
		}
	}
	for _, m := range marks {
		if m.at.Covers(at) && c.whole(span{at, m.at}) {
			return mark{at, m.counters.Minus(c.count(span{at, m.at})), m.era}, true
		}
	}
	return mark{}, false
}

// TestTheIndexAnswersAsTheWholeChainDoes asks for every stretch of two hundred
// stories.
func TestTheIndexAnswersAsTheWholeChainDoes(t *testing.T) {
	t.Parallel()
	const last = 24
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 1))
		c := fold(random(r, last))
		if seed%3 == 0 {
			c.first = at(r.IntN(last))
		}
		h := &hearing{evidence: evidence{chain: c}}
		if seed%2 == 0 {
			token := messages.Token{Position: at(1 + r.IntN(last)), Shard: shard}.String()
			h.row = &messages.ShardRow{Shard: shard, Committed: token, Counters: messages.Counters{Committed: r.Int64N(50)}}
		}
		for from := range last + 6 {
			got, known := h.upTo(at(from))
			if want, is := (slowly{c}).upTo(at(from), h.rowMark()); got != want || known != is {
				t.Fatalf("seed %d, up to %d: %+v %t, want %+v %t", seed, from, got, known, want, is)
			}
			across := slices.ContainsFunc(c.rejected, func(r rejection) bool {
				return at(from).Compare(r.from) > 0 && at(from).Compare(r.to) < 0
			})
			if c.refusedAcross(at(from)) != across {
				t.Fatalf("seed %d, refused across %d: %t", seed, from, !across)
			}
			for to := range last + 6 {
				s := span{at(from), at(to)}
				if c.whole(s) != (slowly{c}).whole(s) || c.count(s) != (slowly{c}).count(s) || !slices.Equal(c.within(s), (slowly{c}).within(s)) {
					t.Fatalf("seed %d, %d to %d: %t %+v, want %t %+v", seed, from, to, c.whole(s), c.count(s), slowly{c}.whole(s), slowly{c}.count(s))
				}
			}
		}
	}
}

// TestAShardOfManyHolesIsJudgedInSeconds: half of its ledger has checkpoints and
// passes, the other half holes that no counters tell of, each of which looks for
// the nearest place where they do. Going through all of it for each of them takes
// days.
func TestAShardOfManyHolesIsJudgedInSeconds(t *testing.T) {
	t.Parallel()
	const many = 10_000
	var s story
	tell := func(e messages.Event) { s.entries = append(s.entries, told{event: e}) }
	counters, n := messages.Counters{}, 0
	accept := func() {
		tell(&messages.BatchAppended{After: at(n), To: at(n + 1), Records: 1, Rows: 1})
		tell(&messages.Committed{To: at(n + 1), Rows: 1, Rejected: 1})
		n++
	}
	for range many {
		accept()
		counters.Digest = counters.Digest.Fold(at(n), 1)
		counters = counters.Add(messages.Counters{Read: 2, Discarded: 1, Appended: 1, Committed: 1, Rejected: 1, Digest: counters.Digest})
		tell(&messages.Checkpointed{To: at(n), Skipped: at(n + 1), Counters: counters})
		n++
	}
	for range many {
		n++ // whoever read this was killed before it was written down
		accept()
	}
	h := hear(evidence{shard: shard, chain: fold(s), most: maxPieces, row: &messages.ShardRow{
		Shard: shard, Committed: messages.Token{Position: at(n), Shard: shard}.String(),
		Counters: counters.Add(messages.Counters{Read: 2 * many, Appended: 2 * many, Committed: 2 * many, Rejected: many}),
	}})
	h.conclude(false)
	if got := h.out.Sums; got.Committed != 3*many || got.Rejected != 2*many || got.Discarded != many || len(h.stretches) != 1+2*many {
		t.Errorf("%+v of %d stretches, %v", got, len(h.stretches), h.out.Findings)
	}
}
