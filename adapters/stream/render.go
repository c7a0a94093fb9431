package stream

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/segmentio/asm/base64"

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
	b.Marks = make([]messages.Mark, 0, len(a.records))
	names := len(s.client.config.Stream) + len(s.shard)
	b.NDJSON = takeBuffer(a.data + a.text + len(a.records)*(metadataRoom+names) + slack)
	b.Recycle = recycle
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
	at := messages.Position{Seq: sequence}
	if r.at.Covers(at) {
		return nil // handed on before
	}
	start := len(r.block.NDJSON)
	if r.block.NDJSON, err = appendData(r.block.NDJSON, v.data.in(r.answer.body)); err != nil {
		return fmt.Errorf("data of record %s: %w", sequence, err)
	}
	r.user(messages.Mark{Seq: sequence, Arrival: v.arrival, Last: true}, v, start)
	r.at = messages.Position{Seq: sequence, Sub: messages.Whole}
	return nil
}

// user turns the payload that the block's buffer ends with into rows, and marks
// the user record's place.
func (r *rendering) user(m messages.Mark, v *view, start int) {
	b := r.block
	b.Marks = append(b.Marks, m)
	mark := &b.Marks[len(b.Marks)-1] // where it stays: no allocation of its own
	var key []byte
	if !v.key.absent() {
		key = unescape(v.key.in(r.answer.body))
	}
	fate, rows, err := messages.Rendered, 0, error(nil)
	if p := r.client.config.Payloads; p != nil {
		fate, err = r.pass(p, mark, key, start)
	}
	if err == nil && fate == messages.Rendered {
		b.NDJSON, rows, err = r.rows.Render(b.NDJSON, start, mark, key)
	}
	if err != nil {
		fate = messages.Discarded
		r.discard(mark, v, key, err.Error())
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
	raw, _ := appendData(nil, v.data.in(r.answer.body)) // it was decoded before
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
		n, err = base64.StdEncoding.Decode(dst[start:cap(dst)], unescape(text))
	}
	return dst[:start+n], err
}
