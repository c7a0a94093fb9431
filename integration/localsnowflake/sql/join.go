package sql

// join compiles a join. Equalities between the two sides are looked up in a
// hash table of the right side; what else the condition says is tested on
// each pair.
func (e *environment) join(n *joinSource, around *scope) (*relation, error) {
	l, err := e.from(n.l, around)
	if err != nil {
		return nil, err
	}
	if f, ok := n.r.(*flattenSource); ok {
		if n.kind != "CROSS" && n.kind != "INNER" && n.kind != "LEFT" || n.on != nil {
			return nil, unsupported("%s JOIN of FLATTEN with a condition", n.kind)
		}
		return e.flatten(l, f, around)
	}
	if q, ok := n.r.(*querySource); ok && q.lateral {
		return e.lateral(l, n, q, around)
	}
	r, err := e.from(n.r, around)
	if err != nil {
		return nil, err
	}
	return e.joined(l, r, n, around)
}

// joined compiles a join of two relations; n's own sources are not looked at.
func (e *environment) joined(l, r *relation, n *joinSource, around *scope) (*relation, error) {
	j := &join{env: e, kind: n.kind, l: l, r: r}
	out := &relation{columns: append(append([]scopeColumn{}, l.columns...), r.columns...), run: j.run}
	on := n.on
	both := &scope{env: e, columns: out.columns, tables: around.tables, outer: around}
	for _, name := range n.using {
		x, err := usingCondition(l, r, name)
		if err != nil {
			return nil, err
		}
		j.leftKeys, j.rightKeys, err = both.addKey(j, len(l.columns), x)
		if err != nil {
			return nil, err
		}
		out.columns[x.r.(*slotRef).i].joined = true
	}
	if on == nil && n.using == nil && n.kind != "CROSS" && n.kind != "INNER" {
		return nil, compileError(1003, "42000", "%s JOIN needs ON or USING", n.kind)
	}
	for _, x := range conjuncts(on) {
		if b, ok := x.(*binary); ok && b.op == "=" {
			left, right, err := both.addKey(j, len(l.columns), b)
			if err == nil {
				j.leftKeys, j.rightKeys = left, right
				continue
			}
		}
		c, err := both.condition(x)
		if err != nil {
			return nil, err
		}
		j.rest = append(j.rest, c)
	}
	for i := range out.columns {
		if n.kind != "INNER" && n.kind != "CROSS" {
			out.columns[i].nullable = true
		}
	}
	return out, nil
}

func usingCondition(l, r *relation, name string) (*binary, error) {
	i := (&scope{columns: l.columns}).find([]string{name})
	k := (&scope{columns: r.columns}).find([]string{name})
	if i < 0 || k < 0 {
		return nil, compileError(904, "42000", "invalid identifier '%s' in USING", name)
	}
	return &binary{op: "=", l: &slotRef{i: i}, r: &slotRef{i: len(l.columns) + k}}, nil
}

// conjuncts splits a condition at its ANDs.
func conjuncts(x expression) []expression {
	if x == nil {
		return nil
	}
	if b, ok := x.(*binary); ok && b.op == "AND" {
		return append(conjuncts(b.l), conjuncts(b.r)...)
	}
	return []expression{x}
}

// addKey compiles l = r as a lookup when each side reads only one side of the
// join; otherwise it fails.
func (s *scope) addKey(j *join, split int, b *binary) (left, right []compiled, err error) {
	x, y := b.l, b.r
	if s.sideOf(x, split) == 1 {
		x, y = y, x
	}
	if s.sideOf(x, split) != 0 || s.sideOf(y, split) != 1 {
		return nil, nil, errStop
	}
	cx, err := s.compile(x)
	if err != nil {
		return nil, nil, err
	}
	cy, err := s.compile(y)
	if err != nil {
		return nil, nil, err
	}
	if cx, cy, err = s.comparable(cx, cy); err != nil {
		return nil, nil, err
	}
	return append(j.leftKeys, cx), append(j.rightKeys, cy), nil
}

// sideOf tells which side of a join an expression reads: 0 left, 1 right, -1
// none or both.
func (s *scope) sideOf(x expression, split int) int {
	side := -2
	anyNode(x, func(n expression) bool {
		var at int
		switch n := n.(type) {
		case *column:
			at = s.find(n.parts)
		case *slotRef:
			at = n.i
		case *subquery, *exists:
			side = -1
			return true
		default:
			return false
		}
		mine := 0
		if at >= split {
			mine = 1
		}
		if at < 0 || side != -2 && side != mine {
			side = -1
			return true
		}
		side = mine
		return false
	})
	return side
}

// join is a compiled join.
type join struct {
	env                 *environment
	kind                string
	l, r                *relation
	leftKeys, rightKeys []compiled // over the joined row
	rest                []*compiled
}

// build is the right side in memory.
type build struct {
	rows    [][]Value
	index   map[string][]int
	matched []bool
}

func (j *join) run(yield func([]Value) error) error {
	b := &build{index: map[string][]int{}}
	width, wide := len(j.l.columns), len(j.l.columns)+len(j.r.columns)
	err := j.r.each(func(row []Value) error {
		joined := make([]Value, wide)
		copy(joined[width:], row)
		name, ok, err := joinKey(j.rightKeys, joined)
		if ok {
			b.index[name] = append(b.index[name], len(b.rows))
		}
		b.rows = append(b.rows, row)
		return err
	})
	if err != nil {
		return err
	}
	b.matched = make([]bool, len(b.rows))
	err = j.l.run(func(row []Value) error { return j.match(b, row, width, wide, yield) })
	if err != nil || j.kind != "RIGHT" && j.kind != "FULL" {
		return err
	}
	for i, row := range b.rows {
		if !b.matched[i] {
			joined := make([]Value, wide)
			copy(joined[width:], row)
			if err := yield(joined); err != nil {
				return err
			}
		}
	}
	return nil
}

// match yields a left row with all its partners.
func (j *join) match(b *build, row []Value, width, wide int, yield func([]Value) error) error {
	probe := make([]Value, wide)
	copy(probe, row)
	name, ok, err := joinKey(j.leftKeys, probe)
	if err != nil {
		return err
	}
	found := false
	if ok {
		for _, i := range b.index[name] {
			if err := j.env.step(); err != nil {
				return err
			}
			joined := make([]Value, wide)
			copy(joined, row)
			copy(joined[width:], b.rows[i])
			fits, err := allHold(j.rest, joined)
			if err != nil {
				return err
			}
			if !fits {
				continue
			}
			found, b.matched[i] = true, true
			if err := yield(joined); err != nil {
				return err
			}
		}
	}
	if !found && (j.kind == "LEFT" || j.kind == "FULL") {
		return yield(probe)
	}
	return nil
}

func allHold(conds []*compiled, row []Value) (bool, error) {
	for _, c := range conds {
		if ok, err := holds(c, &frame{row: row}); !ok || err != nil {
			return false, err
		}
	}
	return true, nil
}

// joinKey is a text equal for equal keys; ok is false when a key is NULL, which
// equals nothing.
func joinKey(keys []compiled, row []Value) (name string, ok bool, err error) {
	var text []byte
	for _, k := range keys {
		v, err := k.eval(&frame{row: row})
		if v == nil || err != nil {
			return "", false, err
		}
		text = appendKey(text, plain(v))
	}
	return string(text), true, nil
}
