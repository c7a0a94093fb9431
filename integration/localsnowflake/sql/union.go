package sql

// union compiles UNION, UNION ALL, EXCEPT and INTERSECT. Columns have the
// names of the left side and types that fit both.
func (e *environment) union(u *union, around *scope) (*relation, error) {
	l, err := e.queryBody(u.l, around)
	if err != nil {
		return nil, err
	}
	r, err := e.queryBody(u.r, around)
	if err != nil {
		return nil, err
	}
	if len(l.columns) != len(r.columns) {
		return nil, compileError(1789, "21000", "invalid number of result columns for set operator input branches, expected %d, got %d in branch {2}", len(l.columns), len(r.columns))
	}
	columns := make([]scopeColumn, len(l.columns))
	for i, c := range l.columns {
		typ, err := unify(c.typ, r.columns[i].typ)
		if err != nil {
			return nil, err
		}
		columns[i] = scopeColumn{name: c.name, typ: typ, nullable: c.nullable || r.columns[i].nullable}
	}
	left, err := e.reshape(l, columns)
	if err != nil {
		return nil, err
	}
	right, err := e.reshape(r, columns)
	if err != nil {
		return nil, err
	}
	out := &relation{columns: columns}
	switch u.op {
	case "UNION ALL":
		out.run = func(yield func([]Value) error) error {
			if err := left.run(yield); err != nil {
				return err
			}
			return right.run(yield)
		}
	case "UNION":
		out.run = func(yield func([]Value) error) error {
			seen := map[string]bool{}
			once := func(row []Value) error {
				if name := rowKey(row); !seen[name] {
					seen[name] = true
					return yield(row)
				}
				return nil
			}
			if err := left.run(once); err != nil {
				return err
			}
			return right.run(once)
		}
	default:
		out.run = func(yield func([]Value) error) error { return filtered(left, right, u.op == "INTERSECT", yield) }
	}
	return out, nil
}

// filtered yields each row of left once if its presence in right is as wanted.
func filtered(left, right *relation, present bool, yield func([]Value) error) error {
	other, seen := map[string]bool{}, map[string]bool{}
	if err := right.each(func(row []Value) error { other[rowKey(row)] = true; return nil }); err != nil {
		return err
	}
	return left.run(func(row []Value) error {
		name := rowKey(row)
		if other[name] != present || seen[name] {
			return nil
		}
		seen[name] = true
		return yield(row)
	})
}

// reshape converts a relation's values to the given columns.
func (e *environment) reshape(r *relation, columns []scopeColumn) (*relation, error) {
	s := &scope{env: e, columns: r.columns}
	casts := make([]compiled, len(columns))
	for i, c := range columns {
		var err error
		if casts[i], err = s.as(s.slot(i), c.typ); err != nil {
			return nil, err
		}
	}
	sel := &selection{env: e, from: r, items: casts}
	return &relation{columns: columns, run: sel.run}, nil
}
