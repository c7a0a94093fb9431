package sql

// from reads the sources of a FROM clause, joined left to right.
func (p *parser) from() source {
	start := p.peek().start
	l := p.source()
	for {
		if p.take(",") {
			r := p.source()
			l = &joinSource{kind: "CROSS", l: l, r: r, span: p.span(start)}
			p.operator()
			continue
		}
		kind := p.joinKind()
		if kind == "" {
			return l
		}
		p.operator()
		j := &joinSource{kind: kind, l: l, r: p.source()}
		switch {
		case p.take("ON"):
			j.on = p.expr()
		case p.take("USING"):
			j.using = p.names()
		}
		j.span = p.span(start)
		l = j
	}
}

// joinKind reads the words of a join; "" when none comes.
func (p *parser) joinKind() string {
	if p.peek().is("NATURAL") {
		panic(unsupported("NATURAL JOIN"))
	}
	for _, kind := range []string{"LEFT", "RIGHT", "FULL"} {
		if p.peek().is(kind) && (p.ahead(1).is("JOIN") || p.ahead(1).is("OUTER")) {
			p.at++
			p.take("OUTER")
			p.expect("JOIN")
			return kind
		}
	}
	switch {
	case p.take("CROSS", "JOIN"):
		return "CROSS"
	case p.take("INNER", "JOIN"), p.take("JOIN"):
		return "INNER"
	}
	return ""
}

func (p *parser) source() source {
	defer p.enter()()
	start := p.peek().start
	lateral := p.take("LATERAL")
	switch {
	case p.peek().is("("):
		s := p.nested(start)
		if q, ok := s.(*querySource); ok {
			q.lateral = lateral
		}
		return s
	case p.peek().is("VALUES"):
		v := p.values()
		v.alias, v.columns = p.tableAlias()
		v.span = p.span(start)
		return v
	case p.peek().is("ERROR_TABLE") && p.ahead(1).is("("):
		p.at += 2
		t := &tableSource{name: p.name(), errors: true}
		p.expect(")")
		t.alias = p.alias()
		t.span = p.span(start)
		return t
	case p.peek().is("FLATTEN") && p.ahead(1).is("("):
		f := p.flatten()
		f.alias = p.alias()
		f.span = p.span(start)
		return f
	case p.peek().is("TABLE") && p.ahead(1).is("("):
		return p.tableFunction(start)
	}
	t := &tableSource{name: p.name()}
	t.alias = p.alias()
	t.span = p.span(start)
	return t
}

// nested reads ( query ) or ( joined sources ).
func (p *parser) nested(start int) source {
	p.expect("(")
	if p.peek().is("SELECT") || p.peek().is("WITH") || p.peek().is("(") || p.peek().is("VALUES") {
		q := &querySource{query: p.query()}
		p.expect(")")
		q.alias, q.columns = p.tableAlias()
		q.span = p.span(start)
		return q
	}
	s := p.from()
	p.expect(")")
	return s
}

func (p *parser) tableFunction(start int) source {
	p.expect("TABLE", "(")
	switch {
	case p.peek().is("FLATTEN"):
		f := p.flatten()
		p.expect(")")
		f.alias = p.alias()
		f.span = p.span(start)
		return f
	case p.take("DATA_SOURCE"):
		p.dataSource()
		p.expect(")")
		return &streamSource{alias: p.alias(), span: p.span(start)}
	case p.peek().is("GENERATOR"), p.peek().is("RESULT_SCAN"):
		c := p.call().(*call)
		p.expect(")")
		return p.rowSource(c, start)
	case p.ahead(1).is("(") && !p.peek().is("IDENTIFIER"):
		panic(compileError(2141, "42601", "Unknown table function %s", p.peek().text))
	}
	t := &tableSource{}
	if p.peek().kind == tokenString || p.peek().is("?") || p.peek().is(":") {
		t.name = objectName{dynamic: p.expr()} // TABLE('db.schema.t'), TABLE(?)
	} else {
		t.name = p.name()
	}
	p.expect(")")
	t.alias = p.alias()
	t.span = p.span(start)
	return t
}

// rowSource is a table function that needs no table: GENERATOR or RESULT_SCAN.
func (p *parser) rowSource(c *call, start int) source {
	if c.name == "GENERATOR" {
		rows := c.named["ROWCOUNT"]
		if rows == nil {
			panic(unsupported("GENERATOR without ROWCOUNT"))
		}
		return &generatorSource{rows: rows, alias: p.alias(), span: p.span(start)}
	}
	if len(c.args) != 1 {
		panic(compileError(938, "22023", "not enough arguments for function [RESULT_SCAN], expected 1, got %d", len(c.args)))
	}
	return &resultSource{id: c.args[0], alias: p.alias(), span: p.span(start)}
}

func (p *parser) flatten() *flattenSource {
	c, ok := p.call().(*call)
	if !ok {
		p.unexpected()
	}
	f := &flattenSource{mode: "BOTH", input: c.named["INPUT"], path: c.named["PATH"]}
	if f.input == nil && len(c.args) == 1 {
		f.input = c.args[0]
	}
	if f.input == nil {
		panic(compileError(938, "22023", "not enough arguments for function [FLATTEN], expected INPUT"))
	}
	f.outer, f.recursive = isTrue(c.named["OUTER"]), isTrue(c.named["RECURSIVE"])
	if m, ok := c.named["MODE"].(*literal); ok {
		if text, ok := m.value.(string); ok {
			f.mode = upper(text)
		}
	}
	return f
}

func isTrue(x expression) bool {
	l, ok := x.(*literal)
	return ok && l.value == true
}

func (p *parser) values() *valuesSource {
	p.expect("VALUES")
	v := &valuesSource{rows: p.tuples()}
	return v
}

// tuples reads (a, b), (c, d), ...
func (p *parser) tuples() [][]expression {
	var rows [][]expression
	for {
		p.expect("(")
		rows = append(rows, p.exprs())
		p.expect(")")
		if len(rows[len(rows)-1]) != len(rows[0]) {
			panic(compileError(1789, "21000", "Invalid number of columns in VALUES: %d expected, %d found.", len(rows[0]), len(rows[len(rows)-1])))
		}
		if !p.take(",") {
			return rows
		}
	}
}

func (p *parser) tableAlias() (alias string, columns []string) {
	alias = p.alias()
	if alias != "" && p.peek().is("(") {
		columns = p.names()
	}
	return alias, columns
}
