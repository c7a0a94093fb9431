package snowpipe

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"
)

// The service's answers differ from their documentation, and among
// themselves, in how they write a value. These types take every spelling seen
// and never fail: what cannot be read is as if it were not there.

// flexText is a string, a number, or null.
type flexText string

// UnmarshalJSON implements json.Unmarshaler.
func (t *flexText) UnmarshalJSON(raw []byte) error {
	var s string
	switch {
	case json.Unmarshal(raw, &s) == nil:
		*t = flexText(s)
	case len(raw) > 0 && (raw[0] == '-' || raw[0] >= '0' && raw[0] <= '9'):
		*t = flexText(raw)
	}
	return nil
}

// flexInt is a number, a numeric string, or null.
type flexInt int64

// UnmarshalJSON implements json.Unmarshaler.
func (n *flexInt) UnmarshalJSON(raw []byte) error {
	text := string(bytes.Trim(raw, `"`))
	if i, err := strconv.ParseInt(text, 10, 64); err == nil {
		*n = flexInt(i)
	} else if f, err := strconv.ParseFloat(text, 64); err == nil && math.Abs(f) < 1<<62 {
		*n = flexInt(f)
	}
	return nil
}

// flexTime is milliseconds since 1970 as number or string, an RFC 3339 text,
// or null.
type flexTime time.Time

// UnmarshalJSON implements json.Unmarshaler.
func (t *flexTime) UnmarshalJSON(raw []byte) error {
	var ms flexInt
	_ = ms.UnmarshalJSON(raw)
	if ms > 0 {
		*t = flexTime(time.UnixMilli(int64(ms)).UTC())
		return nil
	}
	text := strings.Trim(string(raw), `"`)
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02T15:04:05.999999999"} {
		if at, err := time.Parse(layout, text); err == nil {
			*t = flexTime(at.UTC())
			return nil
		}
	}
	return nil
}
