package sql

import "errors"

// run yields the rows of a SELECT. Without groups, windows and order they
// stream; each of those has to see all rows first.
func (sel *selection) run(yield func([]Value) error) error {
	if sel.group == nil && len(sel.windows) == 0 && len(sel.order) == 0 {
		out := sel.once(yield)
		return sel.frames(func(f *frame) error {
			row, err := sel.project(f)
			if err != nil {
				return err
			}
			return out(row)
		})
	}
	frames, err := sel.collect()
	if err != nil {
		return err
	}
	if len(sel.windows) > 0 {
		if frames, err = sel.afterWindows(frames); err != nil {
			return err
		}
	}
	var rows []sortable
	keep := sel.once(func([]Value) error { rows = append(rows, sortable{}); return nil })
	for _, f := range frames {
		if err := sel.env.step(); err != nil {
			return err
		}
		row, err := sel.project(f)
		if err != nil {
			return err
		}
		before := len(rows)
		if err := keep(row); err != nil {
			return err
		}
		if len(rows) == before {
			continue
		}
		keys, err := evaluateSort(sel.order, f)
		if err != nil {
			return err
		}
		rows[before] = sortable{keys: keys, row: row}
	}
	sortRows(sel.order, rows)
	return yieldSorted(rows, yield)
}

// frames yields the filtered input.
func (sel *selection) frames(yield func(*frame) error) error {
	if err := sel.env.step(); err != nil {
		return err
	}
	return sel.from.run(func(row []Value) error {
		if err := sel.env.step(); err != nil {
			return err
		}
		f := &frame{row: row}
		if ok, err := holds(sel.filter, f); !ok || err != nil {
			return err
		}
		return yield(f)
	})
}

// collect gives all frames after grouping and HAVING.
func (sel *selection) collect() ([]*frame, error) {
	if sel.group == nil {
		var frames []*frame
		err := forgive(sel.frames(func(f *frame) error {
			frames = append(frames, f)
			return nil
		}))
		return frames, err
	}
	groups, err := sel.group.run(func(yield func(*frame) error) error { return forgive(sel.frames(yield)) })
	if err != nil || sel.having == nil {
		return groups, err
	}
	return keepIf(sel.having, groups)
}

func (sel *selection) afterWindows(frames []*frame) ([]*frame, error) {
	if err := computeWindows(sel.windows, frames); err != nil {
		return nil, err
	}
	if sel.qualify == nil {
		return frames, nil
	}
	return keepIf(sel.qualify, frames)
}

func keepIf(cond *compiled, frames []*frame) ([]*frame, error) {
	kept := frames[:0]
	for _, f := range frames {
		ok, err := holds(cond, f)
		if err != nil {
			return nil, err
		}
		if ok {
			kept = append(kept, f)
		}
	}
	return kept, nil
}

func (sel *selection) project(f *frame) ([]Value, error) {
	row := make([]Value, len(sel.items))
	for i, c := range sel.items {
		v, err := c.eval(f)
		if err != nil {
			return nil, err
		}
		row[i] = v
		if err := sel.env.keep(v); err != nil {
			return nil, err
		}
	}
	return row, nil
}

// once lets each row through a single time when SELECT DISTINCT asks for it.
func (sel *selection) once(yield func([]Value) error) func([]Value) error {
	if !sel.distinct {
		return yield
	}
	seen := map[string]bool{}
	return func(row []Value) error {
		name := rowKey(row)
		if seen[name] {
			return nil
		}
		seen[name] = true
		return yield(row)
	}
}

func rowKey(row []Value) string {
	var text []byte
	for _, v := range row {
		text = appendKey(text, v)
	}
	return string(text)
}

// holds reports whether a condition is true; no condition always is.
func holds(cond *compiled, f *frame) (bool, error) {
	if cond == nil {
		return true, nil
	}
	v, err := cond.eval(f)
	return v == true, err
}

func forgive(err error) error {
	if errors.Is(err, errStop) {
		return nil
	}
	return err
}
