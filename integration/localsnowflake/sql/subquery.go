package sql

// scalar compiles (SELECT ...) as a value: at most one row of one column.
func (s *scope) scalar(n *subquery) (compiled, error) {
	r, err := s.env.query(n.query, s)
	if err != nil {
		return compiled{}, err
	}
	if len(r.columns) != 1 {
		return compiled{}, compileError(1015, "42601", "Invalid argument: a scalar subquery returns one column, this one %d", len(r.columns))
	}
	var value Value
	get := onlyOnce(func() error {
		rows := 0
		return r.each(func(row []Value) error {
			if rows++; rows > 1 {
				return runtimeError(90150, "22000", "Single-row subquery returns more than one row.")
			}
			value = row[0]
			return nil
		})
	})
	return compiled{typ: r.columns[0].typ, nullable: true}.refreshed(&value, get), nil
}

// refreshed makes eval run get before it reads value.
func (c compiled) refreshed(value *Value, get func() error) compiled {
	c.eval = func(*frame) (Value, error) {
		if err := get(); err != nil {
			return nil, err
		}
		return *value, nil
	}
	return c
}

// onlyOnce runs f the first time and repeats its error later.
func onlyOnce(f func() error) func() error {
	done := false
	var err error
	return func() error {
		if !done {
			done, err = true, f()
		}
		return err
	}
}

func (s *scope) exists(n *exists) (compiled, error) {
	r, err := s.env.query(n.query, s)
	if err != nil {
		return compiled{}, err
	}
	var found Value = false
	get := onlyOnce(func() error {
		return r.each(func([]Value) error { found = true; return errStop })
	})
	return compiled{typ: booleanType}.refreshed(&found, get), nil
}

// inQuery compiles x IN (SELECT ...). The query's values are kept as a set
// when their type is x's own.
func (s *scope) inQuery(n *in, x compiled) (compiled, error) {
	r, err := s.env.query(n.query, s)
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
	values, unknown := map[string]bool{}, false
	get := onlyOnce(func() error {
		return r.each(func(row []Value) error {
			current = row[0]
			v, err := m.eval(nil)
			if v == nil {
				unknown = true
				return err
			}
			values[canonical(plain(v))] = true
			return err
		})
	})
	return compiled{typ: booleanType, nullable: true, eval: func(f *frame) (Value, error) {
		if err := get(); err != nil {
			return nil, err
		}
		v, err := l.eval(f)
		switch {
		case err != nil || v == nil:
			return nil, err
		case values[canonical(plain(v))]:
			return !n.not, nil
		case unknown:
			return nil, nil
		}
		return n.not, nil
	}}, nil
}
