package actors

import (
	"fmt"
	"strings"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// queue holds the blocks that a channel was handed and has not appended yet,
// in order, each beginning where the one before ended (P10).
type queue struct {
	shard  messages.ShardID
	parts  []part
	tail   messages.Position // what the next block must continue
	bytes  int64             // rendered, not yet sealed
	rows   int64
	since  time.Time // when the oldest of them came
	closed bool
}

// part is what is left of one block: its marks from the first unsealed one.
type part struct {
	block *messages.RowBlock
	from  int // index of the first mark left
	start int // its byte offset
	at    time.Time
}

// push takes a block if it continues what the queue holds.
func (q *queue) push(b *messages.RowBlock, now time.Time) error {
	if b.After != q.tail {
		return fmt.Errorf("a block after %s does not continue %s", b.After, q.tail)
	}
	q.tail, q.closed = b.Last(), q.closed || b.Closed
	if len(b.Marks) == 0 {
		return nil
	}
	if len(q.parts) == 0 {
		q.since = now
	}
	q.parts = append(q.parts, part{block: b, at: now})
	q.bytes += int64(len(b.NDJSON))
	for i := range b.Marks {
		q.rows += int64(b.Marks[i].Rows)
	}
	return nil
}

// draft is a stretch of the queue that one append could carry.
type draft struct {
	after   messages.Position
	first   messages.Mark
	last    messages.Mark
	oldest  int64 // arrival of its oldest record, ms; 0 = unknown
	pieces  [][]byte
	raw     int64
	records int               // marks: user records, rows or not
	rowful  int               // of them, those with rows
	counts  messages.Counters // Read, Discarded, Filtered, Appended (rows)
	cause   string            // of its first discarded record
}

// draft looks at the head of the queue, up to maxBytes rendered bytes and
// maxRowful user records with rows (0 = no limit), but at least one of them if
// there is any. Records without rows ride along. It changes nothing: advance
// does.
func (q *queue) draft(after messages.Position, maxBytes int64, maxRowful int) draft {
	d := q.head(after, maxBytes, maxRowful)
	return d.kept()
}

// kept is a draft whose ends may be kept. They are clones, for the marks of one
// answer share one string of all its digits, and what is made of these two is
// kept for long: flights, S, the ledger.
func (d draft) kept() draft {
	d.first.Seq = messages.SequenceNumber(strings.Clone(string(d.first.Seq)))
	d.last.Seq = messages.SequenceNumber(strings.Clone(string(d.last.Seq)))
	return d
}

// rowless is the stretch of records without rows at the head of the queue.
func (q *queue) rowless(after messages.Position) draft {
	d := draft{after: after}
	for _, p := range q.parts {
		for i := p.from; i < len(p.block.Marks); i++ {
			m := &p.block.Marks[i]
			if m.Rows > 0 {
				return d.kept()
			}
			if m.Fate == messages.Discarded && d.cause == "" {
				d.cause = p.block.Cause
			}
			d.add(m, 0)
		}
	}
	return d.kept()
}

func (q *queue) head(after messages.Position, maxBytes int64, maxRowful int) draft {
	d := draft{after: after}
	for _, p := range q.parts {
		start := p.start
		for i := p.from; i < len(p.block.Marks); i++ {
			m := &p.block.Marks[i]
			size := int64(0)
			if m.Rows > 0 {
				size = int64(m.End - start)
				if d.rowful > 0 && (d.raw+size > maxBytes || maxRowful > 0 && d.rowful >= maxRowful) {
					d.addPiece(p.block.NDJSON[p.start:start])
					return d
				}
				d.rowful++
			}
			if m.Fate == messages.Discarded && d.cause == "" {
				d.cause = p.block.Cause
			}
			d.add(m, size)
			start = max(start, m.End)
		}
		d.addPiece(p.block.NDJSON[p.start:start])
	}
	return d
}

func (d *draft) addPiece(b []byte) {
	if len(b) > 0 {
		d.pieces = append(d.pieces, b)
	}
}

func (d *draft) add(m *messages.Mark, size int64) {
	if d.records == 0 {
		d.first = *m
	}
	d.last, d.raw = *m, d.raw+size
	d.records++
	if m.Counts() {
		d.counts.Read++
	}
	d.counts.Appended += int64(m.Rows)
	switch m.Fate {
	case messages.Discarded:
		d.counts.Discarded++
	case messages.Filtered:
		d.counts.Filtered++
	}
	if m.Arrival != 0 && (d.oldest == 0 || m.Arrival < d.oldest) {
		d.oldest = m.Arrival
	}
}

// end is the token of the draft's last position.
func (d *draft) end(shard messages.ShardID) messages.Token {
	return messages.Token{Position: d.last.Position(), Arrival: d.last.Arrival, Shard: shard}
}

// start is the token of the draft's first user record.
func (d *draft) start(shard messages.ShardID) messages.Token {
	return messages.Token{Position: messages.Position{Seq: d.first.Seq, Sub: d.first.Sub}, Arrival: d.first.Arrival, Shard: shard}
}

// advance removes a draft from the queue and returns the blocks that are used
// up with it: their bytes are free once the append is accepted (P15).
func (q *queue) advance(d *draft) (used []*messages.RowBlock) {
	left := d.records
	q.bytes -= d.raw
	q.rows -= d.counts.Appended
	for left > 0 {
		p := &q.parts[0]
		n := min(left, len(p.block.Marks)-p.from)
		p.from, left = p.from+n, left-n
		p.start = max(p.start, p.block.Marks[p.from-1].End)
		if p.from < len(p.block.Marks) {
			break
		}
		used = append(used, p.block)
		q.parts[0] = part{} // lets go of the block
		q.parts = q.parts[1:]
	}
	if len(q.parts) > 0 {
		q.since = q.parts[0].at
	}
	return used
}

// oldest is the arrival of the first user record left, ms; 0 = unknown, or
// there is none.
func (q *queue) oldest() int64 {
	if len(q.parts) == 0 {
		return 0
	}
	return q.parts[0].block.Marks[q.parts[0].from].Arrival
}

// first is the place of the first user record with rows; zero where there is
// none.
func (q *queue) first() messages.Position {
	for _, p := range q.parts {
		for i := p.from; i < len(p.block.Marks); i++ {
			if m := &p.block.Marks[i]; m.Rows > 0 {
				return messages.Position{Seq: m.Seq, Sub: m.Sub}
			}
		}
	}
	return messages.Position{}
}

// discardFirst turns the first user record with rows into one without,
// because it cannot be appended whatever is tried; cause says why. It returns
// what the mark was, and its rows.
func (q *queue) discardFirst(cause string) (messages.Mark, []byte) {
	for i := range q.parts {
		p := &q.parts[i]
		for j := p.from; j < len(p.block.Marks); j++ {
			m := &p.block.Marks[j]
			if m.Rows == 0 {
				continue
			}
			was, rows := *m, p.block.NDJSON[p.start:m.End]
			q.bytes -= int64(len(rows))
			q.rows -= int64(m.Rows)
			// The block is read-only for everybody but its last holder, which
			// is this queue: the mark keeps its place and loses its rows.
			m.Rows, m.Fate = 0, messages.Discarded
			if p.start = m.End; p.block.Cause == "" {
				p.block.Cause = cause
			}
			return was, rows
		}
	}
	return messages.Mark{}, nil
}
