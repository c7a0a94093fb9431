package sql

// merge reads what follows MERGE.
func (p *parser) merge() statement {
	p.expect("INTO")
	s := &mergeStatement{table: p.name()}
	s.alias = p.alias()
	p.expect("USING")
	s.source = p.source()
	p.expect("ON")
	s.on = p.expr()
	for p.take("WHEN") {
		s.clauses = append(s.clauses, p.mergeClause())
	}
	if len(s.clauses) == 0 {
		p.unexpected()
	}
	return s
}

func (p *parser) mergeClause() mergeClause {
	c := mergeClause{matched: !p.take("NOT")}
	p.expect("MATCHED")
	if p.take("AND") {
		c.when = p.expr()
	}
	p.expect("THEN")
	switch {
	case c.matched && p.take("UPDATE"):
		c.do = "UPDATE"
		p.expect("SET")
		c.sets = p.assignments()
	case c.matched && p.take("DELETE"):
		c.do = "DELETE"
	case !c.matched && p.take("INSERT"):
		c.do = "INSERT"
		if p.peek().is("(") {
			c.columns = p.names()
		}
		p.expect("VALUES")
		c.values = p.tupleWithDefault()
	default:
		p.unexpected()
	}
	return c
}
