package localkinesis

import (
	"crypto/md5"
	"encoding/binary"
	"math/big"
	"math/bits"
)

// hashKey is an unsigned 128-bit number: a place in the key space that the
// open shards of a stream share among them.
type hashKey struct{ hi, lo uint64 }

var maxHashKey = hashKey{^uint64(0), ^uint64(0)}

// hashOf is the MD5 of a partition key, read as a big-endian number.
func hashOf(partitionKey []byte) hashKey {
	sum := md5.Sum(partitionKey)
	return hashKey{binary.BigEndian.Uint64(sum[:8]), binary.BigEndian.Uint64(sum[8:])}
}

// parseHashKey reads a decimal of at most 39 digits. ok is false from 2^128 on.
func parseHashKey(s string) (k hashKey, ok bool) {
	for i := range len(s) {
		carry, lo := bits.Mul64(k.lo, 10)
		over, hi := bits.Mul64(k.hi, 10)
		var c uint64
		lo, c = bits.Add64(lo, uint64(s[i]-'0'), 0)
		carry += c
		hi, c = bits.Add64(hi, carry, 0)
		if over+c != 0 {
			return hashKey{}, false
		}
		k = hashKey{hi, lo}
	}
	return k, true
}

func (k hashKey) big() *big.Int {
	n := new(big.Int).SetUint64(k.hi)
	return n.Or(n.Lsh(n, 64), new(big.Int).SetUint64(k.lo))
}

// String is the decimal form.
func (k hashKey) String() string { return k.big().String() }

func (k hashKey) less(o hashKey) bool { return k.hi < o.hi || k.hi == o.hi && k.lo < o.lo }

func (k hashKey) next() hashKey {
	lo, carry := bits.Add64(k.lo, 1, 0)
	return hashKey{k.hi + carry, lo}
}

func (k hashKey) previous() hashKey {
	lo, borrow := bits.Sub64(k.lo, 1, 0)
	return hashKey{k.hi - borrow, lo}
}

// hashRange is the part of the key space that one shard owns, ends included.
type hashRange struct{ start, end hashKey }

// uniform cuts the key space into n ranges as CreateStream does: all of the
// same size, what is left over goes to the last.
func uniform(n int) []hashRange {
	space := new(big.Int).Lsh(big.NewInt(1), 128)
	step := space.Div(space, big.NewInt(int64(n)))
	ranges := make([]hashRange, n)
	for i := range ranges {
		start := new(big.Int).Mul(step, big.NewInt(int64(i)))
		ranges[i].start = hashKey{new(big.Int).Rsh(start, 64).Uint64(), new(big.Int).And(start, maxUint64).Uint64()}
		if i > 0 {
			ranges[i-1].end = ranges[i].start.previous()
		}
	}
	ranges[n-1].end = maxHashKey
	return ranges
}

var maxUint64 = new(big.Int).SetUint64(^uint64(0))

// middle is the key at which a range is halved: the start of the upper half.
func (r hashRange) middle() hashKey {
	lo, carry := bits.Add64(r.start.lo, r.end.lo, 0)
	hi, carry := bits.Add64(r.start.hi, r.end.hi, carry)
	return hashKey{hi>>1 | carry<<63, lo>>1 | hi<<63}.next()
}
