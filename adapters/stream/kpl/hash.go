package kpl

import (
	"crypto/md5"
	"encoding/binary"
	"math"
	"math/bits"
)

// hash is a hash key, 0 to 2^128-1.
type hash struct{ high, low uint64 }

func (h hash) less(o hash) bool { return h.high < o.high || h.high == o.high && h.low < o.low }

// hashOf is the hash key of a partition key.
func hashOf(key []byte) hash {
	sum := md5.Sum(key)
	return hash{binary.BigEndian.Uint64(sum[:8]), binary.BigEndian.Uint64(sum[8:])}
}

// parseHash reads a hash key as the API writes it, in decimal digits.
func parseHash[T string | []byte](text T) (h hash, ok bool) {
	if len(text) == 0 || len(text) > 39 {
		return h, false
	}
	for i := range len(text) {
		digit := uint64(text[i] - '0')
		if digit > 9 {
			return h, false
		}
		carry, low := bits.Mul64(h.low, 10)
		over, high := bits.Mul64(h.high, 10)
		low, more := bits.Add64(low, digit, 0)
		high, more = bits.Add64(high, carry, more)
		if over > 0 || more > 0 {
			return h, false
		}
		h = hash{high, low}
	}
	return h, true
}

// Range is the hash keys of a shard.
type Range struct{ from, to hash }

// NewRange reads the bounds of a shard's HashKeyRange, both included. Where one
// cannot be read it is taken for the whole range, outside of which is nothing.
func NewRange(from, to string) Range {
	first, ok := parseHash(from)
	last, also := parseHash(to)
	if !ok || !also {
		return Range{to: hash{math.MaxUint64, math.MaxUint64}}
	}
	return Range{first, last}
}

// All reports whether nothing is outside of the range.
func (r Range) All() bool {
	return r.from == hash{} && r.to == hash{math.MaxUint64, math.MaxUint64}
}

func (r Range) has(h hash) bool { return !h.less(r.from) && !r.to.less(h) }
