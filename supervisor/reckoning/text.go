package reckoning

import (
	"fmt"
	"io"
	"strings"

	"github.com/dustin/go-humanize"
)

// Line writes one line of an account: a sign, what is counted, how many, and
// what else there is to say.
func Line(out io.Writer, sign, name string, n int64, say string) {
	fmt.Fprintln(out, strings.TrimRight(fmt.Sprintf("%1s %-17s %15s   %s", sign, name, humanize.Comma(n), say), " "))
}

// Same is the word for whether two who counted the same agree.
func Same(ok bool) string {
	if ok {
		return "ok"
	}
	return "DIFFERS"
}

// BySnowflake is Snowflake's own count of the rows that were committed, and whether
// it agrees; "" where none were, and there is nothing to compare.
func (r *Rows) BySnowflake(agrees bool) string {
	switch {
	case r.Snowflake != nil:
		return "Snowflake counted " + humanize.Comma(*r.Snowflake) + "   " + Same(agrees)
	case r.Committed > 0:
		return "Snowflake's counters do not compare"
	}
	return ""
}
