package audit

import (
	"context"
	"errors"
	"io/fs"
	"slices"

	"github.com/dustin/go-humanize"

	"github.com/kinesnow/kinesnow/adapters/deadletter"
	"github.com/kinesnow/kinesnow/adapters/warehouse"
	"github.com/kinesnow/kinesnow/messages"
)

// again is one dead letter that was sent again into the table. Its record made no
// row when the stream was read, so whatever the table has at its position is of
// that.
type again struct {
	at    messages.Position
	sent  int64 // rows
	there int64 // that the table has
	known bool  // there is, without asking for it
	over  bool  // its replay is: the rows have to be there
}

// replayed finds the letters that were sent again, and what the table has of
// them. It is nobody's fault that a letter was: this explains its rows. tallies
// are the table's answers to each hearing's spans.
func (s *session) replayed(ctx context.Context, tallies [][]warehouse.Tally) error {
	if s.Letters == "" {
		return nil
	}
	plans, err := s.plans()
	if err != nil {
		return err
	}
	for _, p := range plans {
		if p.Outcome == nil {
			s.note("replay %s of dead letters is not over: kinesnow deadletter replay %s goes on with it", p.ID, s.Connector)
		}
		if err := s.follow(p); err != nil {
			return err
		}
	}
	return s.weighAgain(ctx, tallies)
}

// plans are the replays of letters into the table.
func (s *session) plans() ([]*deadletter.Plan, error) {
	plans, err := deadletter.Plans(s.Letters)
	t := s.Config.Snowflake
	return slices.DeleteFunc(plans, func(p *deadletter.Plan) bool {
		return p.Database != t.Database || p.Schema != t.Schema || p.Table != t.Table || p.Stream != s.Config.Kinesis.StreamName()
	}), err
}

// replayedAll adds what was sent again, where rows cannot be told apart.
func (s *session) replayedAll() {
	if s.Letters == "" {
		return
	}
	plans, err := s.plans()
	if err != nil {
		s.unasked(err, "dead letters that were sent again could not be looked at")
	}
	for _, p := range plans {
		if p.Outcome == nil {
			continue
		}
		s.report.Sums.Again += p.Outcome.Letters
		s.report.Sums.Replayed += p.Outcome.Rows
		for _, rejected := range p.Outcome.Rejected {
			s.report.Sums.Replayed -= rejected
		}
	}
}

