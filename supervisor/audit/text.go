package audit

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// maxShown is how many findings are shown one by one; -o json has all.
const maxShown = 20

// Text writes the report for people: an account of the rows from reading to
// the table, and below it whatever does not add up.
func (r *Report) Text(w io.Writer) error {
	out := bufio.NewWriter(w)
	s := &r.Sums
	fmt.Fprintf(out, "%-52s sources: %s\n", r.title(), r.Sources)
	line := func(sign, name string, n int64, say string) {
		fmt.Fprintf(out, "%-2s %-18s %14s   %s\n", sign, name, digits(n), say)
	}
	line("", "user records read", s.Read, "")
	line("-", "discarded", s.Discarded, "")
	if s.Filtered > 0 {
		line("-", "filtered", s.Filtered, "")
	}
	line("=", "appended", s.Appended, r.chains())
	line("=", "committed", s.Committed, r.counters())
	line("-", "rejected", s.Rejected, r.errorTable())
	if s.Table != nil {
		say := "ok"
		if s.Missing+s.Doubled > 0 {
			say = "differs"
		}
		line("=", "in table", s.Committed-s.Rejected, "SELECT "+digits(*s.Table)+"   "+say)
	} else {
		line("=", "in table", s.Committed-s.Rejected, "not counted")
	}
	fmt.Fprintf(out, "missing %s  doubled %s  gaps %s  unexplained %s     %s\n",
		digits(s.Missing), digits(s.Doubled), digits(s.Gaps), digits(s.Stretches), r.share())
	r.findings(out)
	for _, note := range r.Notes {
		fmt.Fprintf(out, "note: %s\n", note)
	}
	word := "EXACT"
	if !r.Exact {
		word = "NOT EXACT"
	}
	fmt.Fprintln(out, word)
	return out.Flush()
}

func (r *Report) title() string {
	text := r.Connector
	if !r.Since.IsZero() {
		text += " since " + r.Since.UTC().Format(time.RFC3339)
	}
	if !r.Until.IsZero() {
		text += " until " + r.Until.UTC().Format(time.RFC3339)
	}
	return text
}

// String names the sources.
func (s Sources) String() string {
	var asked []string
	for _, one := range []struct {
		name string
		was  bool
	}{{"leases", s.Leases}, {"channels", s.Channels}, {"table", s.Table}} {
		if one.was {
			asked = append(asked, one.name)
		}
	}
	return strings.Join(asked, ", ") + fmt.Sprintf("; ledgers of %d of %d nodes", s.Ledgers, s.Nodes)
}

// chains says how many shards' ledgers are without a hole.
func (r *Report) chains() string {
	closed, ended := 0, 0
	for i := range r.Shards {
		if r.Shards[i].Ended {
			ended++
		}
		whole := true
		for _, s := range r.Shards[i].Stretches {
			whole = whole && s.Verdict == Witnessed
		}
		if whole {
			closed++
		}
	}
	return fmt.Sprintf("%d of %d chains closed, %d ended", closed, len(r.Shards), ended)
}

func (r *Report) counters() string {
	text := "Snowflake's counters not comparable"
	if n := r.Sums.Snowflake; n != nil {
		text = "Snowflake's counters " + digits(*n)
	}
	return text + "   in flight " + digits(r.Sums.InFlight)
}

func (r *Report) errorTable() string {
	if n := r.Sums.ErrorTable; n != nil {
		return "ERROR_TABLE " + digits(*n)
	}
	return ""
}

// share is how much stands on whose word.
func (r *Report) share() string {
	if r.Sums.Committed == 0 {
		return "nothing was committed"
	}
	text := fmt.Sprintf("witnessed %.2f %%", 100*float64(r.Sums.Witnessed)/float64(r.Sums.Committed))
	if r.Sums.Bridged > 0 {
		text += ", bridged " + digits(r.Sums.Bridged) + " rows"
	}
	return text
}

func (r *Report) findings(out io.Writer) {
	shown, all := 0, 0
	for i := range r.Shards {
		sh := &r.Shards[i]
		for _, f := range sh.Findings {
			if all++; shown < maxShown {
				shown++
				fmt.Fprintf(out, "%s  %-8s  %s\n", sh.Shard, f.Kind, f.Text)
				if f.From != "" {
					fmt.Fprintf(out, "    after %s up to %s\n", f.From, f.To)
				}
			}
		}
		for _, s := range sh.Stretches {
			if s.Verdict != Unexplained || len(sh.Findings) > 0 {
				continue
			}
			if all++; shown < maxShown {
				shown++
				fmt.Fprintf(out, "%s  UNEXPLAINED  %s\n    after %s up to %s\n", sh.Shard, s.Why, s.From, s.To)
			}
		}
	}
	if all > shown {
		fmt.Fprintf(out, "and %d more; -o json lists all\n", all-shown)
	}
}

// digits writes a number in groups of three.
func digits(n int64) string {
	text := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, text = "-", text[1:]
	}
	var groups []string
	for len(text) > 3 {
		groups = append([]string{text[len(text)-3:]}, groups...)
		text = text[:len(text)-3]
	}
	return sign + strings.Join(append([]string{text}, groups...), ",")
}
