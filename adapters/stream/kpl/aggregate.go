package kpl

import (
	"bytes"
	"crypto/md5"
	"encoding/binary"
	"errors"
)

const (
	// MaxRecords bounds the user records of one aggregate, and each of its
	// tables. The largest Kinesis record, 10 MiB, could hold a few more empty
	// ones; what a producer makes has some thousands at most.
	MaxRecords = 1 << 20
	// MaxKeyBytes bounds a partition key: 256 characters (PutRecord API
	// reference) of at most four bytes.
	MaxKeyBytes = 1024

	magicSize = 4
	magic     = 0xc29a89f3 // F3 89 9A C2, read from its little end
	keptTable = 16 << 10   // entries of a table that an Aggregate keeps for the next one
)

// The reasons why a record that begins like an aggregate is a plain one.
var (
	ErrTruncated = errors.New("aggregate is cut off")
	ErrChecksum  = errors.New("aggregate whose MD5 does not fit")
	ErrProtobuf  = errors.New("aggregate that is not the protobuf message it should be")
	ErrTooMany   = errors.New("aggregate of more than 1,048,576 user records or keys")
)

// Marked reports whether data begins as aggregates do. Only such a record can
// be one, and no JSON text is.
func Marked(data []byte) bool {
	return len(data) >= magicSize && binary.LittleEndian.Uint32(data) == magic
}

// Aggregate is one aggregate at a time, taken apart. The zero Aggregate is
// ready; it is not safe for concurrent use.
type Aggregate struct {
	message []byte
	keys    []entry
	hashes  []entry
	count   int

	at    int // where in the message the next record is looked for
	index int // of the next user record
}

// entry is one text of a table.
type entry struct {
	begin, end uint32
	place      place
}

// place is what is known of where a key belongs.
type place uint8

const (
	placeUnknown place = iota
	placeInside
	placeOutside
	placeNowhere // the text is no hash key
)

// User is one user record of an aggregate. Key and Data are parts of the bytes
// that were opened.
type User struct {
	Index int    // in the aggregate: the sub-sequence number
	Key   []byte // partition key; nil = only the Kinesis record's own is known
	Data  []byte
	key   int // places in the tables; -1 = none
	hash  int
}

// Open begins with another record, of which it keeps data until the next Open.
// An error says why it is a plain record: one of those above. Then there is no
// user record to be had of it, for a record is taken apart whole or not at all.
func (a *Aggregate) Open(data []byte) error {
	*a = Aggregate{keys: emptied(a.keys), hashes: emptied(a.hashes)}
	if !Marked(data) || len(data) < magicSize+md5.Size {
		return ErrTruncated
	}
	message, sum := data[magicSize:len(data)-md5.Size], md5.Sum(data[magicSize:len(data)-md5.Size])
	if !bytes.Equal(sum[:], data[len(data)-md5.Size:]) {
		return ErrChecksum
	}
	if err := a.survey(message); err != nil {
		*a = Aggregate{keys: emptied(a.keys), hashes: emptied(a.hashes)}
		return err
	}
	a.message = message
	return nil
}

// emptied is a table without entries, and without memory that is seldom needed.
func emptied(table []entry) []entry {
	if cap(table) > keptTable {
		return nil
	}
	return table[:0]
}

// survey reads all of the message, so that nothing can go wrong later: tables
// may follow the records that refer to them.
func (a *Aggregate) survey(message []byte) error {
	for i := 0; i < len(message); {
		f, after := next(message, i)
		if after < 0 {
			return ErrProtobuf
		}
		i = after
		if f.kind != kindBytes {
			continue
		}
		switch f.number {
		case 1:
			a.keys = append(a.keys, entry{begin: uint32(f.begin), end: uint32(f.end)})
		case 2:
			a.hashes = append(a.hashes, entry{begin: uint32(f.begin), end: uint32(f.end)})
		case 3:
			if _, ok := readRecord(message[f.begin:f.end]); !ok {
				return ErrProtobuf
			}
			a.count++
		}
		if max(a.count, len(a.keys), len(a.hashes)) > MaxRecords {
			return ErrTooMany
		}
	}
	return nil
}

// Len is how many user records the aggregate has. It may have none.
func (a *Aggregate) Len() int { return a.count }

// Next fills u with the next user record. It reports false behind the last one.
func (a *Aggregate) Next(u *User) bool {
	for a.index < a.count {
		f, after := next(a.message, a.at)
		a.at = after
		if f.number != 3 || f.kind != kindBytes {
			continue
		}
		body := a.message[f.begin:f.end]
		r, _ := readRecord(body)
		*u = User{Index: a.index, Data: body[r.begin:r.end], key: -1, hash: -1}
		a.index++
		if r.key < uint64(len(a.keys)) {
			if key := a.text(a.keys[r.key]); len(key) <= MaxKeyBytes {
				u.Key, u.key = key, int(r.key)
			}
		}
		if r.hashed && r.hash < uint64(len(a.hashes)) {
			u.hash = int(r.hash)
		}
		return true
	}
	return false
}

func (a *Aggregate) text(e entry) []byte { return a.message[e.begin:e.end:e.end] }

// Outside reports whether a user record belongs to another shard than the one
// with this range: by its explicit hash key, else by its partition key. It is
// false where neither is known. All calls for one aggregate take one range.
func (a *Aggregate) Outside(u *User, r Range) bool {
	if u.hash >= 0 {
		if p := a.hashes[u.hash].placed(a, r, parseHash[[]byte]); p != placeNowhere {
			return p == placeOutside
		}
	}
	return u.key >= 0 && a.keys[u.key].placed(a, r, hashed) == placeOutside
}

func hashed(key []byte) (hash, bool) { return hashOf(key), true }

// placed finds out where an entry belongs, once.
func (e *entry) placed(a *Aggregate, r Range, of func([]byte) (hash, bool)) place {
	if e.place == placeUnknown {
		switch h, ok := of(a.text(*e)); {
		case !ok:
			e.place = placeNowhere
		case r.has(h):
			e.place = placeInside
		default:
			e.place = placeOutside
		}
	}
	return e.place
}

// record is what a Record message says.
type record struct {
	key, hash  uint64
	hashed     bool
	begin, end int // of the data
}

// readRecord reads a Record message. It reports false where that is malformed,
// or lacks a field that the format requires. Of a field that comes twice the
// last one counts, as everywhere in protobuf.
func readRecord(b []byte) (r record, ok bool) {
	keyed, filled := false, false
	for i := 0; i < len(b); {
		f, after := next(b, i)
		if after < 0 {
			return r, false
		}
		i = after
		switch {
		case f.number == 1 && f.kind == kindVarint:
			r.key, keyed = f.value, true
		case f.number == 2 && f.kind == kindVarint:
			r.hash, r.hashed = f.value, true
		case f.number == 3 && f.kind == kindBytes:
			r.begin, r.end, filled = f.begin, f.end, true
		}
	}
	return r, keyed && filled
}
