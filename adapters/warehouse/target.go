package warehouse

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/kinesnow/kinesnow/messages"
)

// Target is what a table, and the pipe in front of it, mean for a connector.
type Target struct {
	Table    *Table
	Pipe     *Pipe // nil: a default pipe that nothing was streamed through yet
	Metadata Metadata
	Findings []Finding // the worst first
}

// Stops returns the first finding that nothing can be streamed with, or nil.
func (t *Target) Stops() *Finding {
	for i := range t.Findings {
		if t.Findings[i].Weight == Stops {
			return &t.Findings[i]
		}
	}
	return nil
}

// Finding returns the finding of a code, or nil.
func (t *Target) Finding(code Code) *Finding {
	for i := range t.Findings {
		if t.Findings[i].Code == code {
			return &t.Findings[i]
		}
	}
	return nil
}

// Target looks at a table and at a pipe, by their exact names; pipe "" is the
// table's default pipe. It needs no warehouse, and creates nothing.
//
// Errors are *messages.Fault: Rejected with TargetMissing where table or pipe is
// not there or may not be seen. That a default pipe is not there yet, or is not
// shown, is none.
func (w *Warehouse) Target(ctx context.Context, table, pipe string) (*Target, error) {
	t, err := w.Describe(ctx, table)
	if err != nil {
		return nil, err
	}
	return w.TargetOf(ctx, t, pipe)
}

// TargetOf is Target of a table that was described already: it asks of the pipe
// alone. Errors are Target's of the pipe.
func (w *Warehouse) TargetOf(ctx context.Context, table *Table, pipe string) (*Target, error) {
	usual := table.Name + StreamingSuffix
	if pipe == "" {
		pipe = usual
	}
	p, err := w.DescribePipe(ctx, pipe)
	var f *messages.Fault
	if pipe == usual && errors.As(err, &f) && f.Complete {
		p, err = nil, nil
	}
	if err != nil {
		return nil, err
	}
	return judge(table, p, []string{w.cfg.Database, w.cfg.Schema, table.Name}), nil
}

// judge says what a table and its pipe mean. name is the table's full name, part
// by part.
func judge(table *Table, pipe *Pipe, name []string) *Target {
	t := &Target{Table: table, Pipe: pipe}
	j := judgement{Target: t, name: name}
	j.kind()
	if !table.Kind.Streamable() {
		return t
	}
	j.pipe()
	if f := t.Stops(); f != nil {
		t.Metadata = Metadata{Fate: Undecidable, Why: f.Text}
		j.sort()
		return t
	}
	j.metadata()
	j.evolution()
	j.properties()
	j.sort()
	return t
}

// judgement collects findings.
type judgement struct {
	*Target
	name []string // of the table, part by part
}

func (j *judgement) find(code Code, weight Weight, fix, format string, args ...any) {
	j.Findings = append(j.Findings, Finding{code, weight, fmt.Sprintf(format, args...), fix})
}

// sort puts what stops before what warns, and that before notes.
func (j *judgement) sort() {
	var sorted []Finding
	for _, weight := range []Weight{Stops, Warns, Notes} {
		for _, f := range j.Findings {
			if f.Weight == weight {
				sorted = append(sorted, f)
			}
		}
	}
	j.Findings = sorted
}

// alter is the start of the statement that changes the table.
func (j *judgement) alter() string {
	var parts []string
	for _, part := range j.name {
		parts = append(parts, quoted(part))
	}
	return Alter(j.Table.Kind, strings.Join(parts, "."))
}

// Alter is the start of the statement that changes a table, whose path is quoted.
func Alter(kind Kind, path string) string {
	if kind == Iceberg {
		return "ALTER ICEBERG TABLE " + path
	}
	return "ALTER TABLE " + path
}

func (j *judgement) kind() {
	t := j.Table
	if !t.Kind.Streamable() {
		j.find(NotStreamable, Stops, "", "%s is %s, and Snowpipe Streaming writes into standard, transient, Iceberg and interactive tables only", t.Name, article(t.Kind.String()))
	}
	if t.Lake == nil {
		return
	}
	if t.Lake.Managed == No {
		j.find(LakeUnmanaged, Stops, "", "Iceberg table %s has another catalog than Snowflake: only tables that Snowflake manages can be streamed into", t.Name)
	}
	if t.Lake.Partitioned == Yes {
		j.find(LakePartitioned, Warns, "", "Iceberg table %s is partitioned: Snowflake's pages contradict each other on whether such tables can be streamed into; try it with one record first", t.Name)
	}
}

