package judge

import (
	"fmt"
	"io"
	"runtime"
	"strings"
	"text/tabwriter"
	"time"
)

// Tally is what came of all judges.
type Tally struct {
	Judges, Agree, Disagree, NotJudged int
	Operations, Against                int
}

// Count sums up verdicts.
func Count(verdicts []Verdict) Tally {
	t := Tally{Judges: len(verdicts)}
	for _, v := range verdicts {
		t.Operations += len(v.Findings)
		t.Against += len(v.Disagreements())
		switch {
		case v.NotJudged != "":
			t.NotJudged++
		case v.Agrees():
			t.Agree++
		default:
			t.Disagree++
		}
	}
	return t
}

func (t Tally) String() string {
	return fmt.Sprintf("%d judges: %d agree, %d disagree, %d not judged; %d operations, %d against",
		t.Judges, t.Agree, t.Disagree, t.NotJudged, t.Operations, t.Against)
}

// Print writes the table for a terminal.
func Print(out io.Writer, verdicts []Verdict) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "judge\tversion\tof\toperation\tresult\t")
	for _, row := range rows(verdicts) {
		fmt.Fprintln(w, strings.Join(row[:5], "\t")+"\t"+row[5])
	}
	return w.Flush()
}

// Record writes the table as a page of Markdown.
func Record(out io.Writer, verdicts []Verdict, on time.Time) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# Judges\n\nWhat clients and servers that nobody of this project wrote say of it. `make judges` runs them; this is the table of\n"+
		"the last full run, %s on %s/%s with %d CPUs.\n\n**%s.**\n", on.UTC().Format(time.DateOnly), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), Count(verdicts))
	for _, v := range verdicts {
		fmt.Fprintf(&b, "\n## %s %s on %s\n\n", v.Judge.Name, v.Judge.Version, v.Judge.Of)
		if v.NotJudged != "" {
			fmt.Fprintf(&b, "**Not judged**: %s\n", cell(v.NotJudged))
			continue
		}
		b.WriteString("| operation | result | what was compared |\n|---|---|---|\n")
		for _, row := range rows([]Verdict{v}) {
			fmt.Fprintf(&b, "| %s | %s | %s |\n", cell(row[3]), row[4], cell(row[5]))
		}
	}
	_, err := io.WriteString(out, b.String())
	return err
}

func cell(text string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(text), " "), "|", "\\|")
}

// rows are judge, version, of, operation, result and detail.
func rows(verdicts []Verdict) [][6]string {
	var out [][6]string
	for _, v := range verdicts {
		name := [3]string{v.Judge.Name, v.Judge.Version, v.Judge.Of}
		add := func(operation, result, detail string) {
			out = append(out, [6]string{name[0], name[1], name[2], operation, result, detail})
		}
		if v.NotJudged != "" {
			add("", "not judged", v.NotJudged)
			continue
		}
		for _, f := range v.Findings {
			if f.Agrees {
				add(f.Operation, "agrees", f.Detail)
			}
		}
		for _, f := range v.Disagreements() {
			add(f.Operation, "DISAGREES", f.Detail)
		}
	}
	return out
}
