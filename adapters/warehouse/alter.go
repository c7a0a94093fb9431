package warehouse

import (
	"context"

	"github.com/kinesnow/kinesnow/adapters/schema"
	"github.com/kinesnow/kinesnow/messages"
)

// Altering is one table whose columns are looked after.
type Altering struct {
	w     *Warehouse
	table string // exact
	path  string
}

// Altering returns the table of that exact name. It connects to nothing; the
// error is of a name that can be none.
func (w *Warehouse) Altering(table string) (*Altering, error) {
	path, err := w.path(table)
	if err != nil {
		return nil, w.misuse("alter", err)
	}
	return &Altering{w, table, path}, nil
}

// Describe asks for the table's columns as they are now, and for what kind of
// table it is. It needs no warehouse. Errors are those of Warehouse.Describe.
func (a *Altering) Describe(ctx context.Context) (*messages.Target, error) {
	t, err := a.w.Describe(ctx, a.table)
	if err != nil {
		return nil, err
	}
	kind, nested := schema.Standard, true
	if t.Kind == Iceberg {
		// A version that is not shown is taken for 2, which loses nothing: new
		// columns are VARCHAR where they could be VARIANT.
		kind, nested = schema.Iceberg, t.Lake != nil && t.Lake.Version >= 3
	}
	columns := make([]messages.Column, len(t.Columns))
	for i, c := range t.Columns {
		columns[i] = messages.Column{Name: c.Name, Type: c.Type, Required: !c.Nullable && c.Default == "" && !c.Identity}
	}
	return &messages.Target{Columns: messages.NewColumns(columns, nested), Kind: string(kind), Evolves: t.SchemaEvolution && kind != schema.Iceberg}, nil
}

// Plan is the statements that make a column for what was seen; see schema.Diff.
func (a *Altering) Plan(target *messages.Target, seen *messages.Unmatched) []messages.Alteration {
	return schema.Diff(schema.Table{Path: a.path, Kind: schema.Kind(target.Kind), Columns: target.Columns}, seen)
}

// Alter runs one statement of a plan. It needs no warehouse, but OWNERSHIP of
// the table.
//
// Errors are *messages.Fault: Rejected with AccessDenied, and the statement and
// the grant in its hint; Rejected with TargetMissing; else Transient, with
// ReasonRefused and Complete where Snowflake will not run the statement.
func (a *Altering) Alter(ctx context.Context, statement string) error {
	_, err := a.w.list(ctx, statement)
	if err == nil {
		return nil
	}
	f := *messages.AsFault(op("alter"), err)
	f.Op = op("alter")
	if f.Stop == messages.AccessDenied {
		f.Hint = "as the table's owner run " + statement + "; or GRANT OWNERSHIP ON TABLE " + a.path + " TO ROLE " + a.w.role() + " COPY CURRENT GRANTS"
	}
	return &f
}

// role is the configured role as an identifier.
func (w *Warehouse) role() string {
	if w.cfg.Role == "" {
		return "..."
	}
	quoted, err := Quote(w.cfg.Role)
	if err != nil {
		return w.cfg.Role
	}
	return quoted
}
