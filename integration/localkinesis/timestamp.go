package localkinesis

import (
	"math"
	"strconv"
)

// seconds is a time in ms since the epoch that is written as the service
// writes one: seconds, as Java prints a double, e.g. 1.441215410867E9 (sample
// answer of the GetRecords reference).
type seconds int64

// MarshalJSON implements json.Marshaler.
func (s seconds) MarshalJSON() ([]byte, error) { return appendSeconds(nil, int64(s)), nil }

func appendSeconds(b []byte, ms int64) []byte {
	if ms < 1e10 { // before 1970-04-26, where Java prints no exponent
		return strconv.AppendFloat(b, float64(ms)/1000, 'f', -1, 64)
	}
	var buffer [20]byte
	digits := strconv.AppendInt(buffer[:0], ms, 10)
	exponent := len(digits) - 4 // the last three digits are the fraction
	significant := len(digits)
	for significant > 2 && digits[significant-1] == '0' {
		significant--
	}
	b = append(b, digits[0], '.')
	b = append(b, digits[1:significant]...)
	b = append(b, 'E')
	return strconv.AppendInt(b, int64(exponent), 10)
}

// roundMillis rounds, because a double of seconds lies beside the exact ms. What
// no int64 holds becomes a time as far away as can be.
func roundMillis(s float64) int64 { return int64(max(-1<<62, min(1<<62, math.Round(s*1000)))) }
