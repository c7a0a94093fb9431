package stream

import (
	"encoding/binary"
	"encoding/json"
	"errors"

	"github.com/kinesnow/kinesnow/messages"
)

var errMalformed = errors.New("answer is not one of GetRecords or SubscribeToShard")

// guard follows a body while it is parsed: NUL fits nowhere, so that no step
// needs to ask whether there is another byte.
var guard [8]byte

// parse finds the records in the body. It trusts the service with the inside
// of strings, and checks everything that it stands on.
func (a *answer) parse() error {
	size := len(a.body)
	p := parser{b: append(a.body, guard[:]...)}
	a.body = p.b[:size]
	p.space()
	p.object(func(name []byte) {
		switch string(name) {
		case "Records":
			p.array(func() { a.records = append(a.records, p.record(a)) })
		case "NextShardIterator", "ContinuationSequenceNumber":
			a.iterator = string(unescape(p.nullable().in(p.b)))
		case "MillisBehindLatest":
			if !p.null() {
				a.behind = p.decimal(0)
			}
		case "ChildShards":
			a.children = p.childShards()
		default:
			p.skip()
		}
	})
	p.space()
	if p.bad || p.i != size {
		return errMalformed
	}
	return nil
}

// record reads one record and adds its data to what the answer holds.
func (p *parser) record(a *answer) (v view) {
	p.object(func(name []byte) {
		switch string(name) {
		case "Data":
			v.data = p.base64()
		case "SequenceNumber":
			v.sequence = p.text()
		case "PartitionKey":
			v.key = p.nullable()
		case "ApproximateArrivalTimestamp":
			if !p.null() {
				v.arrival = p.decimal(3)
			}
		default:
			p.skip()
		}
	})
	if !isSequence(v.sequence.in(p.b)) {
		p.fail()
	}
	a.data += int(v.data.end-v.data.begin) / 4 * 3
	a.text += int(v.key.end-v.key.begin) + 2*int(v.sequence.end-v.sequence.begin)
	return v
}

// childShards reads what only a shard's last answer has.
func (p *parser) childShards() (ids []messages.ShardID) {
	begin := p.i
	if p.skip(); p.bad {
		return nil
	}
	var children []struct{ ShardId messages.ShardID } //nolint:revive // the API's name
	if json.Unmarshal(p.b[begin:p.i], &children) != nil {
		p.fail()
	}
	for _, c := range children {
		ids = append(ids, c.ShardId)
	}
	return ids
}

// isSequence is messages.SequenceNumber.Valid, eight digits a step.
func isSequence(digits []byte) bool {
	const high, zero, six = 0xf0f0f0f0f0f0f0f0, 0x3030303030303030, 0x0606060606060606
	if len(digits) == 0 || len(digits) > messages.MaxSequenceDigits || digits[0] == '0' && len(digits) > 1 {
		return false
	}
	for len(digits) >= 8 {
		x := binary.LittleEndian.Uint64(digits)
		if x&high != zero || (x+six)&high != zero {
			return false
		}
		digits = digits[8:]
	}
	for _, c := range digits {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}
