package sql

import (
	"slices"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

// merger is a compiled MERGE at work.
type merger struct {
	writer   *rowWriter
	clauses  []mergeStep
	width    int              // columns of the source, before the target's
	done     map[int64]string // what was done to a row of the target
	inserted int64
	updated  int64
	deleted  int64
}

// mergeStep is a compiled WHEN clause.
type mergeStep struct {
	mergeClause
	cond    *compiled
	sets    []setting
	targets []int
	values  []*compiled // nil is DEFAULT
}

// merge runs MERGE INTO t USING source ON condition WHEN ...: the source is
// joined to the target, and the first clause that fits a pair is done
// (docs.snowflake.com/sql-reference/sql/merge).
func (e *environment) merge(s *mergeStatement) (*Result, error) {
	t, err := e.changing(s.table, "MERGE", s.privileges()...)
	if err != nil {
		return nil, err
	}
	target, err := e.target(t, s.alias)
	if err != nil {
		return nil, err
	}
	top := &scope{env: e}
	source, err := e.from(s.source, top)
	if err != nil {
		return nil, err
	}
	pairs, err := e.joined(source, target, &joinSource{kind: "LEFT", on: s.on}, top)
	if err != nil {
		return nil, err
	}
	m := &merger{writer: &rowWriter{env: e, table: t}, width: len(source.columns), done: map[int64]string{}}
	for _, c := range s.clauses {
		step, err := (&scope{env: e, columns: pairs.columns}).mergeStep(t, c)
		if err != nil {
			return nil, err
		}
		m.clauses = append(m.clauses, step)
	}
	target.readAll(t)
	if err := pairs.each(m.pair); err != nil {
		return nil, err
	}
	if err := e.changeRows(t.ID, m.writer.rows, m.writer.gone); err != nil {
		return nil, err
	}
	return s.outcome(m.inserted, m.updated, m.deleted), nil
}

// privileges are those that the clauses need.
func (s *mergeStatement) privileges() (list []catalog.Privilege) {
	for _, c := range s.clauses {
		list = append(list, map[string]catalog.Privilege{"INSERT": catalog.Insert, "UPDATE": catalog.Update, "DELETE": catalog.Delete}[c.do])
	}
	return list
}

// outcome has a count for each kind of clause that the statement has.
func (s *mergeStatement) outcome(inserted, updated, deleted int64) *Result {
	var names []string
	var counts []int64
	for _, n := range []struct {
		do, name string
		count    int64
	}{{"INSERT", "number of rows inserted", inserted}, {"UPDATE", "number of rows updated", updated}, {"DELETE", "number of rows deleted", deleted}} {
		if slices.ContainsFunc(s.clauses, func(c mergeClause) bool { return c.do == n.do }) {
			names, counts = append(names, n.name), append(counts, n.count)
		}
	}
	return affected(typeMerge, names, counts...)
}

func (s *scope) mergeStep(t *catalog.Table, c mergeClause) (mergeStep, error) {
	step := mergeStep{mergeClause: c}
	var err error
	if c.when != nil {
		if step.cond, err = s.condition(c.when); err != nil {
			return step, err
		}
	}
	if step.sets, err = s.settings(t, c.sets); err != nil || c.do != "INSERT" {
		return step, err
	}
	if step.targets, err = targetsOf(t, c.columns); err != nil {
		return step, err
	}
	if len(step.targets) != len(c.values) {
		return step, mismatchedColumns(len(step.targets), len(c.values))
	}
	for i, x := range c.values {
		if x == nil {
			step.values = append(step.values, nil)
			continue
		}
		v, err := s.compileAs(x, t.Columns[step.targets[i]].Type)
		if err != nil {
			return step, err
		}
		step.values = append(step.values, &v)
	}
	return step, nil
}

// pair does what the first fitting clause says of one source row and one row of
// the target, or none.
func (m *merger) pair(row []Value) error {
	id, matched := row[len(row)-1].(rowID)
	f := &frame{row: row}
	for i := range m.clauses {
		step := &m.clauses[i]
		if step.matched != matched {
			continue
		}
		ok, err := holds(step.cond, f)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		if !matched {
			return m.insert(step, f)
		}
		return m.change(step, row, int64(id))
	}
	return nil
}

func (m *merger) insert(step *mergeStep, f *frame) error {
	values, given := m.writer.blank()
	for i, c := range step.values {
		if c == nil {
			continue
		}
		v, err := c.eval(f)
		if err != nil {
			return err
		}
		values[step.targets[i]], given[step.targets[i]] = v, true
	}
	m.inserted++
	return m.writer.add(values, given)
}

// change updates or deletes a row. Two source rows may both delete a row; what
// else they do to the same row depends on their order and is refused.
func (m *merger) change(step *mergeStep, row []Value, id int64) error {
	values := row[m.width : len(row)-1]
	before, again := m.done[id]
	if again && before == "DELETE" && step.do == "DELETE" {
		return nil
	}
	if again {
		cells := make([]JSON, len(values))
		for i, c := range m.writer.table.Columns {
			cells[i] = asJSON(values[i], c.Type, m.writer.env.zone)
		}
		return runtimeError(100090, "42P18", "Duplicate row detected during DML action\nRow Values: %s", makeArray(cells))
	}
	m.done[id] = step.do
	m.writer.gone = append(m.writer.gone, id)
	if step.do == "DELETE" {
		m.deleted++
		return nil
	}
	m.updated++
	return m.writer.changed(values, row, step.sets)
}
