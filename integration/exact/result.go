package exact

import (
	"fmt"

	"github.com/dustin/go-humanize"
)

// Result counts what a comparison found.
type Result struct {
	Put, Table                                     int64
	Missing, Doubled, Disordered, Changed, Strange int64
	Details                                        []string // of the first differences
}

// maxDetails bounds how many differences are listed.
const maxDetails = 20

// Exact reports whether everything is there once, in order and unchanged.
func (r *Result) Exact() bool {
	return r.Put == r.Table && r.Missing+r.Doubled+r.Disordered+r.Changed+r.Strange == 0
}

// Counts is the result in one line, without a verdict.
func (r *Result) Counts() string {
	return fmt.Sprintf("put %s   in table %s   missing %s   doubled %s   out of order %s   values changed %s", humanize.Comma(r.Put), humanize.Comma(r.Table),
		humanize.Comma(r.Missing), humanize.Comma(r.Doubled), humanize.Comma(r.Disordered), humanize.Comma(r.Changed+r.Strange))
}

// Verdict is EXACT or NOT EXACT.
func Verdict(exact bool) string {
	if exact {
		return "EXACT"
	}
	return "NOT EXACT"
}

// Stranger counts a row that nobody put.
func (r *Result) Stranger(format string, args ...any) {
	r.Strange++
	r.tell(format, args...)
}

// Change counts a row that differs from what was put.
func (r *Result) Change(format string, args ...any) {
	r.Changed++
	r.tell(format, args...)
}

func (r *Result) tell(format string, args ...any) {
	if len(r.Details) < maxDetails {
		r.Details = append(r.Details, fmt.Sprintf(format, args...))
	}
}
