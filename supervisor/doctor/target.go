package doctor

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/kinesnow/kinesnow/adapters/warehouse"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor/access"
	"github.com/kinesnow/kinesnow/supervisor/config"
)

// learnTarget looks at table and pipe.
func (d *Doctor) learnTarget(ctx context.Context) (*warehouse.Target, error) {
	if _, err := d.session.of(ctx); err != nil {
		return nil, err
	}
	w, err := d.sql.of(ctx)
	if err != nil {
		return nil, err
	}
	s := d.cfg.Snowflake
	table, err := w.Describe(ctx, s.Table)
	if err != nil {
		return nil, err
	}
	target, err := w.TargetOf(ctx, table, s.Pipe)
	var f *messages.Fault
	if s.Pipe != "" && errors.As(err, &f) && f.Stop == messages.TargetMissing { // checkNames says so
		return w.TargetOf(ctx, table, "")
	}
	return target, err
}

// checkTarget says what the table and the pipe in front of it mean.
func (d *Doctor) checkTarget(ctx context.Context, fs *findings) {
	if _, err := d.session.of(ctx); err != nil {
		return // checkRights has said so
	}
	s := d.cfg.Snowflake
	target, err := d.target.of(ctx)
	switch {
	case err != nil && d.creates(err):
		fs.add(OK, "table %s is not there: on_missing_table: create makes it", s.Table)
		return
	case messages.AsFault("", err).Stop == messages.TargetMissing && err != nil:
		fs.add(Untested, "what the table is like: %s is not to be seen under this name", s.Table)
		return
	case err != nil:
		fs.add(Untested, "what table and pipe are like: %s", words(bare(err)))
		return
	}
	if target.Stops() == nil {
		fs.add(OK, "%s", describe(target.Table))
		d.tellPipe(fs, target)
	}
	for _, f := range target.Findings {
		d.tellTarget(fs, f)
	}
	if target.Table.Kind == warehouse.Iceberg && s.SchemaEvolution == config.ServerEvolution && byName(target.Pipe) {
		fs.add(Warn, "schema_evolution: server is not sure to reach an Iceberg table (Snowflake's pages differ): keys without a column are then ignored").
			todo("schema_evolution: client adds columns itself; off says that you do")
	}
}

func describe(t *warehouse.Table) string {
	var on, parts []string
	for _, p := range []struct {
		name string
		on   bool
	}{{"ENABLE_SCHEMA_EVOLUTION", t.SchemaEvolution}, {"ERROR_LOGGING", t.ErrorLogging}, {"ROW_TIMESTAMP", t.RowTimestamp}} {
		if p.on {
			on = append(on, p.name)
		}
	}
	parts = append(parts, fmt.Sprintf("%s is %s %s of %d %s", t.Name, article(t.Kind.String()), t.Kind, len(t.Columns), plural(len(t.Columns), "column")))
	if c := t.Matching(warehouse.MetadataKey); c != nil {
		kind, _, _ := strings.Cut(c.Type, "(")
		parts = append(parts, c.Name+" "+kind)
	}
	if len(on) > 0 {
		parts = append(parts, strings.Join(on, ", ")+" on")
	}
	return strings.Join(parts, "; ")
}

// tellPipe says whose the pipe is: tools that take what they do not know for
// something to drop have met default pipes (they are listed as objects).
func (d *Doctor) tellPipe(fs *findings, target *warehouse.Target) {
	s, p := d.cfg.Snowflake, target.Pipe
	switch {
	case s.Pipe != "" && (p == nil || p.Name != s.Pipe): // checkNames has said so
	case p == nil:
		fs.add(OK, "pipe %s: Snowflake makes it when the first channel is opened", s.PipeName())
	case s.Pipe == "" && !p.Managed():
		fs.add(Warn, "pipe %s is role %s's own, and has the name of the table's default pipe", p.Name, p.Owner).
			todo("rename it, or name it in snowflake.pipe")
	case s.Pipe == "":
		fs.add(OK, "pipe %s is Snowflake's: tools that drop what they do not know must leave it alone", p.Name)
	default:
		fs.add(OK, "pipe %s writes into %s", p.Name, target.Table.Name)
	}
}

// tellTarget takes a finding of the target over. What is worth knowing and no
// more is ok here, unless the configuration expects otherwise.
func (d *Doctor) tellTarget(fs *findings, found warehouse.Finding) {
	s := d.cfg.Snowflake
	state := map[warehouse.Weight]State{warehouse.Stops: Missing, warehouse.Warns: Warn, warehouse.Notes: OK}[found.Weight]
	text, todo := found.Text, ""
	switch found.Code {
	case warehouse.MetadataMissing:
		state = Missing
	case warehouse.EvolutionOff:
		if s.SchemaEvolution == config.ClientEvolution {
			return // who adds columns needs none of it
		}
		if s.SchemaEvolution == config.ServerEvolution {
			state, text = Warn, text+", though schema_evolution is server"
			todo = "the SQL below, or schema_evolution: off to say that it is meant"
		}
	case warehouse.PipeOtherTable:
		todo = "set snowflake.table or snowflake.pipe"
	case warehouse.LakePartitioned:
		todo = "a partition spec cannot be changed: make the table anew without PARTITION BY"
	}
	f := fs.add(state, "%s", text)
	switch {
	case state == OK:
		f.Todo = strings.TrimSuffix(found.Fix, ";")
	case found.Fix != "":
		f.sql(found.Fix)
	}
	if todo != "" {
		f.Todo = todo
	}
}

// checkWidth compares the digits of sub-sequence numbers in a row that is there
// with the configured width: rows of both do not sort together.
func (d *Doctor) checkWidth(ctx context.Context, fs *findings) {
	if _, err := d.session.of(ctx); err != nil {
		return
	}
	if target, err := d.target.of(ctx); err != nil || target.Metadata.Fate != warehouse.Kept {
		return
	}
	const what = "the width of shardedSequenceNumber in rows that are there"
	s := d.cfg.Snowflake
	if s.Warehouse == "" {
		fs.add(Untested, "%s: it takes a query, and no snowflake.warehouse is configured", what)
		return
	}
	width, err := d.width(ctx)
	switch configured := d.cfg.Payload.ShardedSequenceWidth; {
	case err != nil:
		fs.add(Untested, "%s: %s", what, words(bare(err)))
	case width == 0:
		fs.add(OK, "no row yet whose shardedSequenceNumber could differ")
	case width != configured:
		fs.add(Warn, "rows have a shardedSequenceNumber with %d digits behind the sequence number, and payload.sharded_sequence_width is %d: the two do not sort together", width, configured).
			todo("payload: {sharded_sequence_width: %d}", width)
	default:
		fs.add(OK, "shardedSequenceNumber has %d digits behind the sequence number, as configured", width)
	}
}

func (d *Doctor) width(ctx context.Context) (int, error) {
	w, err := access.Warehouse(d.cfg.Snowflake)
	if err != nil {
		return 0, err
	}
	defer w.Close()
	p, err := w.Positions(d.cfg.Snowflake.Table, d.cfg.Kinesis.StreamName())
	if err != nil {
		return 0, err
	}
	return p.Width(ctx)
}
