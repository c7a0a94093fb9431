package sql

import (
	"context"
	"fmt"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

// Transformation makes rows of a table from rows that arrive, as the COPY
// statement of a pipe says. It is not safe for concurrent use.
type Transformation struct {
	env     environment
	filter  *compiled
	items   []compiled
	targets []int
	writer  *rowWriter
}

// rawRow is what $1 of a stream is.
var rawRow = &relation{columns: []scopeColumn{{name: "$1", typ: variantType, nullable: true}}, run: func(func([]Value) error) error { return nil }}

// Transformation compiles the query of a pipe for its table as both are now;
// nil for a pipe that matches columns by name. Functions of time have one value
// for all rows: they are evaluated here (specs: pipe object).
func (e *Engine) Transformation(p *catalog.Pipe) (*Transformation, error) {
	if p.Copy == nil || p.Copy.ByName {
		return nil, nil
	}
	t, ok := e.Catalog.TableByID(p.Table)
	if !ok {
		return nil, fmt.Errorf("pipe %s: %w", p.Path(), errNoTable)
	}
	s := &Session{Role: p.Owner, Database: p.Database, Schema: p.Schema}
	env, err := e.environment(context.Background(), s, Bindings{})
	if err != nil {
		return nil, err
	}
	return env.transformation(p.Copy, t)
}

func (e *environment) transformation(c *catalog.Copy, t *catalog.Table) (*Transformation, error) {
	tr := &Transformation{env: *e}
	tr.env.stream = rawRow
	tr.writer = &rowWriter{env: &tr.env, table: t}
	var err error
	if tr.targets, err = targetsOf(t, c.Columns); err != nil || c.ByName {
		return tr, err
	}
	st, err := parse(c.Query)
	if err != nil {
		return nil, err
	}
	core, err := plainStream(st)
	if err != nil {
		return nil, err
	}
	from, err := tr.env.from(core.from, &scope{env: &tr.env})
	if err != nil {
		return nil, err
	}
	s := &scope{env: &tr.env, columns: from.columns}
	if len(core.items) != len(tr.targets) {
		return nil, mismatchedColumns(len(tr.targets), len(core.items))
	}
	for i, item := range core.items {
		x, err := s.compileAs(item.x, t.Columns[tr.targets[i]].Type)
		if err != nil {
			return nil, err
		}
		tr.items = append(tr.items, x)
	}
	if core.filter != nil {
		if tr.filter, err = s.condition(core.filter); err != nil {
			return nil, err
		}
	}
	return tr, nil
}

// plainStream holds the query of a pipe against what COPY allows: one row in,
// at most one row out.
func plainStream(st statement) (*selectCore, error) {
	refused := unsupported("a pipe's query other than SELECT ... FROM TABLE(DATA_SOURCE(TYPE => 'STREAMING')) [WHERE ...]")
	s, ok := st.(*selectStatement)
	if !ok {
		return nil, refused
	}
	core, ok := s.query.body.(*selectCore)
	if !ok || s.query.with != nil || s.query.order != nil || s.query.limit != nil || s.query.offset != nil {
		return nil, refused
	}
	if _, ok := core.from.(*streamSource); !ok || core.distinct || core.groupBy != nil || core.groupAll || core.having != nil || core.qualify != nil {
		return nil, refused
	}
	for _, item := range core.items {
		if hasAggregate(item.x) || anyNode(item.x, isSubquery) {
			return nil, refused
		}
	}
	return core, nil
}

func isSubquery(x expression) bool {
	switch n := x.(type) {
	case *subquery, *exists:
		return true
	case *in:
		return n.query != nil
	case *call:
		return n.over != nil
	}
	return false
}

// Apply makes a row of the table from the JSON object of a row that arrived, in
// the form in which rows are stored. It is nil when the query's WHERE leaves
// the row out. A *Error is the row's: a value that does not fit its column.
func (t *Transformation) Apply(row []byte) (stored []byte, err error) {
	defer func() {
		if r := recover(); r != nil {
			stored, err = nil, t.env.engine.internal(r)
		}
	}()
	raw, ok := parseJSON(string(row))
	if !ok {
		return nil, runtimeError(100069, "22P02", "Error parsing JSON: the row is no JSON object")
	}
	f := &frame{row: []Value{raw}}
	if keep, err := holds(t.filter, f); !keep || err != nil {
		return nil, err
	}
	values, given := t.writer.blank()
	for i, x := range t.items {
		v, err := x.eval(f)
		if err != nil {
			return nil, err
		}
		values[t.targets[i]], given[t.targets[i]] = v, true
	}
	return t.writer.encode(values, given)
}