// follow notes what one replay sent.
func (s *session) follow(p *deadletter.Plan) error {
	type place struct {
		shard messages.ShardID
		seq   string
		sub   string
	}
	refused := map[place]bool{}
	_, err := deadletter.Read(p.Refused(), func(l messages.Letter) bool {
		refused[place{l.Shard, l.Seq, l.Sub}] = true
		return true
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	heard := make(map[messages.ShardID]*hearing, len(s.hearings))
	for _, h := range s.hearings {
		heard[h.shard] = h
	}
	if p.Outcome != nil {
		for shard, n := range p.Outcome.Rejected {
			if h := heard[shard]; h != nil {
				h.unlanded += n
			}
		}
	}
	return p.Each(func(sent *deadletter.Sent) bool {
		at, err := sent.Position()
		h := heard[sent.Shard]
		if err == nil && h != nil && sent.Rows > 0 && !refused[place{sent.Shard, sent.Seq, sent.Sub}] {
			h.again = append(h.again, again{at: at, sent: int64(sent.Rows), over: p.Outcome != nil})
		}
		return true
	})
}

// weighAgain says how many rows the table has of every letter that was sent again,
// in a window of those of it. What a replay sent is kept for ever, and asking for
// single places takes a scan of the table for every warehouse.MaxPlaces of them:
// only those are asked for whose piece does not add up.
func (s *session) weighAgain(ctx context.Context, tallies [][]warehouse.Tally) error {
	var places []warehouse.Place
	for i, h := range s.hearings {
		slices.SortFunc(h.again, func(a, b again) int { return a.at.Compare(b.at) })
		if !h.unbounded() {
			h.again = h.within(h.whole())
		}
		h.addUp(tallies[i])
		for _, a := range h.again {
			if !a.known {
				places = append(places, warehouse.Place{Shard: h.shard, Position: a.at})
			}
		}
	}
	var counts []int64
	if len(places) > 0 {
		var err error
		if counts, err = s.Table.RowsAt(ctx, places); err != nil {
			return err
		}
	}
	for _, h := range s.hearings {
		for i := range h.again {
			if !h.again[i].known {
				h.again[i].there, counts = counts[0], counts[1:]
			}
		}
		h.judgeAgain()
	}
	return nil
}

// addUp finds the letters whose rows are all there: in pieces that have as many
// rows, and as many positions, as their ledger and what was sent make together.
func (h *hearing) addUp(tallies []warehouse.Tally) {
	for i := range h.stretches {
		for j := range h.stretches[i].pieces {
			p := &h.stretches[i].pieces[j]
			sent := h.within(p.span)
			if p.addsUp(tallies[0], sent) {
				for k := range sent {
					sent[k].there, sent[k].known = sent[k].sent, true
				}
			}
			tallies = tallies[1:]
		}
	}
}

// addsUp reports whether a piece has what it should have and what was sent again,
// and nothing else.
func (p *piece) addsUp(t warehouse.Tally, sent []again) bool {
	rows := p.rows
	for _, a := range sent {
		if !a.over {
			return false
		}
		rows += a.sent
	}
	return p.known && p.positions >= 0 && t.Rows == rows && t.Positions == p.positions+int64(len(sent))
}

// within are the letters sent again that lie in a span.
func (h *hearing) within(s span) []again {
	first, _ := slices.BinarySearchFunc(h.again, s.from, func(a again, p messages.Position) int {
		if p.Covers(a.at) {
			return -1
		}
		return 1
	})
	last, _ := slices.BinarySearchFunc(h.again, s.to, func(a again, p messages.Position) int {
		if p.Covers(a.at) {
			return -1
		}
		return 1
	})
	return h.again[min(first, last):last]
}

// whole is the stretch that is judged.
func (h *hearing) whole() (s span) {
	if n := len(h.stretches); n > 0 {
		s = span{h.stretches[0].from, h.stretches[n-1].to}
	}
	return s
}

// before is a place right before a position.
func before(p messages.Position) messages.Position {
	return messages.Position{Seq: p.Seq, Sub: p.Sub - 1}
}

// without is what the table has of a span beside letters that were sent again.
func (h *hearing) without(s span, t warehouse.Tally) warehouse.Tally {
	for _, a := range h.within(s) {
		t.Rows -= a.there
		if a.there > 0 {
			t.Positions--
		}
	}
	return t
}

// judgeAgain holds what was sent again against the table. Which rows of a replay
// were rejected is not known, only how many of each shard.
func (h *hearing) judgeAgain() {
	lacks := int64(0)
	for _, a := range h.again {
		if extra := a.there - a.sent; extra > 0 {
			h.find(Doubled, extra, span{}, "the dead letter at %s was sent again as %s, the table has %s", a.at, rowsOf(a.sent), humanize.Comma(a.there))
			h.out.Sums.Doubled += extra
		}
		if a.over {
			lacks += max(0, a.sent-a.there)
		}
	}
	if lacks -= h.unlanded; lacks > 0 && h.unbounded() {
		h.find(Missing, lacks, span{}, "%s not in the table", are(rowsOf(lacks)+" of dead letters that were sent again", lacks))
		h.out.Sums.Missing += lacks
		h.out.Sums.Replayed += lacks
	}
}

// addAgain adds what a piece has of letters that were sent again.
func (h *hearing) addAgain(s span) {
	for _, a := range h.within(s) {
		h.out.Sums.Replayed += min(a.there, a.sent)
		h.out.Sums.Again++
		*h.out.Sums.Table += a.there
	}
}
