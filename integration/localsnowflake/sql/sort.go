package sql

import (
	"slices"

	"github.com/cockroachdb/apd/v3"
)

// sortKey is one compiled item of ORDER BY.
type sortKey struct {
	x          compiled
	desc       bool
	nullsFirst bool
}

// sortable is a row with its keys.
type sortable struct {
	keys []Value
	row  []Value
}

// sortKeys compiles ORDER BY. items are the select list, for ordinals; nil
// where ordinals mean nothing.
func (s *scope) sortKeys(list []ordering, items []expression) ([]sortKey, error) {
	var keys []sortKey
	for _, o := range list {
		x := o.x
		if n, ok := ordinal(x); ok && items != nil {
			if n < 1 || n > len(items) {
				return nil, compileError(2001, "42601", "Invalid ORDER BY position %d: it is not in the select list", n)
			}
			x = items[n-1]
		}
		if c, ok := x.(*column); ok && len(c.parts) == 1 && items != nil {
			if alias, ok := s.aliases[c.parts[0]]; ok { // an output column comes before an input column
				x = alias
			}
		}
		c, err := s.compile(x)
		if err != nil {
			return nil, err
		}
		keys = append(keys, sortKey{x: c, desc: o.desc, nullsFirst: o.nulls == "FIRST" || o.nulls == "" && o.desc})
	}
	return keys, nil
}

// ordinal reads a bare integer literal.
func ordinal(x expression) (int, bool) {
	l, ok := x.(*literal)
	if !ok {
		return 0, false
	}
	d, ok := l.value.(*apd.Decimal)
	if !ok || d.Exponent < 0 {
		return 0, false
	}
	n, _ := asInt(d)
	return int(n), true
}

func evaluateSort(keys []sortKey, f *frame) ([]Value, error) {
	values := make([]Value, len(keys))
	for i, k := range keys {
		v, err := k.x.eval(f)
		if err != nil {
			return nil, err
		}
		values[i] = v
	}
	return values, nil
}

// sortRows sorts by keys; rows with equal keys keep their order.
func sortRows(keys []sortKey, rows []sortable) {
	if len(keys) == 0 {
		return
	}
	slices.SortStableFunc(rows, func(a, b sortable) int { return compareKeys(keys, a.keys, b.keys) })
}

func compareKeys(keys []sortKey, a, b []Value) int {
	for i, k := range keys {
		x, y := a[i], b[i]
		if x == nil || y == nil {
			if (x == nil) == (y == nil) {
				continue
			}
			if (x == nil) == k.nullsFirst {
				return -1
			}
			return 1
		}
		if c := compare(x, y); c != 0 {
			if k.desc {
				return -c
			}
			return c
		}
	}
	return 0
}
