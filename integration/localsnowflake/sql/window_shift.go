package sql

// shift compiles LAG and LEAD: the value so many rows before or after.
func (s *scope) shift(w *windowCall, n *call, args []compiled) error {
	distance := int64(1)
	if len(args) > 1 {
		d, ok := asInt(args[1].constant)
		if !ok {
			return compileError(1015, "22023", "argument 2 to function %s needs to be constant", n.name)
		}
		distance = d
	}
	if n.name == "LAG" {
		distance = -distance
	}
	otherwise := compiled{eval: func(*frame) (Value, error) { return nil, nil }}
	if len(args) == 3 {
		var err error
		if otherwise, err = s.as(args[2], args[0].typ); err != nil {
			return err
		}
	}
	w.compute = func(rows []*frame, _ [][]Value) ([]Value, error) {
		values := make([]Value, len(rows))
		for i, f := range rows {
			v, err := args[0].eval(f)
			if err != nil {
				return nil, err
			}
			values[i] = v
		}
		out := make([]Value, len(rows))
		for i, f := range rows {
			if err := s.env.alive(); err != nil {
				return nil, err
			}
			at := shifted(values, i, distance, n.ignoreNulls)
			if at >= 0 {
				out[i] = values[at]
				continue
			}
			v, err := otherwise.eval(f)
			if err != nil {
				return nil, err
			}
			out[i] = v
		}
		return out, nil
	}
	return nil
}

// shifted is the row that lies distance rows from i, -1 outside. With
// ignoreNulls only rows with a value count.
func shifted(values []Value, i int, distance int64, ignoreNulls bool) int {
	if !ignoreNulls {
		at := int64(i) + distance
		if at < 0 || at >= int64(len(values)) {
			return -1
		}
		return int(at)
	}
	step := 1
	if distance < 0 {
		step, distance = -1, -distance
	}
	for at := i + step; at >= 0 && at < len(values); at += step {
		if values[at] != nil {
			if distance--; distance <= 0 {
				return at
			}
		}
	}
	return -1
}

// windowAggregate compiles an aggregate over a frame. Without a frame it runs
// from the partition's start to the row's last peer, or without ORDER BY over
// the whole partition.
func (s *scope) windowAggregate(w *windowCall, n *call) error {
	if n.over.frame != nil && !n.over.frame.rows && (n.over.frame.from != nil || n.over.frame.to != nil && *n.over.frame.to != 0) {
		return unsupported("RANGE BETWEEN with offsets")
	}
	inner := *n
	inner.over = nil
	a, err := s.compileAggregate(&inner)
	if err != nil {
		return err
	}
	w.typ = a.typ
	w.compute = func(rows []*frame, keys [][]Value) ([]Value, error) {
		f := n.over.frame
		if f == nil || !f.rows {
			whole := len(w.order) == 0 || f != nil && f.to == nil
			return s.env.running(a, rows, func(i int) int {
				if whole {
					return len(rows) - 1
				}
				for i+1 < len(rows) && compareKeys(w.order, keys[i], keys[i+1]) == 0 {
					i++
				}
				return i
			})
		}
		if f.from == nil {
			return s.env.running(a, rows, func(i int) int { return frameEnd(f, i, len(rows)) })
		}
		return s.env.sliding(a, rows, f)
	}
	return nil
}

func frameEnd(f *frameClause, i, n int) int {
	if f.to == nil {
		return n - 1
	}
	return int(min(int64(i)+*f.to, int64(n)-1))
}

// running aggregates from the first row to end(i), which never shrinks.
func (e *environment) running(a aggregateCall, rows []*frame, end func(int) int) ([]Value, error) {
	state, done := a.start(), 0
	out := make([]Value, len(rows))
	last := -2
	for i := range rows {
		if err := e.alive(); err != nil {
			return nil, err
		}
		to := end(i)
		if to == last {
			out[i] = out[i-1]
			continue
		}
		last = to
		for ; done <= to; done++ {
			if err := state.add(rows[done]); err != nil {
				return nil, err
			}
		}
		v, err := state.result()
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}

// sliding aggregates a frame whose start moves.
func (e *environment) sliding(a aggregateCall, rows []*frame, f *frameClause) ([]Value, error) {
	out := make([]Value, len(rows))
	for i := range rows {
		if err := e.alive(); err != nil {
			return nil, err
		}
		state := a.start()
		for j := max(0, int64(i)+*f.from); j <= int64(frameEnd(f, i, len(rows))); j++ {
			if err := state.add(rows[j]); err != nil {
				return nil, err
			}
		}
		v, err := state.result()
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}
