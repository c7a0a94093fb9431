package audit

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"github.com/kinesnow/kinesnow/supervisor/reckoning"
)

// maxShown is how many findings are shown one by one; -o json has all.
const maxShown = 20

// Text writes the report for people, in lines of up to 80 columns: an account of
// the rows from reading to the table, on whose word it stands, and whatever does
// not add up.
func (r *Report) Text(w io.Writer) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "%s\nsources: %s\n", r.title(), r.sources())
	r.account(out)
	s := &r.Sums
	fmt.Fprintf(out, "missing %s  doubled %s  strange %s  altered %s  gaps %s  unexplained %s\n",
		humanize.Comma(s.Missing), humanize.Comma(s.Doubled), humanize.Comma(s.Strange), humanize.Comma(s.Altered), humanize.Comma(s.Gaps), humanize.Comma(s.Stretches))
	r.verdicts(out)
	r.findings(out)
	for _, note := range r.aside() {
		hang(out, "note: ", note)
	}
	if r.CountsOnly != "" {
		hang(out, "counts only: ", r.CountsOnly)
	}
	fmt.Fprintln(out, r.word())
	return out.Flush()
}

// word is the verdict in a word or two.
func (r *Report) word() string {
	switch {
	case r.unknown():
		return "UNKNOWN: not everybody could be asked"
	case !r.Exact:
		return "NOT EXACT"
	case r.CountsOnly != "":
		return "EXACT, by counts only"
	}
	return "EXACT"
}

// account is what went in and what came out.
func (r *Report) account(out io.Writer) {
	s := &r.Sums
	line := func(sign, name string, n int64, say string) { reckoning.Line(out, sign, name, n, say) }
	line("", "user records read", s.Read, "")
	line("-", "discarded", s.Discarded, kept("dead letters on file", s.Letters, s.Discarded))
	if s.Filtered > 0 {
		line("-", "filtered", s.Filtered, "")
	}
	line("=", "appended", s.Appended, r.ledgers())
	line("=", "committed", s.Committed, r.counters())
	line("-", "rejected", s.Rejected, kept("rows in ERROR_TABLE", s.ErrorTable, s.Rejected))
	if s.Again > 0 {
		line("+", "replayed", s.Replayed, count(s.Again, "dead letter")+" sent again")
	}
	say := "the table was not counted"
	switch {
	case s.Counted != nil:
		say = "the table has " + humanize.Comma(*s.Counted) + "   " + reckoning.Same(s.Missing == 0)
	case s.Table != nil:
		say = "the table has " + humanize.Comma(*s.Table) + "   " + reckoning.Same(s.Missing+s.Doubled+s.Strange+s.Altered == 0 && *s.Table == s.Committed-s.Rejected+s.Replayed)
	}
	line("=", "in table", s.Committed-s.Rejected+s.Replayed, say)
}

// kept says how many of something are still where they were put.
func kept(what string, found *int64, want int64) string {
	if found == nil {
		return ""
	}
	return what + " " + humanize.Comma(*found) + "   " + reckoning.Same(*found >= want)
}

func (r *Report) title() string {
	text := "audit of " + r.Connector
	if !r.Since.IsZero() {
		text += ", accepted since " + r.Since.UTC().Format(time.RFC3339)
	}
	if !r.Until.IsZero() {
		text += ", accepted until " + r.Until.UTC().Format(time.RFC3339)
	}
	return text
}

// sources names them, the table as it could be asked.
func (r *Report) sources() string {
	text := r.Sources.String()
	if r.CountsOnly != "" {
		text = strings.Replace(text, "no table", "table by counts only", 1)
	}
	return text
}

// String names the sources, and those that could not be asked.
func (s Sources) String() string {
	text := ""
	for _, one := range []struct {
		name string
		was  bool
	}{{"leases", s.Leases}, {"channels", s.Channels}, {"table", s.Table}} {
		if one.was {
			text += one.name + ", "
		} else {
			text += "no " + one.name + ", "
		}
	}
	return text + fmt.Sprintf("ledgers of %d of %s", s.Ledgers, count(int64(s.Nodes), "node"))
}

// ledgers says how many shards' ledgers are without a hole.
func (r *Report) ledgers() string {
	whole := 0
	for i := range r.Shards {
		covered := true
		for _, s := range r.Shards[i].Stretches {
			covered = covered && s.Ledger
		}
		if covered {
			whole++
		}
	}
	return fmt.Sprintf("ledgers whole for %d of %s", whole, count(int64(len(r.Shards)), "shard"))
}

// counters are Snowflake's beside ours, and what it has not committed yet.
func (r *Report) counters() string {
	text := r.Sums.BySnowflake(!r.has(WrongCounters))
	if r.Sums.InFlight > 0 {
		text += "   in flight " + humanize.Comma(r.Sums.InFlight)
	}
	return strings.TrimSpace(text)
}

// has reports whether there is a finding of a kind.
func (r *Report) has(k Kind) bool {
	is := func(f Finding) bool { return f.Kind == k }
	return slices.ContainsFunc(r.Findings, is) || slices.ContainsFunc(r.Shards, func(s Shard) bool { return slices.ContainsFunc(s.Findings, is) })
}

// verdicts say how much stands on whose word.
func (r *Report) verdicts(out io.Writer) {
	s := &r.Sums
	line := func(name string, n int64, why string) {
		share := 100.0
		if s.Committed > 0 {
			share = 100 * float64(n) / float64(s.Committed)
		}
		fmt.Fprintf(out, "%-11s %8s %15s   %s\n", name, percent(share, n < s.Committed), humanize.Comma(n), why)
	}
	line("witnessed", s.Witnessed, "a ledger has every batch of it")
	if s.Holes > 0 {
		line("bridged", s.Bridged, count(s.Holes, "hole")+" in the ledgers, all else agrees")
	}
	if s.Stretches > 0 {
		line("unexplained", s.Unexplained, "in "+count(s.Stretches, "stretch")+", for the reasons below")
	}
}

// percent never rounds a part up to the whole.
func percent(share float64, part bool) string {
	if part && share > 99.99 {
		share = 99.99
	}
	return fmt.Sprintf("%.2f %%", share)
}

func (r *Report) findings(out io.Writer) {
	all := 0
	show := func(subject, kind, text, from, to string) {
		if all++; all > maxShown {
			return
		}
		fmt.Fprintf(out, "\n%s  %s\n", subject, kind)
		hang(out, "    ", text)
		if to != "" {
			fmt.Fprintf(out, "    after  %s\n    up to  %s\n", place(from), place(to))
		}
	}
	for _, f := range r.Findings {
		show(r.Connector, string(f.Kind), f.Text, f.From, f.To)
	}
	for i := range r.Shards {
		sh := &r.Shards[i]
		for _, f := range sh.Findings {
			show(string(sh.Shard), string(f.Kind), f.Text, f.From, f.To)
		}
		for _, s := range sh.Stretches {
			if s.Verdict == Unexplained && len(sh.Findings) == 0 {
				show(string(sh.Shard), "UNEXPLAINED", s.Why, s.From, s.To)
			}
		}
	}
	if all > maxShown {
		fmt.Fprintf(out, "and %d more; -o json lists all\n", all-maxShown)
	}
	if all > 0 {
		fmt.Fprintln(out)
	}
}

// place is a position for people.
func place(position string) string {
	switch position {
	case "":
		return "the beginning"
	case farthest.String():
		return "the end"
	}
	return position
}