func article(noun string) string {
	if strings.ContainsRune("AEIOUaeiou", rune(noun[0])) {
		return "an " + noun
	}
	return "a " + noun
}

// transforms reports whether rows go through the SELECT of a pipe.
func (j *judgement) transforms() Answer {
	switch p := j.Pipe; {
	case j.ordinary():
		return No
	case p == nil:
		return Unknown // an interactive table's definition may have one
	case p.Copy.Streaming != Yes:
		return Unknown
	default:
		return answer(p.Copy.ByName != Yes)
	}
}

// ordinary reports whether rows go through the default pipe of a table that is
// not interactive. Those match by name and transform nothing, whatever is shown
// of them (Snowpipe Streaming: the pipe object).
func (j *judgement) ordinary() bool {
	p := j.Pipe
	return j.Table.Kind != Interactive && (p == nil || p.Managed() && p.Name == j.Table.Name+StreamingSuffix)
}

func (j *judgement) pipe() {
	p := j.Pipe
	switch {
	case p == nil, j.ordinary():
		return
	case p.Copy.Streaming == No:
		j.find(PipeNotStreaming, Stops, "", "pipe %s copies files from a stage: rows can be streamed only through one that reads TABLE(DATA_SOURCE(TYPE => 'STREAMING'))", p.Name)
		return
	case p.Copy.Streaming == Unknown:
		j.find(PipeUnread, Notes, "", "what pipe %s does with a row is not shown, or not understood: compare its definition with docs/tables.md yourself", p.Name)
	}
	if into := p.Copy.Into; into != nil && !slices.Equal(into, j.name[max(0, len(j.name)-len(into)):]) {
		text := strings.Join(into, ".")
		j.find(PipeOtherTable, Stops, "", "pipe %s writes into table %s, but the connector's table is %s: audit and resolve would look at the wrong one; configure that table, or another pipe", p.Name, text, strings.Join(j.name, "."))
	}
	if p.Copy.Filters == Yes {
		j.find(PipeFilters, Warns, "", "pipe %s leaves rows out (WHERE): Snowflake counts fewer rows than were sent, so no audit of this table can be exact", p.Name)
	}
}

func (j *judgement) evolution() {
	t := j.Table
	switch {
	case t.Kind == Iceberg && t.SchemaEvolution:
		j.find(LakeEvolution, Notes, "", "ENABLE_SCHEMA_EVOLUTION is set, but Snowflake's pages contradict each other on whether it reaches Iceberg tables; schema_evolution: client does")
	case t.SchemaEvolution && j.transforms() == Yes:
		j.find(EvolutionPipe, Notes, "", "ENABLE_SCHEMA_EVOLUTION is set, but the pipe chooses the columns itself: new keys are dropped")
	case !t.SchemaEvolution && j.transforms() == No && t.Kind != Iceberg:
		j.find(EvolutionOff, Notes, j.alter()+" SET ENABLE_SCHEMA_EVOLUTION = TRUE;", "ENABLE_SCHEMA_EVOLUTION is off: keys that match no column are dropped")
	}
}

func (j *judgement) properties() {
	t := j.Table
	if t.Kind == Unlisted {
		return
	}
	switch fix := j.alter() + " SET ERROR_LOGGING = TRUE;"; {
	case t.ErrorLogging:
	case t.Kind == Interactive: // the page of CREATE INTERACTIVE TABLE has no such property
		j.find(ErrorLoggingOff, Notes, fix, "ERROR_LOGGING is off, and no page of Snowflake's says that an interactive table can have it: rows that Snowflake rejects are counted, and not kept")
	default:
		j.find(ErrorLoggingOff, Warns, fix, "ERROR_LOGGING is off: rows that Snowflake rejects are counted, and not kept")
	}
	if !t.RowTimestamp && t.Kind != Interactive {
		j.find(RowTimestampOff, Notes, j.alter()+" SET ROW_TIMESTAMP = TRUE;", "ROW_TIMESTAMP is off: status --latency cannot measure")
	}
}
