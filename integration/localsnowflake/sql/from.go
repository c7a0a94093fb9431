package sql

import (
	"fmt"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

// from compiles a FROM clause; without one there is a single empty row.
func (e *environment) from(src source, around *scope) (*relation, error) {
	switch n := src.(type) {
	case nil:
		return &relation{run: func(yield func([]Value) error) error { return yield(nil) }}, nil
	case *tableSource:
		return e.table(n, around)
	case *querySource:
		r, err := e.query(n.query, around)
		if err != nil {
			return nil, err
		}
		return r.rename(n.alias, n.columns)
	case *valuesSource:
		return e.values(n, around)
	case *joinSource:
		return e.join(n, around)
	case *streamSource:
		if e.stream == nil {
			return nil, unsupported("TABLE(DATA_SOURCE(...)) outside of a pipe or an interactive table")
		}
		return e.stream.rename(n.alias, nil)
	case *generatorSource:
		return e.generator(n)
	case *resultSource:
		return e.resultScan(n)
	case *flattenSource:
		none := &relation{run: func(yield func([]Value) error) error { return yield(nil) }}
		return e.flatten(none, n, around)
	}
	return nil, unsupported("this source")
}

// table compiles a table by name: a common table expression, or a table of
// the catalog that the role may read.
func (e *environment) table(n *tableSource, around *scope) (*relation, error) {
	if len(n.name.parts) == 1 && !n.errors {
		if r, ok := around.tables[n.name.parts[0]]; ok {
			return r.rename(n.alias, nil)
		}
	}
	if r, err := e.named(n); r != nil || err != nil {
		return r, err
	}
	t, err := e.findTable(n.name, "Object", "SELECT")
	if err != nil {
		return nil, err
	}
	if err := e.may(t, catalog.Select); err != nil {
		return nil, err
	}
	r := e.rowsOf(t)
	if n.errors {
		if !t.ErrorLogging {
			return nil, compileError(2003, "02000", "Error table of '%s' does not exist: ERROR_LOGGING is not set on the table.", t.Path())
		}
		r = e.errorsOf(t)
	}
	if n.alias != "" {
		return r.rename(n.alias, nil)
	}
	return r, nil
}

func (e *environment) values(n *valuesSource, around *scope) (*relation, error) {
	s := &scope{env: e, tables: around.tables, outer: around}
	r := &relation{}
	compiledRows := make([][]compiled, len(n.rows))
	for i, row := range n.rows {
		var err error
		if compiledRows[i], err = s.compileAll(row); err != nil {
			return nil, err
		}
	}
	for i := range n.rows[0] {
		typ := nullType
		for _, row := range compiledRows {
			t, err := unify(typ, row[i].typ)
			if err != nil {
				return nil, err
			}
			typ = t
		}
		for _, row := range compiledRows {
			c, err := s.as(row[i], typ)
			if err != nil {
				return nil, err
			}
			row[i] = c
		}
		r.columns = append(r.columns, scopeColumn{name: fmt.Sprintf("COLUMN%d", i+1), typ: typ, nullable: true})
	}
	r.run = func(yield func([]Value) error) error {
		for _, row := range compiledRows {
			out, err := (&selection{env: e, items: row}).project(&frame{})
			if err != nil {
				return err
			}
			if err := yield(out); err != nil {
				return err
			}
		}
		return nil
	}
	return r.rename(n.alias, n.columns)
}
