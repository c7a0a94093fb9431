package sql

import (
	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/rowstore"
)

// rowID is the value of the column that a target has behind its own: which row
// of the store it is.
type rowID int64

// changing finds the table of a statement that changes rows which are there
// already, and locks it.
func (e *environment) changing(name objectName, verb string, privileges ...catalog.Privilege) (*catalog.Table, error) {
	t, err := e.findTable(name, "Table", verb)
	if err != nil {
		return nil, err
	}
	for _, p := range privileges {
		if err := e.may(t, p); err != nil {
			return nil, err
		}
	}
	return t, e.lock(t.ID)
}

// target reads a table with each row's ID behind its columns.
func (e *environment) target(t *catalog.Table, alias string) (*relation, error) {
	r := e.rowsOf(t)
	if alias != "" {
		var err error
		if r, err = r.rename(alias, nil); err != nil {
			return nil, err
		}
	}
	columns := r.columns[:len(t.Columns)] // METADATA$... cannot be named here
	return &relation{
		columns: append(columns[:len(columns):len(columns)], scopeColumn{hidden: true, typ: integerType}),
		run: func(yield func([]Value) error) error {
			return e.scan(t, columns, func(row rowstore.Row, values []Value) error { return yield(append(values, rowID(row.ID))) })
		},
	}, nil
}

// readAll makes a table's own columns be decoded, as rewriting a row needs.
func (r *relation) readAll(t *catalog.Table) {
	for _, c := range r.columns[:len(t.Columns)] {
		*c.used = true
	}
}

// targets are the rows of a table that a condition holds for, joined with
// other sources where there are some. The table's columns come first.
func (e *environment) targets(t *catalog.Table, alias string, others source, filter expression) (*relation, error) {
	r, err := e.target(t, alias)
	if err != nil {
		return nil, err
	}
	top := &scope{env: e}
	if others != nil {
		source, err := e.from(others, top)
		if err != nil {
			return nil, err
		}
		return e.joined(r, source, &joinSource{kind: "INNER", on: filter}, top)
	}
	var cond *compiled
	if filter != nil {
		if cond, err = (&scope{env: e, columns: r.columns}).condition(filter); err != nil {
			return nil, err
		}
	}
	return &relation{columns: r.columns, run: func(yield func([]Value) error) error {
		return r.run(func(row []Value) error {
			if err := e.alive(); err != nil {
				return err
			}
			if ok, err := holds(cond, &frame{row: row}); !ok || err != nil {
				return err
			}
			return yield(row)
		})
	}}, nil
}

// alive is an error once the statement was canceled.
func (e *environment) alive() error {
	if e.ctx.Err() != nil {
		return runtimeError(604, "57014", "SQL execution canceled")
	}
	return nil
}

// setting is one compiled c = x of UPDATE; without an x it is the default.
type setting struct {
	column int
	x      *compiled
}

// settings compiles assignments to a table's columns.
func (s *scope) settings(t *catalog.Table, list []assignment) ([]setting, error) {
	var sets []setting
	for _, a := range list {
		i, ok := t.Column(a.column)
		if !ok {
			return nil, compileError(904, "42000", "invalid identifier '%s'", catalog.Quote(a.column))
		}
		set := setting{column: i}
		if a.x != nil {
			c, err := s.compileAs(a.x, t.Columns[i].Type)
			if err != nil {
				return nil, err
			}
			set.x = &c
		}
		sets = append(sets, set)
	}
	return sets, nil
}

// changed adds a row with some of its values replaced. values are the table's
// own, joined what expressions see.
func (w *rowWriter) changed(values, joined []Value, sets []setting) error {
	next, given := w.blank()
	copy(next, values)
	for i := range given {
		given[i] = true
	}
	for _, set := range sets {
		if set.x == nil {
			next[set.column], given[set.column] = nil, false
			continue
		}
		v, err := set.x.eval(&frame{row: joined})
		if err != nil {
			return err
		}
		next[set.column] = v
	}
	return w.add(next, given)
}
