package sql

// scalar compiles (SELECT ...) as a value: at most one row of one column.
func (s *scope) scalar(n *subquery) (compiled, error) {
	b := s.boundary()
	r, err := s.env.query(n.query, b)
	if err != nil {
		return compiled{}, err
	}
	if len(r.columns) != 1 {
		return compiled{}, compileError(1015, "42601", "Invalid argument: a scalar subquery returns one column, this one %d", len(r.columns))
	}
	eval := s.perOuterRow(b, func() (value Value, err error) {
		rows := 0
		err = r.each(func(row []Value) error {
			if rows++; rows > 1 {
				return runtimeError(90150, "22000", "Single-row subquery returns more than one row.")
			}
			value = row[0]
			return nil
		})
		return value, err
	})
	return compiled{typ: r.columns[0].typ, nullable: true, eval: eval}, nil
}

func (s *scope) exists(n *exists) (compiled, error) {
	b := s.boundary()
	r, err := s.env.query(n.query, b)
	if err != nil {
		return compiled{}, err
	}
	eval := s.perOuterRow(b, func() (Value, error) {
		found := false
		err := r.each(func([]Value) error { found = true; return errStop })
		return found, err
	})
	return compiled{typ: booleanType, eval: eval}, nil
}

// members are the values of a subquery after IN.
type members struct {
	values  map[string]bool
	unknown bool // NULL is among them
}

// inQuery compiles x IN (SELECT ...).
func (s *scope) inQuery(n *in, x compiled) (compiled, error) {
	b := s.boundary()
	r, err := s.env.query(n.query, b)
	if err != nil {
		return compiled{}, err
	}
	if len(r.columns) != 1 {
		return compiled{}, compileError(2016, "42601", "Invalid IN: the subquery returns one column, this one %d", len(r.columns))
	}
	var current Value
	member := compiled{typ: r.columns[0].typ, nullable: true, eval: func(*frame) (Value, error) { return current, nil }}
	l, m, err := s.comparable(x, member)
	if err != nil {
		return compiled{}, err
	}
	get := s.perOuterRow(b, func() (Value, error) {
		list := &members{values: map[string]bool{}}
		err := r.each(func(row []Value) error {
			current = row[0]
			v, err := m.eval(nil)
			if v == nil {
				list.unknown = true
				return err
			}
			list.values[canonical(plain(v))] = true
			return err
		})
		return list, err
	})
	return compiled{typ: booleanType, nullable: true, eval: func(f *frame) (Value, error) {
		found, err := get(f)
		if err != nil {
			return nil, err
		}
		list := found.(*members)
		v, err := l.eval(f)
		switch {
		case err != nil || v == nil:
			return nil, err
		case list.values[canonical(plain(v))]:
			return !n.not, nil
		case list.unknown:
			return nil, nil
		}
		return n.not, nil
	}}, nil
}
