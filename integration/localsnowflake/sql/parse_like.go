package sql

// likeEach reads x LIKE ANY (a, b) as x LIKE a OR x LIKE b, and ALL with AND.
func (p *parser) likeEach(n *like, start int) expression {
	op := "OR"
	if p.next().is("ALL") {
		op = "AND"
	}
	p.expect("(")
	patterns := p.exprs()
	p.expect(")")
	var escape expression
	if p.take("ESCAPE") {
		escape = p.binary(bindAdd)
	}
	var all expression
	for _, pattern := range patterns {
		p.operator()
		one := &like{x: n.x, pattern: pattern, escape: escape, fold: n.fold, span: p.span(start)}
		if all == nil {
			all = one
			continue
		}
		all = &binary{op: op, l: all, r: one, span: p.span(start)}
	}
	if n.not {
		return &unary{op: "NOT", x: all, span: p.span(start)}
	}
	return all
}
