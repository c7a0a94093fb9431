package localkinesis

import "math/bits"

// sequence is a sequence number: 47 hex digits that are written in decimal, 56
// digits beginning with 49. Read as hex it is
//
//	2 | shard creation s: 9 | shard number, low digit: 1 | index: 16 | 00 | time s: 9 | shard number: 8 | 2
//
// which is the layout found in the service's numbers (specs/kinesis-consumption.md
// 4.3). It orders records by index within a shard, and children behind their
// parents because they were created later.
type sequence struct{ hi, mid, lo uint64 }

// lastIndex stands in the number that ends a closed shard.
const lastIndex = 1<<63 - 1

// newSequence numbers a record. created and at are seconds since the epoch; the
// record of index 0 is the shard's beginning and holds no data.
func newSequence(created int64, shard uint32, index, at int64) sequence {
	i := uint64(index)
	return sequence{
		hi:  2<<56 | uint64(created)<<20 | uint64(shard&0xf)<<16 | i>>48,
		mid: i<<16 | uint64(at)>>28,
		lo:  uint64(at)<<36 | uint64(shard)<<4 | 2,
	}
}

func (s sequence) created() int64 { return int64(s.hi >> 20 & (1<<36 - 1)) }
func (s sequence) index() int64   { return int64(s.hi<<48 | s.mid>>16) }
func (s sequence) seconds() int64 { return int64(s.mid&0xff<<28 | s.lo>>36) }
func (s sequence) shard() uint32  { return uint32(s.lo >> 4) }

func (s sequence) less(o sequence) bool {
	if s.hi != o.hi {
		return s.hi < o.hi
	}
	if s.mid != o.mid {
		return s.mid < o.mid
	}
	return s.lo < o.lo
}

// parseSequence reads decimal digits. ok is false for a number that does not
// have the layout.
func parseSequence(digits string) (s sequence, ok bool) {
	if len(digits) != 56 {
		return s, false
	}
	for i := range len(digits) {
		var carry, c uint64
		carry, s.lo = bits.Mul64(s.lo, 10)
		s.lo, c = bits.Add64(s.lo, uint64(digits[i]-'0'), 0)
		over, mid := bits.Mul64(s.mid, 10)
		s.mid, c = bits.Add64(mid, carry+c, 0)
		s.hi = s.hi*10 + over + c // 56 digits fit in 187 bits
	}
	version, unused := s.lo&0xf, s.mid>>8&0xff
	return s, s.hi>>56 == 2 && version == 2 && unused == 0 && s.index() >= 0
}

// String is the decimal form.
func (s sequence) String() string { return string(s.append(nil)) }

func (s sequence) append(b []byte) []byte {
	const block = 1e19 // the largest power of ten in 64 bits
	var low, mid uint64
	s, low = s.divide(block)
	s, mid = s.divide(block)
	var digits [57]byte
	putDigits(digits[38:57], low)
	putDigits(digits[19:38], mid)
	putDigits(digits[0:19], s.lo)
	return append(b, digits[1:]...)
}

func (s sequence) divide(by uint64) (quotient sequence, rest uint64) {
	quotient.hi, rest = bits.Div64(0, s.hi, by)
	quotient.mid, rest = bits.Div64(rest, s.mid, by)
	quotient.lo, rest = bits.Div64(rest, s.lo, by)
	return quotient, rest
}

func putDigits(b []byte, n uint64) {
	for i := len(b) - 1; i >= 0; i-- {
		b[i] = byte('0' + n%10)
		n /= 10
	}
}
