package sql

import "github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"

// windowCall is one call with OVER.
type windowCall struct {
	partition []compiled
	order     []sortKey
	typ       catalog.Type
	// compute gives one value per row of a partition. The rows are in the
	// window's order; keys are their order keys, to tell peers.
	compute func(rows []*frame, keys [][]Value) ([]Value, error)
}

// windowOnly are functions that make no sense without OVER.
var windowOnly = set("ROW_NUMBER", "RANK", "DENSE_RANK", "LAG", "LEAD", "FIRST_VALUE", "LAST_VALUE")

// windowCall compiles a call with OVER into a slot of the frame's results.
func (s *scope) windowCall(n *call) (compiled, error) {
	if s.windows == nil {
		return compiled{}, compileError(2303, "42601", "Window function [%s] is not allowed in this place", n.name)
	}
	windows := s.windows
	s.windows = nil // no window function inside another
	defer func() { s.windows = windows }()
	w := &windowCall{}
	var err error
	if w.partition, err = s.compileAll(n.over.partition); err != nil {
		return compiled{}, err
	}
	if w.order, err = s.sortKeys(n.over.order, nil); err != nil {
		return compiled{}, err
	}
	switch {
	case windowOnly[n.name]:
		err = s.rankOrShift(w, n)
	case aggregates[n.name] != nil:
		err = s.windowAggregate(w, n)
	default:
		err = compileError(2140, "42601", "Unknown window function %s", n.name)
	}
	if err != nil {
		return compiled{}, err
	}
	slot := len(*windows)
	*windows = append(*windows, w)
	return compiled{typ: w.typ, nullable: true, eval: func(f *frame) (Value, error) { return f.win[slot], nil }}, nil
}

// computeWindows fills every frame's results.
func computeWindows(windows []*windowCall, frames []*frame) error {
	for _, f := range frames {
		f.win = make([]Value, len(windows))
	}
	for slot, w := range windows {
		partitions, err := w.split(frames)
		if err != nil {
			return err
		}
		for _, p := range partitions {
			if err := w.run(slot, p); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *windowCall) split(frames []*frame) ([][]*frame, error) {
	index := map[string]int{}
	var partitions [][]*frame
	for _, f := range frames {
		_, name, err := evaluateKeys(w.partition, f)
		if err != nil {
			return nil, err
		}
		i, ok := index[name]
		if !ok {
			i = len(partitions)
			index[name] = i
			partitions = append(partitions, nil)
		}
		partitions[i] = append(partitions[i], f)
	}
	return partitions, nil
}

func (w *windowCall) run(slot int, partition []*frame) error {
	rows := make([]sortable, len(partition))
	for i, f := range partition {
		keys, err := evaluateSort(w.order, f)
		if err != nil {
			return err
		}
		rows[i] = sortable{keys: keys, row: []Value{f}}
	}
	sortRows(w.order, rows)
	keys := make([][]Value, len(rows))
	for i, r := range rows {
		partition[i], keys[i] = r.row[0].(*frame), r.keys
	}
	values, err := w.compute(partition, keys)
	if err != nil {
		return err
	}
	for i, f := range partition {
		f.win[slot] = values[i]
	}
	return nil
}

// rankOrShift compiles the functions that are not aggregates.
func (s *scope) rankOrShift(w *windowCall, n *call) error {
	w.typ = countType
	switch n.name {
	case "ROW_NUMBER", "RANK", "DENSE_RANK":
		if len(n.args) > 0 {
			return compileError(939, "22023", "too many arguments for function [%s] expected 0, got %d", n.name, len(n.args))
		}
		if len(w.order) == 0 {
			return compileError(2303, "42601", "Window function [%s] requires ORDER BY in its OVER clause", n.name)
		}
		w.compute = func(rows []*frame, keys [][]Value) ([]Value, error) { return ranks(n.name, w.order, keys), nil }
		return nil
	}
	if len(n.args) == 0 || len(n.args) > 3 {
		return compileError(938, "22023", "wrong number of arguments for function [%s]: 1 to 3, got %d", n.name, len(n.args))
	}
	args, err := s.compileAll(n.args)
	if err != nil {
		return err
	}
	w.typ = args[0].typ
	if n.name == "FIRST_VALUE" || n.name == "LAST_VALUE" {
		w.compute = func(rows []*frame, _ [][]Value) ([]Value, error) { return edge(n, args[0], rows) }
		return nil
	}
	return s.shift(w, n, args)
}

func ranks(name string, order []sortKey, keys [][]Value) []Value {
	out := make([]Value, len(keys))
	rank, dense := int64(0), int64(0)
	for i := range keys {
		if i == 0 || compareKeys(order, keys[i-1], keys[i]) != 0 {
			rank = int64(i) + 1
			dense++
		}
		switch name {
		case "RANK":
			out[i] = number(rank)
		case "DENSE_RANK":
			out[i] = number(dense)
		default:
			out[i] = number(int64(i) + 1)
		}
	}
	return out
}

// edge is FIRST_VALUE and LAST_VALUE over the whole partition, their default
// frame.
func edge(n *call, x compiled, rows []*frame) ([]Value, error) {
	var found Value
	for i := range rows {
		at := i
		if n.name == "LAST_VALUE" {
			at = len(rows) - 1 - i
		}
		v, err := x.eval(rows[at])
		if err != nil {
			return nil, err
		}
		if found = v; v != nil || !n.ignoreNulls {
			break
		}
	}
	out := make([]Value, len(rows))
	for i := range out {
		out[i] = found
	}
	return out, nil
}
