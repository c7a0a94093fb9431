package stream

import (
	"github.com/kinesnow/kinesnow/adapters/stream/kpl"
	"github.com/kinesnow/kinesnow/messages"
)

// takeApart renders the user records of the aggregate that the block's buffer
// ends with, but those that were handed on before (P8). It reports false where
// that is a plain record after all, which then stays there. The aggregate moves
// to where its base64 was in the answer: rows are made in the buffer, and are
// longer than what they are made of.
func (r *rendering) takeApart(v *view, sequence messages.SequenceNumber, start int) bool {
	b, text := r.block, v.data.in(r.answer.body)
	data := text[:copy(text, b.NDJSON[start:])]
	if r.damage = r.packed.Open(data); r.damage != nil {
		b.Packed.Damaged++
		r.raw = data
		return false
	}
	b.Packed.Aggregates++
	b.NDJSON = b.NDJSON[:start]
	last := r.packed.Len() - 1
	if last < 0 || r.at.Covers(messages.Position{Seq: sequence, Sub: int64(last)}) {
		r.hollow(v, sequence)
		return true
	}
	r.expect(last + 1)
	compare := !r.hashes.All() && r.key != nil // a stream that distributes records by itself knows no keys
	for u := (kpl.User{}); r.packed.Next(&u); {
		at := messages.Position{Seq: sequence, Sub: int64(u.Index)}
		if r.at.Covers(at) {
			continue
		}
		if compare && r.packed.Outside(&u, r.hashes) {
			b.Packed.OutOfRange++
		}
		key := u.Key
		if key == nil {
			key = r.key
		}
		r.raw = u.Data
		from := len(b.NDJSON)
		b.NDJSON = append(b.NDJSON, u.Data...)
		r.user(messages.Mark{Seq: sequence, Sub: at.Sub, Arrival: v.arrival, Last: u.Index == last}, v, key, from)
		if r.at = at; u.Index < last && r.full() {
			return true
		}
	}
	r.at = messages.Position{Seq: sequence, Sub: messages.Whole}
	return true
}

// because is a cause that also says what the record was taken for.
func (r *rendering) because(err error) string {
	if r.damage == nil {
		return err.Error()
	}
	return err.Error() + ": " + r.damage.Error()
}
