package stream

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/segmentio/asm/base64"

	"github.com/kinesnow/kinesnow/adapters/stream/kpl"
	"github.com/kinesnow/kinesnow/messages"
)

// metadataRoom is what a row has beside its record's data, partition key and
// sequence numbers, and the names of stream and shard: 185 bytes with the usual
// sub-sequence number. What needs more, such as a key with escapes, makes the
// buffer grow.
const metadataRoom = 200

// slack is room behind the last row, for what is written beyond a row's end
// while it is made.
const slack = 64

// rendering is the making of one block.
type rendering struct {
	*Source
	answer  *answer
	block   *messages.RowBlock
	at      messages.Position // up to which records were seen
	letters []messages.Letter
	key     []byte // partition key of the Kinesis record at hand
	raw     []byte // data of the user record at hand; nil = a plain record's, as in the answer
	damage  error  // why the record at hand, which begins like an aggregate, is none
}

// render makes the block of an answer, without any copy of a record on the
// usual way: base64 is decoded into the block's buffer, and becomes a row there.
// The error is one of the answer, never of a record.
func (s *Source) render(a *answer) (*messages.RowBlock, []messages.Letter, error) {
	b := &messages.RowBlock{After: s.position, At: a.at, Behind: behind(a.behind)}
	if len(a.records) == 0 {
		return b, nil, nil
	}
	r := rendering{Source: s, answer: a, block: b, at: s.position}
	size := a.data + a.text + len(a.records)*(metadataRoom+len(s.client.config.Stream)+len(s.shard))
	room, marks := s.swell.room(size, len(a.records))
	b.Marks, b.NDJSON = make([]messages.Mark, 0, marks), takeBuffer(room+slack)
	b.Recycle = recycle
	watching, _ := s.rows.(Watching)
	if watching != nil {
		watching.Unmatched() // of an answer that could not be rendered to its end
	}
	digits := a.digits()
	for i := range a.records {
		v := &a.records[i]
		n := v.sequence.end - v.sequence.begin
		sequence := messages.SequenceNumber(digits[:n])
		digits = digits[n:]
		if err := r.record(v, sequence); err != nil {
			recycle(b.NDJSON)
			return nil, nil, err
		}
		if r.full() && (i+1 < len(a.records) || r.at.Sub != messages.Whole) {
			a.rendered, a.cut = i+1, true
			b.Behind = max(b.Behind, behind(-1))
			break
		}
	}
	if watching != nil {
		b.Unmatched = watching.Unmatched()
	}
	if !a.cut {
		s.swell.learn(b, size, len(a.records))
	}
	if len(b.Marks) == 0 { // all were handed on before
		recycle(b.NDJSON)
		b.NDJSON, b.Recycle = nil, nil
	}
	return b, r.letters, nil
}

// behind is MillisBehindLatest. Where it was not said, something may be.
func behind(ms int64) time.Duration {
	if ms < 0 {
		return time.Millisecond
	}
	return time.Duration(ms) * time.Millisecond
}

// digits is one string of all the answer's sequence numbers, which its marks
// share.
func (a *answer) digits() string {
	var all strings.Builder
	size := 0
	for i := range a.records {
		size += int(a.records[i].sequence.end - a.records[i].sequence.begin)
	}
	all.Grow(size)
	for i := range a.records {
		all.Write(a.records[i].sequence.in(a.body))
	}
	return all.String()
}

// record renders one Kinesis record: a plain one is one user record.
func (r *rendering) record(v *view, sequence messages.SequenceNumber) (err error) {
	whole := messages.Position{Seq: sequence, Sub: messages.Whole}
	if r.at.Covers(whole) {
		return nil // handed on before
	}
	start := len(r.block.NDJSON)
	if r.block.NDJSON, err = appendData(r.block.NDJSON, v.data.in(r.answer.body)); err != nil {
		return fmt.Errorf("data of record %s: %w", sequence, err)
	}
	r.key, r.raw, r.damage = nil, nil, nil
	if !v.key.absent() {
		r.key = unescape(v.key.in(r.answer.body))
	}
	switch {
	case kpl.Marked(r.block.NDJSON[start:]) && r.takeApart(v, sequence, start):
		return nil
	case r.at.Covers(messages.Position{Seq: sequence}): // its only user record
		r.block.NDJSON = r.block.NDJSON[:start]
		r.hollow(v, sequence)
		return nil
	}
	r.user(messages.Mark{Seq: sequence, Arrival: v.arrival, Last: true}, v, r.key, start)
	r.at = whole
	return nil
}

