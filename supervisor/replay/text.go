package replay

import (
	"bufio"
	"fmt"
	"io"

	"github.com/dustin/go-humanize"

	"github.com/kinesnow/kinesnow/supervisor/reckoning"
)

// maxShown is how many findings are shown one by one; -o json has all.
const maxShown = 20

// Text writes the account for people.
func (r *Report) Text(w io.Writer) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "replay %s of %s: %s -> %s\n", r.ID, r.Connector, r.Stream, printable(r.Table))
	shards := plural(len(r.Shards), "shard")
	if r.Range.Shard != "" {
		shards = string(r.Range.Shard)
	}
	fmt.Fprintf(out, "from %s  to %s   %s\n", r.Range.From, r.Range.To, shards)
	s := &r.Sums
	reckoning.Line(out, "", "user records read", s.Read, "")
	reckoning.Line(out, "-", "discarded", s.Discarded, "")
	if s.Filtered > 0 {
		reckoning.Line(out, "-", "filtered", s.Filtered, "")
	}
	reckoning.Line(out, "=", "appended", s.Appended, "")
	reckoning.Line(out, "=", "committed", s.Committed, s.BySnowflake(s.Snowflake != nil && *s.Snowflake == s.Committed))
	reckoning.Line(out, "-", "rejected", s.Rejected, "")
	say := "the table was not counted"
	if s.Table != nil {
		say = "the table has " + humanize.Comma(*s.Table) + "   " + reckoning.Same(*s.Table == s.Committed-s.Rejected)
	}
	reckoning.Line(out, "=", "in table", s.Committed-s.Rejected, say)
	ended := 0
	for i := range r.Shards {
		if r.Shards[i].Ended {
			ended++
		}
	}
	fmt.Fprintf(out, "gaps %s   shards read to the end %d of %d   channels dropped %d\n", humanize.Comma(s.Gaps), ended, len(r.Shards), r.Dropped)
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
	word := "EXACT"
	if !r.Exact {
		word = "NOT EXACT"
	}
	fmt.Fprintln(out, word)
	return out.Flush()
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return humanize.Comma(int64(n)) + " " + noun + "s"
}
