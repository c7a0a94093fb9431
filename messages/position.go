package messages

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// MaxSequenceDigits bounds a sequence number: the Kinesis API's own pattern
// for it is 0|([1-9]\d{0,128}).
const MaxSequenceDigits = 129

// Whole is the sub-sequence number that stands for every sub-record of a
// Kinesis record (P1). It is larger than any index and is written "*".
const Whole int64 = math.MaxInt64

// SequenceNumber is a Kinesis sequence number: decimal digits without leading
// zeros, up to MaxSequenceDigits of them. "" is before every record.
type SequenceNumber string

// Compare orders by number of digits, then by the digits: numerically.
func (s SequenceNumber) Compare(o SequenceNumber) int {
	if len(s) != len(o) {
		if len(s) < len(o) {
			return -1
		}
		return 1
	}
	return strings.Compare(string(s), string(o))
}

// Valid reports whether s is made as the Kinesis API makes them.
func (s SequenceNumber) Valid() bool {
	if s == "" || len(s) > MaxSequenceDigits || s[0] == '0' && len(s) > 1 {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// Position is a place in a shard: a record and an index inside it (P1). The
// zero Position is before the first record.
type Position struct {
	Seq SequenceNumber `msgpack:"seq"`
	Sub int64          `msgpack:"sub"` // index in the aggregate, 0 for a plain record, or Whole
}

// IsZero reports whether p is before the first record.
func (p Position) IsZero() bool { return p.Seq == "" }

// Compare orders by sequence number, then by sub-sequence number.
func (p Position) Compare(o Position) int {
	if c := p.Seq.Compare(o.Seq); c != 0 {
		return c
	}
	switch {
	case p.Sub < o.Sub:
		return -1
	case p.Sub > o.Sub:
		return 1
	}
	return 0
}

// Covers reports whether everything up to o is also up to p.
func (p Position) Covers(o Position) bool { return p.Compare(o) >= 0 }

// String writes SEQ/SUB, with "*" for Whole and "start" for the zero Position.
func (p Position) String() string {
	if p.IsZero() {
		return "start"
	}
	return string(p.Seq) + "/" + subText(p.Sub)
}

// ParsePosition reads what String writes, and a bare sequence number, which
// means the whole record.
func ParsePosition(text string) (Position, error) {
	seq, sub, ok := strings.Cut(text, "/")
	if !ok {
		sub = "*"
	}
	n, err := parseSub(sub)
	if err != nil || !SequenceNumber(seq).Valid() {
		return Position{}, fmt.Errorf("position %q: want SEQUENCE or SEQUENCE/SUB, digits without leading zeros, SUB a number or *", text)
	}
	return Position{SequenceNumber(seq), n}, nil
}

func subText(sub int64) string {
	if sub == Whole {
		return "*"
	}
	return strconv.FormatInt(sub, 10)
}

func parseSub(text string) (int64, error) {
	if text == "*" {
		return Whole, nil
	}
	n, err := strconv.ParseUint(text, 10, 62)
	if err != nil || strconv.FormatUint(n, 10) != text {
		return 0, fmt.Errorf("sub-sequence number %q: want a number without leading zeros, or *", text)
	}
	return int64(n), nil
}
