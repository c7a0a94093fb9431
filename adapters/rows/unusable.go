package rows

import "strconv"

// Unusable says why a payload makes no row. The text holds nothing of the
// payload, for it goes into the ledger.
type Unusable struct {
	Cause string
	At    int // byte of the payload where reading ended; -1 where the cause has no place
}

func (u *Unusable) Error() string {
	if u.At < 0 {
		return u.Cause
	}
	return u.Cause + " at byte " + strconv.Itoa(u.At)
}

// The causes.
const (
	causeEmpty      = "empty payload"
	causeNoObject   = "not a JSON object"
	causeMark       = "begins with a byte order mark"
	causeEmptyArray = "array without an object"
	causeElement    = "array element is not a JSON object"
	causeBehind     = "bytes behind the JSON value"
	causeTruncated  = "truncated"
	causeUnexpected = "unexpected character"
	causeControl    = "control character in a string"
	causeEscape     = "bad escape in a string"
	causeSurrogate  = "lone surrogate in a string"
	causeUTF8       = "invalid UTF-8"
	causeNumber     = "bad number"
	causeDepth      = "nested deeper than 200 levels"
	causeSize       = "rows of one record exceed 16 MiB"
	causeKeys       = "an object has more than 2000 keys, and each would be a column"
	causeRounded    = "a fraction for a column of integers, which would be rounded"
	causeName       = "a key can be no column: it is empty, longer than 255 characters, or has a control character"
)
