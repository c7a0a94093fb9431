package replay

import (
	"bufio"
	"fmt"
	"io"
	"time"

	"github.com/dustin/go-humanize"
)

// maxCauses is how many causes are shown one by one; -o json has all.
const maxCauses = 10

// Text writes the account for people.
func (r *LettersReport) Text(w io.Writer) error {
	out := bufio.NewWriter(w)
	if r.Plan {
		fmt.Fprintf(out, "%s: %s can become %s of %s\n", r.Connector, letters(r.Letters), rowsOf(r.Rows), printable(r.Table))
	} else {
		fmt.Fprintf(out, "%s: %s sent again, %s of %s\n", r.Connector, letters(r.Letters), rowsOf(r.Rows), printable(r.Table))
	}
	if r.Filtered > 0 {
		fmt.Fprintf(out, "%s filtered out by a transform now\n", letters(r.Filtered))
	}
	for _, one := range r.Replays {
		in := "the table was not counted"
		if one.InTable != nil {
			in = "in table " + humanize.Comma(*one.InTable)
		}
		over := ""
		if !one.Done {
			over = "   NOT OVER"
		}
		fmt.Fprintf(out, "  %s   %s   rows %s   committed %s   rejected %s   %s%s\n", one.ID, letters(one.Letters), humanize.Comma(one.Rows), humanize.Comma(one.Committed), humanize.Comma(one.Rejected), in, over)
	}
	if r.Waiting > 0 {
		fmt.Fprintf(out, "%s still waiting:\n", letters(r.Waiting))
		writeCauses(out, r.Causes)
	}
	if r.Early > 0 {
		fmt.Fprintf(out, "%s of them cannot be sent yet: the connector has not passed their records, and may still make rows of them itself\n", humanize.Comma(r.Early))
	}
	if r.Foreign > 0 {
		fmt.Fprintf(out, "%s of another stream left alone\n", letters(r.Foreign))
	}
	for i, f := range r.Findings {
		if i == maxShown {
			fmt.Fprintf(out, "and %d more; -o json lists all\n", len(r.Findings)-maxShown)
			break
		}
		fmt.Fprintln(out, printable(f))
	}
	for _, n := range r.Notes {
		fmt.Fprintln(out, "note: "+printable(n))
	}
	switch {
	case r.Plan && r.Letters == 0 && len(r.Notes) == 0: // a note may tell of one that is gone on with
		fmt.Fprintln(out, "nothing was done")
	case r.Plan:
		fmt.Fprintln(out, "nothing was done: leave out --plan to send them")
	case r.Exact && len(r.Replays) == 0:
		fmt.Fprintln(out, "nothing was sent")
	case r.Exact && r.Waiting > 0:
		fmt.Fprintf(out, "EXACT   %s still waiting\n", letters(r.Waiting))
	case r.Exact:
		fmt.Fprintln(out, "EXACT")
	default:
		fmt.Fprintln(out, "NOT EXACT")
	}
	return out.Flush()
}

func writeCauses(out io.Writer, causes []CauseCount) {
	for i, c := range causes {
		if i == maxCauses {
			fmt.Fprintf(out, "  and %s more; -o json lists all\n", plural(len(causes)-maxCauses, "cause"))
			break
		}
		fmt.Fprintf(out, "  %9s   %s\n", humanize.Comma(c.Letters), clip(printable(c.Cause), 100))
	}
}

func letters(n int64) string { return plural(int(n), "letter") }

func rowsOf(n int64) string { return plural(int(n), "row") }

// when is a time for people.
func when(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format("2006-01-02T15:04:05Z")
}
