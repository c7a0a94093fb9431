package sql

import "errors"

// relation is something that yields rows: a table, a query, a join.
type relation struct {
	columns []scopeColumn
	// run yields each row, which the receiver may keep, and stops at its
	// first error. It may be called more than once.
	run func(yield func(row []Value) error) error
}

// errStop ends a run early without being an error.
var errStop = errors.New("stop")

// each runs a relation and forgives errStop.
func (r *relation) each(yield func(row []Value) error) error {
	if err := r.run(yield); !errors.Is(err, errStop) {
		return err
	}
	return nil
}

// rename gives a relation's columns a table alias, and names where given.
func (r *relation) rename(alias string, names []string) (*relation, error) {
	if names != nil && len(names) != len(r.columns) {
		return nil, compileError(2030, "42601", "Invalid number of column aliases: %d for %d columns", len(names), len(r.columns))
	}
	out := &relation{run: r.run, columns: append([]scopeColumn{}, r.columns...)}
	for i := range out.columns {
		c := &out.columns[i]
		if alias != "" {
			c.path = []string{alias}
		}
		c.joined = false
		if names != nil {
			c.name = names[i]
		}
	}
	return out, nil
}

// limited applies LIMIT and OFFSET, which are constants.
func (e *environment) limited(r *relation, limit, offset expression) (*relation, error) {
	if limit == nil && offset == nil {
		return r, nil
	}
	most, err := e.rowCount(limit, -1)
	if err != nil {
		return nil, err
	}
	skip, err := e.rowCount(offset, 0)
	if err != nil {
		return nil, err
	}
	return &relation{columns: r.columns, run: func(yield func([]Value) error) error {
		var seen int64
		if most == 0 {
			return nil
		}
		err := r.run(func(row []Value) error {
			seen++
			if seen <= skip {
				return nil
			}
			if err := yield(row); err != nil {
				return err
			}
			if most > 0 && seen-skip >= most {
				return errStop
			}
			return nil
		})
		return err
	}}, nil
}

func (e *environment) rowCount(x expression, otherwise int64) (int64, error) {
	if x == nil {
		return otherwise, nil
	}
	v, _, err := e.evaluate(x)
	if err != nil {
		return 0, err
	}
	if v == nil {
		return otherwise, nil
	}
	if text, ok := v.(string); ok { // a bound text
		if d, ok := parseDecimal(text); ok {
			v = d
		}
	}
	n, ok := asInt(v)
	if !ok || n < 0 {
		return 0, compileError(1035, "22023", "Invalid value [%s] for LIMIT or OFFSET: a number from 0 is expected", shorten(textOf(v)))
	}
	return n, nil
}

func textOf(v Value) string {
	s, _ := asText(v, textType, epoch.Location()).(string)
	return s
}
