package audit

import (
	"github.com/kinesnow/kinesnow/adapters/warehouse"
	"github.com/kinesnow/kinesnow/messages"
)

// maxPieces is how many pieces a stretch is counted in. One row lost and one
// too many are seen when they are in different pieces, or at one position; more
// pieces see more, and cost the warehouse a comparison each for every row.
const maxPieces = 8

// piecesFor is fewer for many shards, so that one or two statements, and as many
// scans of the table, count all of them.
func piecesFor(shards int) int {
	return min(maxPieces, max(1, warehouse.MaxSpans/(2*max(1, shards))))
}

// piece is a part of a stretch that the table is asked for: whole batches, or
// a whole hole.
type piece struct {
	span
	known     bool  // rows and positions are what should be there
	rows      int64 // that should be in the table
	positions int64 // distinct ones; -1 = nobody knows, for a rejected row has none there
	tally     warehouse.Tally
}

// asked is the piece as the table is asked for it.
func (p *piece) asked(shard messages.ShardID) warehouse.Span {
	return warehouse.Span{Shard: shard, From: p.from, To: p.to}
}

// differs reports whether the table has something else than it should.
func (p *piece) differs() bool {
	return p.known && (p.tally.Rows != p.rows || p.positions >= 0 && p.tally.Positions != p.positions)
}

// expect notes what counters say of the piece. A user record that was neither
// discarded nor filtered made one row or more, all at one position.
func (p *piece) expect(c messages.Counters) {
	p.known, p.rows, p.positions = true, c.Committed-c.Rejected, -1
	if c.Rejected == 0 {
		p.positions = c.Read - c.Discarded - c.Filtered
	}
}

// pieces cuts a stretch that the ledger has into up to most pieces at the ends
// of batches. Rows rejected in one commit are known for that commit alone, so
// there is no cut inside of one that had any.
func (c *chain) pieces(s span, most int) []piece {
	batches := c.within(s)
	var cut []piece
	from := s.from
	for n := 1; n <= most; n++ {
		to := s.to
		if n < most {
			last := len(batches)*n/most - 1
			if last < 0 {
				continue
			}
			to = batches[last].To
		}
		if to.Compare(from) <= 0 || to != s.to && c.refusedAcross(to) {
			continue
		}
		p := piece{span: span{from, to}}
		p.expect(c.count(p.span))
		cut = append(cut, p)
		from = to
	}
	return cut
}
