package migrate

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/kinesnow/kinesnow/adapters/leasetable"
)

// found says what a table is, in the words of who made it.
var found = map[leasetable.Shape]string{
	leasetable.ShapeAbsent:  "not there",
	leasetable.ShapeLegacy:  "a Kinesis Client Library's leases",
	leasetable.ShapeOurs:    "leases as Openflow, NiFi and kinesnow keep them",
	leasetable.ShapeForeign: "no lease table",
	leasetable.ShapeDenied:  "not to be looked at by this role",
}

// steps says what is done first.
var steps = map[leasetable.Step]string{
	leasetable.StepNothing: "nothing to migrate: run makes the table",
	leasetable.StepAdopt:   "the table is used as it is",
	leasetable.StepCopy:    "copy the leases, compare, replace the table, restore, compare, delete the copy",
	leasetable.StepSwap:    "go on with a migration that was cut off: make the table anew, restore, compare, delete the copy",
	leasetable.StepRestore: "go on with a migration that was cut off: restore, compare, delete the copy",
	leasetable.StepClean:   "delete the copy that was left over",
	leasetable.StepRefuse:  "nothing: a human has to look first",
}

// Tense says whether a report is of what would happen, or of what did.
type Tense int

// The tenses.
const (
	Planned Tense = iota + 1
	Happened
)

// Text writes the report for people.
func (r *Report) Text(w io.Writer, tense Tense) error {
	planned := tense == Planned
	p := &printer{w: w}
	p.line("%s  table %s: %s", r.Connector, r.Application, found[r.Table])
	if r.Copy != leasetable.ShapeAbsent || r.Next == leasetable.StepCopy {
		p.line("        copy %s_migration: %s%s", r.Application, found[r.Copy], phase(r.Phase))
	}
	switch {
	case planned:
		p.line("        to do: %s", steps[r.Next])
	case r.Migrated:
		p.line("        migrated: %d rows taken over", len(r.Rows))
	default:
		p.line("        %s", steps[r.Next])
	}
	if len(r.Rows) > 0 {
		t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		fmt.Fprintln(t, "        STREAM\tSHARD\tKCL'S CHECKPOINT\tKINESNOW STARTS")
		for _, row := range r.Rows {
			fmt.Fprintf(t, "        %s\t%s\t%s\t%s\n", row.Stream, row.Shard, row.From, row.Starts)
		}
		p.keep(t.Flush())
	}
	for _, list := range []struct {
		word  string
		lines []string
	}{{"refused", r.Problems}, {"doubt", r.Doubts}, {"note", r.Notes}, {"left", r.Left}} {
		for _, text := range list.lines {
			p.line("%-7s %s", list.word, text)
		}
	}
	if r.Export != "" {
		p.line("%-7s the KCL's items as they were: %s", "kept", r.Export)
	}
	switch {
	case len(r.Problems) > 0:
		p.line("Nothing can be done yet.")
	case len(r.Doubts) > 0 && planned:
		p.line("kinesnow migrate will ask for --force.")
	case r.Next == leasetable.StepCopy && !r.Drained && (planned || r.Migrated):
		p.line("Once all that the KCL's application did with its records has landed, say --drained; without it each shard stops with ADOPTED_UNDRAINED.")
	}
	return p.err
}

func phase(p leasetable.Phase) string {
	if p == leasetable.PhaseNone {
		return ""
	}
	return ", " + string(p)
}

// printer keeps the first error.
type printer struct {
	w   io.Writer
	err error
}

func (p *printer) line(format string, args ...any) {
	_, err := fmt.Fprintf(p.w, format+"\n", args...)
	p.keep(err)
}

func (p *printer) keep(err error) {
	if p.err == nil {
		p.err = err
	}
}
