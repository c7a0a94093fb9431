package sql

// call reads name(args) with everything that may follow it.
func (p *parser) call() expression {
	start := p.peek().start
	c := &call{name: p.word()}
	p.expect("(")
	switch c.name {
	case "EXTRACT":
		part := p.peek()
		c.args = append(c.args, &literal{value: p.word(), typ: textLiteral(part.text), span: p.span(part.start)})
		p.expect("FROM")
		c.args = append(c.args, p.expr())
	default:
		p.arguments(c)
	}
	p.expect(")")
	if p.take("WITHIN", "GROUP") {
		p.expect("(")
		c.within = p.orderBy()
		p.expect(")")
	}
	if p.take("IGNORE", "NULLS") {
		c.ignoreNulls = true
	} else {
		p.take("RESPECT", "NULLS")
	}
	if p.take("OVER") {
		c.over = p.window()
	}
	c.span = p.span(start)
	return c
}

func (p *parser) arguments(c *call) {
	if p.peek().is(")") {
		return
	}
	if p.peek().is("*") && p.ahead(1).is(")") {
		p.at++
		c.star = true
		return
	}
	c.distinct = p.take("DISTINCT")
	if !c.distinct {
		p.take("ALL")
	}
	for {
		t := p.peek()
		switch {
		case t.kind == tokenWord && p.ahead(1).is("=>"):
			p.at += 2
			if c.named == nil {
				c.named = map[string]expression{}
			}
			c.named[t.text] = p.expr()
		case len(c.args) == 0 && partFirst[c.name] && t.kind == tokenWord && p.ahead(1).is(","):
			p.at++ // DATEADD(day, ...): the part is a bare word
			c.args = append(c.args, &literal{value: t.text, typ: textLiteral(t.text), span: p.span(t.start)})
		default:
			if t.is("SELECT") || t.is("WITH") {
				q := p.query()
				c.args = append(c.args, &subquery{query: q, span: q.span})
			} else {
				c.args = append(c.args, p.expr())
			}
		}
		if c.name == "TRIM" || !p.take(",") {
			if c.name == "TRIM" && p.take(",") {
				continue
			}
			break
		}
	}
	if len(c.args) > 0 && p.take("IGNORE", "NULLS") {
		c.ignoreNulls = true
	}
}

// partFirst are functions whose first argument is a date part.
var partFirst = set("DATEADD", "DATEDIFF", "TIMEADD", "TIMEDIFF", "TIMESTAMPADD", "TIMESTAMPDIFF", "DATE_TRUNC", "DATE_PART")

func (p *parser) window() *window {
	p.expect("(")
	w := &window{}
	if p.take("PARTITION", "BY") {
		w.partition = p.exprs()
	}
	if p.peek().is("ORDER") {
		w.order = p.orderBy()
	}
	if p.peek().is("ROWS") || p.peek().is("RANGE") {
		w.frame = p.frame()
	}
	p.expect(")")
	return w
}

// frame reads ROWS BETWEEN a AND b, or the short form ROWS a.
func (p *parser) frame() *frameClause {
	f := &frameClause{rows: p.word() == "ROWS"}
	if !p.take("BETWEEN") {
		f.from, f.to = p.bound(), new(int64)
		return f
	}
	f.from = p.bound()
	p.expect("AND")
	f.to = p.bound()
	return f
}

func (p *parser) bound() *int64 {
	if p.take("CURRENT", "ROW") {
		return new(int64)
	}
	if p.take("UNBOUNDED") {
		if !p.take("PRECEDING") {
			p.expect("FOLLOWING")
		}
		return nil
	}
	n := int64(p.integer())
	if p.take("PRECEDING") {
		n = -n
	} else {
		p.expect("FOLLOWING")
	}
	return &n
}

// orderBy reads ORDER BY and its items.
func (p *parser) orderBy() []ordering {
	p.expect("ORDER", "BY")
	var list []ordering
	for {
		o := ordering{x: p.expr()}
		if p.take("DESC") {
			o.desc = true
		} else {
			p.take("ASC")
		}
		if p.take("NULLS") {
			o.nulls = "LAST"
			if p.take("FIRST") {
				o.nulls = "FIRST"
			} else {
				p.expect("LAST")
			}
		}
		list = append(list, o)
		if !p.take(",") {
			return list
		}
	}
}
