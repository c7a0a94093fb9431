package localsnowflake

import (
	"strconv"
	"strings"
)

// continuation is what a continuation token says: which opening, and which
// append of it comes next. Clients must not look inside; the form is the one
// seen in the open (spec 1.12).
type continuation struct {
	client int64 // client sequencer, counts openings
	row    int64 // row sequencer, counts appends
}

func (c continuation) String() string {
	return strconv.FormatInt(c.client, 10) + "_" + strconv.FormatInt(c.row, 10)
}

func parseContinuation(s string) (continuation, bool) {
	client, row, ok := strings.Cut(s, "_")
	c, err1 := strconv.ParseInt(client, 10, 64)
	r, err2 := strconv.ParseInt(row, 10, 64)
	t := continuation{client: c, row: r}
	return t, ok && err1 == nil && err2 == nil && t.String() == s && c >= 0 && r >= 0
}
