package sql

import (
	"slices"
	"time"

	"github.com/cockroachdb/apd/v3"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/ingest"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/rowstore"
)

// commitTime is the column that ROW_TIMESTAMP adds.
const commitTime = "METADATA$ROW_LAST_COMMIT_TIME"

// rowsOf reads a table. Only columns that something reads are decoded.
func (e *environment) rowsOf(t *catalog.Table) *relation {
	r := &relation{}
	path := []string{t.Database, t.Schema, t.Name}
	for _, c := range t.Columns {
		r.columns = append(r.columns, scopeColumn{path: path, name: c.Name, typ: c.Type, nullable: c.Nullable, used: new(bool)})
	}
	if t.RowTimestamp {
		r.columns = append(r.columns, scopeColumn{path: path, name: commitTime, typ: ltzType, nullable: true, hidden: true, used: new(bool)})
	}
	r.run = func(yield func([]Value) error) error {
		return e.scan(t, r.columns, func(_ rowstore.Row, values []Value) error { return yield(values) })
	}
	return r
}

// scan yields the rows of a table with the values of the used columns.
func (e *environment) scan(t *catalog.Table, columns []scopeColumn, yield func(rowstore.Row, []Value) error) error {
	defaults, err := e.defaultsOf(t)
	if err != nil {
		return err
	}
	keys := ingest.NewColumns(t)
	raws := make([][]byte, len(t.Columns))
	needed := slices.ContainsFunc(columns, func(c scopeColumn) bool { return *c.used && !c.hidden })
	var failed error
	err = e.storedRows(t.ID, func(row rowstore.Row) bool {
		if needed {
			if raws, failed = keys.Project(row.JSON, raws[:0]); failed != nil {
				return false
			}
		}
		values := make([]Value, len(columns))
		for i, c := range columns {
			switch {
			case !*c.used:
			case c.hidden:
				values[i] = row.CommittedAt.UTC()
			default:
				if values[i], failed = e.cell(t, i, row, raws[i], defaults); failed != nil {
					return false
				}
			}
		}
		failed = yield(row, values)
		return failed == nil
	})
	if failed != nil {
		return failed
	}
	return err
}

// cell is one column's value of one row. A row older than the column, or one
// without its key, has the default.
func (e *environment) cell(t *catalog.Table, i int, row rowstore.Row, raw []byte, defaults []func(time.Time) (Value, error)) (Value, error) {
	c := &t.Columns[i]
	if raw == nil || row.ID < c.Since {
		switch {
		case c.Identity:
			n, err := e.rowIdentity(t.ID, row)
			return number(n), err
		case defaults[i] != nil:
			return defaults[i](row.CommittedAt)
		}
		return nil, nil
	}
	v, err := ingest.Coerce(c.Type, raw)
	if err != nil { // the row was checked before the column came: it has no value here
		return nil, nil
	}
	return fromIngest(v), nil
}

func fromIngest(v ingest.Value) Value {
	switch v.Kind {
	case ingest.Number:
		d, _, err := apd.NewFromString(v.Text)
		if err != nil {
			return nil
		}
		return d
	case ingest.Float:
		return v.Float
	case ingest.Text:
		return v.Text
	case ingest.Bool:
		return v.Bool
	case ingest.Binary:
		return Bytes(v.Bytes)
	case ingest.Date:
		return Day(v.Days)
	case ingest.Time:
		return Clock(v.Nanos)
	case ingest.Timestamp:
		return v.Instant
	case ingest.JSON:
		return JSON(v.Text)
	}
	return nil
}

// defaultsOf compiles the DEFAULT of each column; nil for none. A default that
// calls a function, such as CURRENT_TIMESTAMP, takes the row's commit time.
func (e *environment) defaultsOf(t *catalog.Table) ([]func(time.Time) (Value, error), error) {
	out := make([]func(time.Time) (Value, error), len(t.Columns))
	for i, c := range t.Columns {
		if c.Default == "" {
			continue
		}
		x, err := parseExpression(c.Default)
		if err != nil {
			return nil, err
		}
		evaluate := func(at time.Time) (Value, error) {
			env := *e
			env.now, env.work = at, &work{} // once for each row
			compiled, err := (&scope{env: &env}).compileAs(x, c.Type)
			if err != nil {
				return nil, err
			}
			return compiled.eval(&frame{})
		}
		out[i] = evaluate
		if !anyNode(x, func(n expression) bool { _, ok := n.(*call); return ok }) {
			v, err := evaluate(e.now)
			if err != nil {
				return nil, err
			}
			out[i] = func(time.Time) (Value, error) { return v, nil }
		}
	}
	return out, nil
}

// errorsOf reads a table's error table (spec 3.5).
func (e *environment) errorsOf(t *catalog.Table) *relation {
	path := []string{t.Database, t.Schema, t.Name}
	r := &relation{columns: []scopeColumn{
		{path: path, name: "TIMESTAMP", typ: ltzType}, {path: path, name: "QUERY_ID", typ: textType, nullable: true},
		{path: path, name: "ERROR_CODE", typ: integerType}, {path: path, name: "ERROR_METADATA", typ: objectType}, {path: path, name: "ERROR_DATA", typ: objectType},
	}}
	r.run = func(yield func([]Value) error) error {
		var failed error
		err := e.engine.Rows.ScanErrors(t.ID, func(row rowstore.ErrorRow) bool {
			failed = yield([]Value{row.Timestamp.UTC(), row.QueryID, number(int64(row.Code)), compactJSON(row.Metadata), compactJSON(row.Data)})
			return failed == nil
		})
		if failed != nil {
			return failed
		}
		return err
	}
	return r
}

func compactJSON(raw []byte) Value {
	if j, ok := parseJSON(string(raw)); ok {
		return j
	}
	return nil
}

// parseExpression reads a bare expression, such as a DEFAULT.
func parseExpression(text string) (x expression, err error) {
	st, err := parse("SELECT " + text)
	if err != nil {
		return nil, err
	}
	return st.(*selectStatement).query.body.(*selectCore).items[0].x, nil
}
