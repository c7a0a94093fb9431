package doctor

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/kinesnow/kinesnow/supervisor/paragraph"
)

// The columns of the text: state, area, and sentences that are folded.
const (
	stateWidth = 9
	areaWidth  = 11
	lineWidth  = 98
)

// Text writes the report for people: the findings, what to paste, the counts.
func (r *Report) Text(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %s/%s -> %s\n", r.Connector, r.Region, r.Stream, r.Target)
	for i := range r.Findings {
		r.Findings[i].write(&b)
	}
	if r.IAM != nil {
		policy, err := json.MarshalIndent(r.IAM, "", "  ")
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "\nIAM policy to add (kinesnow setup iam %s prints all of it):\n%s\n", r.Connector, policy)
	}
	if len(r.SQL) > 0 {
		fmt.Fprintf(&b, "\nSQL, as who owns these objects or may grant on them (SECURITYADMIN):\n")
		for _, statement := range r.SQL {
			fmt.Fprintln(&b, statement)
		}
	}
	fmt.Fprintf(&b, "\n%s: %s\n", r.Connector, r.counts())
	_, err := io.WriteString(w, b.String())
	return err
}

// counts are the last line.
func (r *Report) counts() string {
	var parts []string
	for _, c := range []struct {
		n         int
		one, many string
	}{{r.Missing, "missing", "missing"}, {r.Warnings, "warning", "warnings"}, {r.Untested, "untested", "untested"}, {r.OK, "ok", "ok"}} {
		switch {
		case c.n == 1:
			parts = append(parts, "1 "+c.one)
		case c.n > 1:
			parts = append(parts, fmt.Sprintf("%d %s", c.n, c.many))
		}
	}
	return strings.Join(parts, ", ")
}

func (f *Finding) write(b *strings.Builder) {
	const indent = stateWidth + areaWidth
	fmt.Fprintf(b, "%-*s%-*s", stateWidth, f.State, areaWidth, f.Area)
	lines := paragraph.Fold(f.Text, lineWidth-indent)
	todo := f.Todo
	if todo == "" && len(f.SQL) > 0 {
		todo = "the SQL below"
	}
	if todo != "" {
		todo = "-> " + todo
		last := len(lines) - 1
		if utf8.RuneCountInString(lines[last])+2+utf8.RuneCountInString(todo) <= lineWidth-indent {
			lines[last] += "  " + todo
		} else {
			for i, line := range paragraph.Fold(todo, lineWidth-indent-3) {
				if i > 0 {
					line = "   " + line
				}
				lines = append(lines, line)
			}
		}
	}
	b.WriteString(strings.Join(lines, "\n"+strings.Repeat(" ", indent)))
	b.WriteByte('\n')
}

// article goes before a word: an Iceberg table, a table.
func article(word string) string {
	if word != "" && strings.Contains("AEIOUaeiou", word[:1]) {
		return "an"
	}
	return "a"
}
