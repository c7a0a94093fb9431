package sql

import (
	"errors"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/rowstore"
)

// delete runs DELETE FROM t [WHERE ...].
func (e *environment) delete(s *deleteStatement) (*Result, error) {
	t, err := e.findTable(s.table, "Table", "DELETE")
	if err != nil {
		return nil, err
	}
	if err := e.may(t, catalog.Delete); err != nil {
		return nil, err
	}
	columns, filter, err := e.targetRows(t, s.alias, s.filter)
	if err != nil {
		return nil, err
	}
	var ids []int64
	err = e.matching(t, columns, filter, func(row rowstore.Row, _ []Value) error {
		ids = append(ids, row.ID)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if err := e.engine.Rows.Delete(t.ID, ids); err != nil {
		return nil, err
	}
	return affected(typeDelete, deleteCounts, int64(len(ids))), nil
}

// targetRows compiles the condition of DELETE and UPDATE.
func (e *environment) targetRows(t *catalog.Table, alias string, filter expression) (*relation, *compiled, error) {
	r := e.rowsOf(t)
	if alias != "" {
		var err error
		if r, err = r.rename(alias, nil); err != nil {
			return nil, nil, err
		}
	}
	if filter == nil {
		return r, nil, nil
	}
	c, err := (&scope{env: e, columns: r.columns}).condition(filter)
	return r, c, err
}

// matching yields the rows that a condition holds for.
func (e *environment) matching(t *catalog.Table, r *relation, filter *compiled, yield func(rowstore.Row, []Value) error) error {
	return e.scan(t, r.columns, func(row rowstore.Row, values []Value) error {
		if e.ctx.Err() != nil {
			return runtimeError(604, "57014", "SQL execution canceled")
		}
		if ok, err := holds(filter, &frame{row: values}); !ok || err != nil {
			return err
		}
		return yield(row, values)
	})
}

// update runs UPDATE t SET c = x, ... [WHERE ...]. An updated row is a new
// row of the store, so it moves to the end.
func (e *environment) update(s *updateStatement) (*Result, error) {
	t, err := e.findTable(s.table, "Table", "UPDATE")
	if err != nil {
		return nil, err
	}
	if err := e.may(t, catalog.Update); err != nil {
		return nil, err
	}
	r, filter, err := e.targetRows(t, s.alias, s.filter)
	if err != nil {
		return nil, err
	}
	sets := map[int]compiled{}
	for _, a := range s.sets {
		i, ok := t.Column(a.column)
		if !ok {
			return nil, compileError(904, "42000", "invalid identifier '%s'", catalog.Quote(a.column))
		}
		if sets[i], err = (&scope{env: e, columns: r.columns}).compileAs(a.x, t.Columns[i].Type); err != nil {
			return nil, err
		}
	}
	for _, c := range r.columns {
		*c.used = true
	}
	w := &rowWriter{env: e, table: t}
	var ids []int64
	err = e.matching(t, r, filter, func(row rowstore.Row, values []Value) error {
		ids = append(ids, row.ID)
		return w.changed(values, sets)
	})
	if err != nil {
		return nil, err
	}
	if len(ids) > 0 {
		if err := errors.Join(e.engine.Rows.Append(t.ID, w.rows), e.engine.Rows.Delete(t.ID, ids)); err != nil {
			return nil, err
		}
	}
	return affected(typeUpdate, updateCounts, int64(len(ids)), 0), nil
}

// changed adds a row with some of its values replaced.
func (w *rowWriter) changed(values []Value, sets map[int]compiled) error {
	next, given := w.blank()
	copy(next, values)
	for i := range given {
		given[i] = true
	}
	for i, c := range sets {
		v, err := c.eval(&frame{row: values})
		if err != nil {
			return err
		}
		next[i] = v
	}
	return w.add(next, given)
}

// truncate runs TRUNCATE TABLE t and TRUNCATE ERROR_TABLE(t).
func (e *environment) truncate(s *truncateStatement) (*Result, error) {
	t, err := e.findTable(s.table, "Table", "TRUNCATE")
	if err != nil {
		if s.ifExists && AsError(err).Code == 2003 {
			return status(statusExecuted, typeDefinition), nil
		}
		return nil, err
	}
	if err := e.may(t, catalog.Truncate); err != nil {
		return nil, err
	}
	clear := e.engine.Rows.Truncate
	if s.errors {
		if !t.ErrorLogging {
			return nil, compileError(2003, "02000", "Error table of '%s' does not exist: ERROR_LOGGING is not set on the table.", t.Path())
		}
		clear = e.engine.Rows.TruncateErrors
	}
	if err := clear(t.ID); err != nil {
		return nil, err
	}
	return status(statusExecuted, typeDefinition), nil
}
