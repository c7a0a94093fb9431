package sql

// lateral joins each row of l with the rows of a query that may read it.
func (e *environment) lateral(l *relation, n *joinSource, q *querySource, around *scope) (*relation, error) {
	if n.kind != "CROSS" && n.kind != "INNER" && n.kind != "LEFT" || n.using != nil {
		return nil, unsupported("%s JOIN LATERAL", n.kind)
	}
	left := &scope{env: e, columns: l.columns, tables: around.tables, outer: around}
	r, err := e.query(q.query, left.boundary())
	if err != nil {
		return nil, err
	}
	if r, err = r.rename(q.alias, q.columns); err != nil {
		return nil, err
	}
	out := &relation{columns: append(append([]scopeColumn{}, l.columns...), r.columns...)}
	var on *compiled
	if n.on != nil {
		if on, err = (&scope{env: e, columns: out.columns, tables: around.tables, outer: around}).condition(n.on); err != nil {
			return nil, err
		}
	}
	out.run = func(yield func([]Value) error) error {
		return l.run(func(row []Value) error {
			before := left.current
			left.current = &frame{row: row}
			defer func() { left.current = before }()
			found := false
			err := r.each(func(right []Value) error {
				joined := append(append(make([]Value, 0, len(out.columns)), row...), right...)
				if ok, err := holds(on, &frame{row: joined}); !ok || err != nil {
					return err
				}
				found = true
				return yield(joined)
			})
			if err == nil && !found && n.kind == "LEFT" {
				return yield(append(append(make([]Value, 0, len(out.columns)), row...), make([]Value, len(r.columns))...))
			}
			return err
		})
	}
	return out, nil
}
