package sql

import (
	"encoding/base64"
	"math"
	"time"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/rowstore"
)

// insert runs INSERT INTO t [(columns)] VALUES ... or SELECT ....
func (e *environment) insert(s *insertStatement) (*Result, error) {
	t, err := e.findTable(s.table, "Table", "INSERT")
	if err != nil {
		return nil, err
	}
	if err := e.may(t, catalog.Insert); err != nil {
		return nil, err
	}
	targets, err := targetsOf(t, s.columns)
	if err != nil {
		return nil, err
	}
	w := &rowWriter{env: e, table: t}
	if s.query != nil {
		err = w.fromQuery(s.query, targets)
	} else {
		err = w.fromBatch(s.rows, targets)
	}
	if err != nil {
		return nil, err
	}
	if s.overwrite {
		if err := e.may(t, catalog.Delete); err != nil {
			return nil, err
		}
		if w.gone, err = e.allRows(t); err != nil {
			return nil, err
		}
	}
	if err := e.changeRows(t.ID, w.rows, w.gone); err != nil {
		return nil, err
	}
	return affected(typeInsert, insertCounts, int64(len(w.rows))), nil
}

// allRows locks a table and lists its rows, to remove them.
func (e *environment) allRows(t *catalog.Table) (ids []int64, err error) {
	if err := e.lock(t.ID); err != nil {
		return nil, err
	}
	err = e.storedRows(t.ID, func(row rowstore.Row) bool {
		ids = append(ids, row.ID)
		return true
	})
	return ids, err
}

// targetsOf finds the columns that values go to; none named means all.
func targetsOf(t *catalog.Table, names []string) ([]int, error) {
	var targets []int
	for i := range t.Columns {
		if names == nil {
			targets = append(targets, i)
		}
	}
	for _, name := range names {
		i, ok := t.Column(name)
		if !ok {
			return nil, compileError(904, "42000", "invalid identifier '%s'", catalog.Quote(name))
		}
		targets = append(targets, i)
	}
	return targets, nil
}

// rowWriter makes stored rows of values.
type rowWriter struct {
	env      *environment
	table    *catalog.Table
	rows     []rowstore.Row
	gone     []int64                          // rows that go with them
	defaults []func(time.Time) (Value, error) // of the table's columns, once known
}

func mismatchedColumns(want, got int) error {
	return compileError(1757, "42601", "Insert value list does not match column list expecting %d but got %d", want, got)
}

// fromBatch runs the tuples once, or once for each element of bound arrays.
func (w *rowWriter) fromBatch(rows [][]expression, targets []int) error {
	for i := range max(1, w.env.binds.batch()) {
		w.env.binds.row, w.env.work.compiled = i, 0
		if err := w.fromTuples(rows, targets); err != nil {
			return err
		}
	}
	return nil
}

func (w *rowWriter) fromTuples(rows [][]expression, targets []int) error {
	s := &scope{env: w.env}
	for _, row := range rows {
		if len(row) != len(targets) {
			return mismatchedColumns(len(targets), len(row))
		}
		values, given := w.blank()
		for i, x := range row {
			if x == nil { // DEFAULT
				continue
			}
			c, err := s.compileAs(x, w.table.Columns[targets[i]].Type)
			if err != nil {
				return err
			}
			if values[targets[i]], err = c.eval(&frame{}); err != nil {
				return err
			}
			given[targets[i]] = true
		}
		if err := w.add(values, given); err != nil {
			return err
		}
	}
	return nil
}

func (w *rowWriter) fromQuery(q *query, targets []int) error {
	r, err := w.env.query(q, nil)
	if err != nil {
		return err
	}
	if len(r.columns) != len(targets) {
		return mismatchedColumns(len(targets), len(r.columns))
	}
	columns := make([]scopeColumn, len(targets))
	for i, at := range targets {
		columns[i] = scopeColumn{typ: w.table.Columns[at].Type}
	}
	if r, err = w.env.reshape(r, columns); err != nil {
		return err
	}
	return r.each(func(row []Value) error {
		values, given := w.blank()
		for i, v := range row {
			values[targets[i]], given[targets[i]] = v, true
		}
		return w.add(values, given)
	})
}

func (w *rowWriter) blank() ([]Value, []bool) {
	return make([]Value, len(w.table.Columns)), make([]bool, len(w.table.Columns))
}

// add appends one row.
func (w *rowWriter) add(values []Value, given []bool) error {
	row, err := w.encode(values, given)
	if err != nil {
		return err
	}
	w.rows = append(w.rows, rowstore.Row{JSON: row, CommittedAt: w.env.now})
	return w.env.keepBytes(len(row))
}

// encode makes the stored form of a row; columns without a given value get
// their default now.
func (w *rowWriter) encode(values []Value, given []bool) ([]byte, error) {
	if w.defaults == nil {
		var err error
		if w.defaults, err = w.env.defaultsOf(w.table); err != nil {
			return nil, err
		}
	}
	var err error
	var members []jsonMember
	for i, c := range w.table.Columns {
		if !given[i] && w.defaults[i] != nil {
			if values[i], err = w.defaults[i](w.env.now); err != nil {
				return nil, err
			}
		}
		if values[i] == nil {
			if c.Identity && !given[i] {
				continue // the row's ID, when it is read
			}
			if !c.Nullable {
				return nil, runtimeError(100072, "22000", "NULL result in a non-nullable column: %s", catalog.Quote(c.Name))
			}
			if c.Type.Name != catalog.Variant { // there a null would be the JSON value
				members = append(members, jsonMember{c.Name, jsonNull})
			}
			continue
		}
		cell, err := storedJSON(values[i], c.Type)
		if err != nil {
			return nil, err
		}
		members = append(members, jsonMember{c.Name, cell})
	}
	return []byte(makeObject(members)), nil
}

// storedJSON writes a value so that reading it through ingest.Coerce gives
// the same value again.
func storedJSON(v Value, t catalog.Type) (JSON, error) {
	switch v := v.(type) {
	case Bytes:
		return quoteJSON(base64.StdEncoding.EncodeToString([]byte(v))), nil
	case float64:
		switch {
		case math.IsNaN(v):
			return `"NaN"`, nil
		case math.IsInf(v, 0):
			return quoteJSON(floatText(v)), nil
		}
	case Clock:
		return quoteJSON(epoch.Add(time.Duration(v)).Format("15:04:05.999999999")), nil
	case time.Time:
		if t.Name == catalog.TimestampNTZ {
			return quoteJSON(v.Format("2006-01-02T15:04:05.999999999")), nil
		}
		return quoteJSON(v.Format("2006-01-02T15:04:05.999999999Z07:00")), nil
	}
	switch t.Name {
	case catalog.Geography, catalog.Geometry, catalog.Vector:
		return "", unsupported("INSERT into %s", t.Name)
	}
	return asJSON(v, t, time.UTC), nil
}
