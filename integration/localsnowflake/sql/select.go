package sql

// maxQueryDepth bounds nested queries and common table expressions.
const maxQueryDepth = 64

// query compiles a query; outer is the scope around it, nil at the top.
func (e *environment) query(q *query, outer *scope) (*relation, error) {
	if e.depth++; e.depth > maxQueryDepth {
		return nil, compileError(1003, "42000", "maximum nesting depth of %d queries exceeded.", maxQueryDepth)
	}
	defer func() { e.depth-- }()
	tables := map[string]*relation{}
	if outer != nil {
		for name, r := range outer.tables {
			tables[name] = r
		}
	}
	around := &scope{env: e, tables: tables, outer: outer}
	for _, c := range q.with {
		r, err := e.query(c.query, around)
		if err != nil {
			return nil, err
		}
		if tables[c.name], err = r.rename(c.name, c.columns); err != nil {
			return nil, err
		}
	}
	r, err := e.body(q, around)
	if err != nil {
		return nil, err
	}
	return e.limited(r, q.limit, q.offset)
}

// body compiles what stands between WITH and LIMIT.
func (e *environment) body(q *query, around *scope) (*relation, error) {
	if core, ok := q.body.(*selectCore); ok {
		return e.selectCore(core, q.order, around)
	}
	r, err := e.queryBody(q.body, around)
	if err != nil || len(q.order) == 0 {
		return r, err
	}
	s := &scope{env: e, columns: r.columns, tables: around.tables, outer: around.outer}
	items := make([]expression, len(r.columns))
	for i, c := range r.columns {
		items[i] = &column{parts: []string{c.name}}
	}
	keys, err := s.sortKeys(q.order, items)
	if err != nil {
		return nil, err
	}
	return &relation{columns: r.columns, run: func(yield func([]Value) error) error {
		var rows []sortable
		err := r.each(func(row []Value) error {
			values, err := evaluateSort(keys, &frame{row: row})
			rows = append(rows, sortable{keys: values, row: row})
			return err
		})
		if err != nil {
			return err
		}
		sortRows(keys, rows)
		return yieldSorted(rows, yield)
	}}, nil
}

func yieldSorted(rows []sortable, yield func([]Value) error) error {
	for _, r := range rows {
		if err := yield(r.row); err != nil {
			return err
		}
	}
	return nil
}

func (e *environment) queryBody(b queryBody, around *scope) (*relation, error) {
	switch b := b.(type) {
	case *selectCore:
		return e.selectCore(b, nil, around)
	case *query:
		return e.query(b, around)
	case *union:
		return e.union(b, around)
	}
	return nil, unsupported("this kind of query")
}

// selection is a compiled SELECT.
type selection struct {
	env      *environment
	from     *relation
	filter   *compiled
	group    *grouping
	having   *compiled
	windows  []*windowCall
	qualify  *compiled
	items    []compiled
	distinct bool
	order    []sortKey
}

// selectCore compiles one SELECT with the ORDER BY that belongs to it.
func (e *environment) selectCore(core *selectCore, order []ordering, around *scope) (*relation, error) {
	from, err := e.from(core.from, around)
	if err != nil {
		return nil, err
	}
	input := &scope{env: e, columns: from.columns, tables: around.tables, outer: around, aliases: map[string]expression{}, busy: map[string]bool{}}
	items, names, err := expand(core.items, input)
	if err != nil {
		return nil, err
	}
	for i, item := range core.items {
		if item.alias != "" && input.aliases[item.alias] == nil {
			input.aliases[item.alias] = core.items[i].x
		}
	}
	sel := &selection{env: e, from: from, distinct: core.distinct}
	if core.filter != nil {
		if sel.filter, err = input.condition(core.filter); err != nil {
			return nil, err
		}
	}
	s := *input
	if sel.group, err = groupsOf(core, order, items, input); err != nil {
		return nil, err
	}
	s.group = sel.group
	if core.having != nil {
		if sel.having, err = s.condition(core.having); err != nil {
			return nil, err
		}
	}
	s.windows = &sel.windows
	if sel.items, err = s.compileAll(items); err != nil {
		return nil, err
	}
	if core.qualify != nil {
		if sel.qualify, err = s.condition(core.qualify); err != nil {
			return nil, err
		}
	}
	if sel.order, err = s.sortKeys(order, items); err != nil {
		return nil, err
	}
	out := &relation{run: sel.run}
	for i, c := range sel.items {
		out.columns = append(out.columns, scopeColumn{name: names[i], typ: c.typ, nullable: c.nullable})
	}
	return e.limited(out, core.top, nil)
}

func (s *scope) condition(x expression) (*compiled, error) {
	c, err := s.compileAs(x, booleanType)
	return &c, err
}

// groupsOf decides whether rows are grouped and by what; nil when not.
func groupsOf(core *selectCore, order []ordering, items []expression, input *scope) (*grouping, error) {
	keys := core.groupBy
	needed := core.groupBy != nil || core.groupAll || hasAggregate(core.having) || hasAggregate(core.qualify)
	for _, x := range items {
		needed = needed || hasAggregate(x)
	}
	for _, o := range order {
		needed = needed || hasAggregate(o.x)
	}
	if !needed {
		if core.having != nil {
			return nil, compileError(979, "42601", "HAVING needs GROUP BY or an aggregate function")
		}
		return nil, nil
	}
	if core.groupAll {
		keys = nil
		for _, x := range items {
			if !hasAggregate(x) {
				keys = append(keys, x)
			}
		}
	}
	resolved := make([]expression, len(keys))
	for i, x := range keys {
		resolved[i] = x
		if n, ok := ordinal(x); ok && !core.groupAll {
			if n < 1 || n > len(items) {
				return nil, compileError(2001, "42601", "Invalid GROUP BY position %d: it is not in the select list", n)
			}
			resolved[i] = items[n-1]
		}
	}
	return newGrouping(input, resolved)
}

// expand replaces stars by columns and names every item.
func expand(items []selectItem, s *scope) (list []expression, names []string, err error) {
	for _, item := range items {
		st, ok := item.x.(*star)
		if !ok {
			list = append(list, item.x)
			names = append(names, itemName(item))
			continue
		}
		found := false
		for i, c := range s.columns {
			if c.hidden || st.table != "" && (len(c.path) == 0 || c.path[len(c.path)-1] != st.table) || st.table == "" && c.joined {
				continue
			}
			found = true
			if set(st.exclude...)[c.name] {
				continue
			}
			list = append(list, &slotRef{span: st.span, i: i})
			names = append(names, c.name)
		}
		if !found && st.table != "" {
			return nil, nil, absent("Object", st.table)
		}
		if !found {
			return nil, nil, compileError(2080, "42601", "SELECT with no columns")
		}
	}
	return list, names, nil
}

// slotRef is a column that * stands for: found by place, not by name.
type slotRef struct {
	span
	i int
}

func itemName(item selectItem) string {
	if item.alias != "" {
		return item.alias
	}
	if c, ok := item.x.(*column); ok {
		return c.parts[len(c.parts)-1]
	}
	return item.text
}
