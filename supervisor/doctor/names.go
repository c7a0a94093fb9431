package doctor

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/kinesnow/kinesnow/adapters/warehouse"
)

// checkNames looks for database, schema, table and pipe in any case, and names
// the first one that is there in another. It returns how far the names are right,
// or could be.
func (d *Doctor) checkNames(ctx context.Context, fs *findings) int {
	w, err := d.sql.of(ctx)
	if err != nil {
		return toNothing
	}
	s := d.cfg.Snowflake
	for _, at := range []struct {
		kind       warehouse.Object
		what, key  string
		name       string
		depth      int // that a wrong name leaves
		unfindable int // that a name which nobody sees leaves
	}{
		{warehouse.Databases, "database", "database", s.Database, toNothing, toTable},
		{warehouse.Schemas, "schema", "schema", s.Schema, toDatabase, toTable},
		{warehouse.Tables, "table", "table", s.Table, toSchema, toTable},
	} {
		names, err := w.Alike(ctx, at.kind, at.name)
		switch {
		case err != nil, slices.Contains(names, at.name):
		case len(names) > 0:
			tellCase(fs, at.what, at.key, at.name, names)
			return at.depth
		default:
			return at.unfindable // what is inside cannot be seen either
		}
	}
	if s.Pipe != "" {
		d.checkPipeName(ctx, fs, w)
	}
	return toTable
}

func tellCase(fs *findings, what, key, name string, there []string) {
	quoted := make([]string, len(there))
	for i, n := range there {
		quoted[i] = fmt.Sprintf("%q", n)
	}
	fs.add(Missing, "no %s %q; there is %s: names are taken in exact case", what, name, strings.Join(quoted, ", ")).
		todo("snowflake.%s: %s", key, there[0])
}

// checkPipeName tells a pipe that nobody sees from one of another case.
func (d *Doctor) checkPipeName(ctx context.Context, fs *findings, w *warehouse.Warehouse) {
	s := d.cfg.Snowflake
	names, err := w.Alike(ctx, warehouse.Pipes, s.Pipe)
	switch {
	case err != nil, slices.Contains(names, s.Pipe):
	case len(names) > 0:
		tellCase(fs, "pipe", "pipe", s.Pipe, names)
	default:
		table := quote(s.Database, s.Schema, s.Table)
		fs.add(Missing, "no pipe %q is to be seen in %s.%s", s.Pipe, s.Database, s.Schema).
			todo("leave snowflake.pipe out for the table's own pipe, or make one (SQL below)").
			sql(fmt.Sprintf("CREATE PIPE %s AS COPY INTO %s FROM TABLE(DATA_SOURCE(TYPE => 'STREAMING')) MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE;",
				quote(s.Database, s.Schema, s.Pipe), table))
	}
}
