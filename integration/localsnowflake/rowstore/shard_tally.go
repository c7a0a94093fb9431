package rowstore

import (
	"bytes"
	"cmp"
	"strconv"
)

// ShardTally sums up the rows of one shard in the order of their commits. Who
// puts the records can keep one too, and compare.
type ShardTally struct {
	Rows      int64
	Sequence  string // of the last row
	Sub       int64  // sub-sequence number of the last row
	Repeats   int64  // rows at the position of the row before: several rows of one record, or a duplicate
	Backwards int64  // rows at a lower position than the row before: out of order, or a duplicate
	// Checksum is FNV-1a (64 bit) over "<sequence>.<sub>\n" of each row in
	// order; 0 when there was none.
	Checksum uint64
}

const (
	fnvOffset = 14695981039346656037
	fnvPrime  = 1099511628211
)

// Add counts one row. Sequence numbers are decimal digits without leading
// zeros: the longer is the larger.
func (t *ShardTally) Add(sequence []byte, sub int64) {
	if t.Rows == 0 {
		t.Checksum = fnvOffset
	} else {
		switch t.compare(sequence, sub) {
		case 0:
			t.Repeats++
		case -1:
			t.Backwards++
		}
	}
	t.Rows++
	if t.Sequence != string(sequence) {
		t.Sequence = string(sequence)
	}
	t.Sub = sub
	sum := fold(t.Checksum, sequence)
	var tail [24]byte
	t.Checksum = fold(sum, append(strconv.AppendInt(append(tail[:0], '.'), sub, 10), '\n'))
}

// compare holds a position against the last row's: 1 is after it.
func (t *ShardTally) compare(sequence []byte, sub int64) int {
	return cmp.Or(
		cmp.Compare(len(sequence), len(t.Sequence)),
		bytes.Compare(sequence, []byte(t.Sequence)),
		cmp.Compare(sub, t.Sub),
	)
}

func fold(sum uint64, text []byte) uint64 {
	for _, c := range text {
		sum = (sum ^ uint64(c)) * fnvPrime
	}
	return sum
}
