package kpl_test

import (
	"slices"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/kinesnow/kinesnow/adapters/stream/kpl"
	"github.com/kinesnow/kinesnow/integration/producer"
)

// FuzzOpen gives the decoder records as they are, and sealed, so that the MD5
// does not keep it from the message. Whatever comes is a plain record, or the
// user records that protobuf's own library finds in it.
func FuzzOpen(f *testing.F) {
	for _, c := range golden(f) {
		f.Add(c.bytes(f), false)
		f.Add(c.bytes(f)[4:len(c.bytes(f))-16], true)
	}
	f.Add([]byte("\x2b\x08\x01\x33\x12\x01a\x34\x2c"+good), true)
	f.Add([]byte(key0+"\x1a\x0f\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x1a\x02{}"), true)
	f.Fuzz(func(t *testing.T, data []byte, seal bool) {
		if seal {
			data = producer.Seal(data)
		}
		var a kpl.Aggregate
		err := a.Open(data)
		got := rest(t, &a)
		if err != nil {
			if len(got) != 0 {
				t.Fatalf("%v, but %d user records", err, len(got))
			}
			if seal && groups(data) < 100 {
				if _, ok := reference(data[4 : len(data)-16]); ok {
					t.Fatalf("%v, but protobuf's own library reads it", err)
				}
			}
			return
		}
		want, ok := reference(data[4 : len(data)-16])
		if !ok || !slices.Equal(got, want) {
			t.Fatalf("got  %q\nwant %q, %v", got, want, ok)
		}
		again := make([]producer.User, len(got))
		for i, u := range got {
			again[i] = producer.User{Key: u.Key, Data: []byte(u.Data)}
		}
		if back := users(t, producer.Aggregate(again...)); !slices.Equal(back, got) {
			t.Fatalf("aggregated again: %q, was %q", back, got)
		}
	})
}

// groups is how many groups may begin in a message, at most.
func groups(message []byte) (n int) {
	for _, c := range message {
		if c&7 == byte(protowire.StartGroupType) {
			n++
		}
	}
	return n
}

// reference reads a message in the plainest way there is.
func reference(message []byte) (all []user, ok bool) {
	var keys []string
	var indices []uint64
	for len(message) > 0 {
		number, kind, value, after := referenceField(message)
		if after < 0 {
			return nil, false
		}
		message = message[after:]
		if kind != protowire.BytesType {
			continue
		}
		body, _ := protowire.ConsumeBytes(value)
		switch number {
		case 1:
			keys = append(keys, string(body))
		case 3:
			index, data, ok := referenceRecord(body)
			if !ok {
				return nil, false
			}
			indices, all = append(indices, index), append(all, user{"-", data})
		}
	}
	for i, index := range indices {
		if index < uint64(len(keys)) && len(keys[index]) <= kpl.MaxKeyBytes {
			all[i].Key = keys[index]
		}
	}
	return all, true
}

// referenceField reads the first field; after is negative where there is none.
func referenceField(b []byte) (number protowire.Number, kind protowire.Type, value []byte, after int) {
	number, kind, n := protowire.ConsumeTag(b)
	if n < 0 || !number.IsValid() {
		return 0, 0, nil, -1
	}
	size := protowire.ConsumeFieldValue(number, kind, b[n:])
	if size < 0 || kind == protowire.StartGroupType && !numbered(number, b[n:n+size]) {
		return 0, 0, nil, -1
	}
	return number, kind, b[n : n+size], n + size
}

// numbered reports whether all fields of a group have numbers that may be:
// protobuf's parsers refuse others, which protowire passes over.
func numbered(number protowire.Number, group []byte) bool {
	inside, _ := protowire.ConsumeGroup(number, group)
	for len(inside) > 0 {
		_, _, _, after := referenceField(inside)
		if after < 0 {
			return false
		}
		inside = inside[after:]
	}
	return true
}

func referenceRecord(body []byte) (index uint64, data string, ok bool) {
	keyed, filled := false, false
	for len(body) > 0 {
		number, kind, value, after := referenceField(body)
		if after < 0 {
			return 0, "", false
		}
		body = body[after:]
		switch {
		case number == 1 && kind == protowire.VarintType:
			index, _ = protowire.ConsumeVarint(value)
			keyed = true
		case number == 3 && kind == protowire.BytesType:
			b, _ := protowire.ConsumeBytes(value)
			data, filled = string(b), true
		}
	}
	return index, data, keyed && filled
}