// hollow marks the place of a record of which nothing is handed on: an aggregate
// of no user records, or one whose every user record is covered by a position
// inside it. Only another product leaves such a position, which cannot tell the
// last user record; the place behind the whole record is one that it can go on
// from, too (P24).
func (r *rendering) hollow(v *view, sequence messages.SequenceNumber) {
	r.block.Marks = append(r.block.Marks, messages.Mark{Seq: sequence, Arrival: v.arrival, End: len(r.block.NDJSON), Last: true, Fate: messages.Hollow})
	r.at = messages.Position{Seq: sequence, Sub: messages.Whole}
}

// user turns the payload that the block's buffer ends with into rows, and marks
// the user record's place.
func (r *rendering) user(m messages.Mark, v *view, key []byte, start int) {
	b := r.block
	b.Marks = append(b.Marks, m)
	mark := &b.Marks[len(b.Marks)-1] // where it stays: no allocation of its own
	fate, rows, err := messages.Rendered, 0, error(nil)
	if p := r.client.config.Payloads; p != nil {
		fate, err = r.pass(p, mark, key, start)
	}
	if err == nil && fate == messages.Rendered {
		b.NDJSON, rows, err = r.rows.Render(b.NDJSON, start, mark, key)
	}
	if err != nil {
		fate = messages.Discarded
		r.discard(mark, v, key, r.because(err))
	}
	if fate != messages.Rendered {
		b.NDJSON = b.NDJSON[:start]
	}
	mark.Fate, mark.Rows, mark.End = fate, int32(rows), len(b.NDJSON)
}

// pass sends the payload through decode and transform.
func (r *rendering) pass(p Payloads, mark *messages.Mark, key []byte, start int) (messages.Fate, error) {
	payload := r.block.NDJSON[start:]
	objects, fate, err := p.Apply(messages.Record{
		Stream: r.client.config.Stream, Shard: r.shard, PartitionKey: string(key), Arrival: arrivedAt(mark.Arrival),
		Position: messages.Position{Seq: messages.SequenceNumber(strings.Clone(string(mark.Seq))), Sub: mark.Sub},
	}, payload[:len(payload):len(payload)])
	r.block.NDJSON = append(r.block.NDJSON[:start], objects...)
	return fate, err
}

// discard notes why a user record makes no row, and keeps its bytes as they
// came, whatever a transform did to them since.
func (r *rendering) discard(mark *messages.Mark, v *view, key []byte, cause string) {
	if r.block.Cause == "" {
		r.block.Cause = cause
	}
	if r.client.config.DeadLetter == nil {
		return
	}
	raw := slices.Clone(r.raw)
	if raw == nil {
		raw, _ = appendData(nil, v.data.in(r.answer.body)) // it was decoded before
	}
	r.letters = append(r.letters, messages.Letter{
		Connector: r.client.config.Connector, Stream: r.client.config.Stream, Shard: r.shard,
		Seq: strings.Clone(string(mark.Seq)), Sub: strconv.FormatInt(mark.Sub, 10), PartitionKey: string(key),
		Arrival: arrivedAt(mark.Arrival), Cause: cause, Payload: raw,
	})
}

// appendData decodes a record's data, behind dst.
func appendData(dst, text []byte) ([]byte, error) {
	start := len(dst)
	dst = slices.Grow(dst, base64.StdEncoding.DecodedLen(len(text)))
	n, err := base64.StdEncoding.Decode(dst[start:cap(dst)], text)
	if err != nil && bytes.IndexByte(text, '\\') >= 0 { // a slash may be escaped
		text = unescape(text) // longer where it was no UTF-8
		dst = slices.Grow(dst, base64.StdEncoding.DecodedLen(len(text)))
		n, err = base64.StdEncoding.Decode(dst[start:cap(dst)], text)
	}
	return dst[:start+n], err
}
