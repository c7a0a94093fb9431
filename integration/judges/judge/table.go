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
	Operations, Against, Known         int // findings: all, those that fail the run, known differences
}

// Count sums up verdicts.
func Count(verdicts []Verdict) Tally {
	t := Tally{Judges: len(verdicts)}
	for _, v := range verdicts {
		t.Operations += len(v.Findings)
		t.Against += len(v.Disagreements())
		t.Known += len(v.Known())
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
	return fmt.Sprintf("%d judges: %d agree, %d disagree, %d not judged; %d operations, %d against, %d known differences",
		t.Judges, t.Agree, t.Disagree, t.NotJudged, t.Operations, t.Against, t.Known)
}

// Print writes the table for a terminal.
func Print(out io.Writer, verdicts []Verdict) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.FilterHTML|tabwriter.DiscardEmptyColumns)
	for _, v := range verdicts {
		fmt.Fprintf(w, "%s %s on %s: %s\n", v.Judge.Name, v.Judge.Version, v.Judge.Of, v.result())
		for _, f := range v.rows() {
			fmt.Fprintf(w, "  %s\t%s\t%s\n", f.Operation, f.result(), brief(f.Detail))
		}
		if err := w.Flush(); err != nil {
			return err
		}
	}
	return nil
}

// brief is a detail as a line of a terminal bears it. The record has it whole.
func brief(detail string) string {
	const width = 100
	text := []rune(strings.Join(strings.Fields(detail), " "))
	if len(text) <= width {
		return string(text)
	}
	return string(text[:width-3]) + "..."
}

// Record writes the table as a page of Markdown.
func Record(out io.Writer, verdicts []Verdict, on time.Time) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# Judges\n\nWhat clients and servers that nobody of this project wrote say of it. `make judges` runs them; this is the table of\n"+
		"the last full run, %s on %s/%s with %d CPUs: **%s**.\n\n| judge | version | of | operations | result |\n|---|---|---|---|---|\n",
		on.UTC().Format(time.DateOnly), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), Count(verdicts))
	for _, v := range verdicts {
		fmt.Fprintf(&b, "| %s | %s | %s | %d | %s |\n", cell(v.Judge.Name), cell(v.Judge.Version), cell(v.Judge.Of), len(v.Findings), cell(v.result()))
	}
	for _, v := range verdicts {
		if v.NotJudged != "" {
			continue
		}
		fmt.Fprintf(&b, "\n## %s %s on %s\n\n| operation | result | what was compared |\n|---|---|---|\n", v.Judge.Name, v.Judge.Version, v.Judge.Of)
		for _, f := range v.rows() {
			fmt.Fprintf(&b, "| %s | %s | %s |\n", cell(f.Operation), f.result(), cell(f.Detail))
		}
	}
	_, err := io.WriteString(out, b.String())
	return err
}

func cell(text string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(text), " "), "|", "\\|")
}

// rows are the findings: those that agree, known differences, those against,
// and a broken-off hearing last.
func (v Verdict) rows() []Finding {
	var rows []Finding
	for _, f := range v.Findings {
		if f.Agrees {
			rows = append(rows, f)
		}
	}
	return append(append(rows, v.Known()...), v.Disagreements()...)
}

func (v Verdict) result() string {
	switch against, known := len(v.Disagreements()), len(v.Known()); {
	case v.NotJudged != "":
		return "not judged: " + brief(v.NotJudged)
	case against > 0:
		return fmt.Sprintf("DISAGREES in %d of %d", against, len(v.rows()))
	case known > 0:
		return fmt.Sprintf("agrees in %d, differs as known in %d", len(v.Findings)-known, known)
	default:
		return fmt.Sprintf("agrees in all %d", len(v.Findings))
	}
}

func (f Finding) result() string {
	switch {
	case f.Agrees:
		return "agrees"
	case f.Known:
		return "differs as known"
	default:
		return "DISAGREES"
	}
}
