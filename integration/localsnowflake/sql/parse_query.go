package sql

import "strings"

// query reads [WITH ...] SELECT ... [ORDER BY] [LIMIT].
func (p *parser) query() *query {
	defer p.enter()()
	start := p.peek().start
	q := &query{}
	if p.take("WITH") {
		p.take("RECURSIVE")
		for {
			c := commonTable{name: p.ident()}
			if p.peek().is("(") {
				c.columns = p.names()
			}
			p.expect("AS", "(")
			c.query = p.query()
			p.expect(")")
			q.with = append(q.with, c)
			if !p.take(",") {
				break
			}
		}
	}
	q.body = p.setOperations()
	if p.peek().is("ORDER") {
		q.order = p.orderBy()
	}
	p.limit(q)
	q.span = p.span(start)
	return q
}

func (p *parser) limit(q *query) {
	if p.take("LIMIT") {
		q.limit = p.binary(bindAdd)
	}
	if p.take("OFFSET") {
		q.offset = p.binary(bindAdd)
		if !p.take("ROWS") {
			p.take("ROW")
		}
	}
	if p.take("FETCH") {
		if !p.take("FIRST") {
			p.take("NEXT")
		}
		q.limit = p.binary(bindAdd)
		if !p.take("ROWS") {
			p.take("ROW")
		}
		p.take("ONLY")
	}
}

func (p *parser) setOperations() queryBody {
	start := p.peek().start
	l := p.queryTerm()
	for {
		var op string
		switch {
		case p.take("UNION", "ALL"):
			op = "UNION ALL"
		case p.take("UNION"):
			p.take("DISTINCT")
			op = "UNION"
		case p.take("EXCEPT"), p.take("MINUS"):
			op = "EXCEPT"
		case p.take("INTERSECT"):
			op = "INTERSECT"
		default:
			return l
		}
		p.operator()
		l = &union{op: op, l: l, r: p.queryTerm(), span: p.span(start)}
	}
}

func (p *parser) queryTerm() queryBody {
	start := p.peek().start
	switch {
	case p.take("("):
		q := p.query()
		p.expect(")")
		return q
	case p.peek().is("VALUES"):
		v := p.values()
		v.span = p.span(start)
		return &selectCore{items: []selectItem{{x: &star{}}}, from: v, span: v.span}
	}
	p.expect("SELECT")
	return p.selectCore(start)
}

func (p *parser) selectCore(start int) *selectCore {
	s := &selectCore{distinct: p.take("DISTINCT")}
	if !s.distinct {
		p.take("ALL")
	}
	if p.peek().is("TOP") && p.ahead(1).kind == tokenNumber {
		p.at++
		s.top = p.primary()
	}
	for {
		s.items = append(s.items, p.selectItem())
		if !p.take(",") {
			break
		}
	}
	if p.take("FROM") {
		s.from = p.from()
	}
	if p.take("WHERE") {
		s.filter = p.expr()
	}
	if p.take("GROUP", "BY") {
		if p.take("ALL") {
			s.groupAll = true
		} else {
			s.groupBy = p.exprs()
		}
	}
	if p.take("HAVING") {
		s.having = p.expr()
	}
	if p.take("QUALIFY") {
		s.qualify = p.expr()
	}
	s.span = p.span(start)
	return s
}

func (p *parser) selectItem() selectItem {
	t := p.peek()
	if p.take("*") {
		return selectItem{x: &star{span: p.span(t.start), exclude: p.exclude()}}
	}
	if _, ok := t.name(); ok && p.ahead(1).is(".") && p.ahead(2).is("*") {
		p.at += 3
		return selectItem{x: &star{table: t.text, span: p.span(t.start), exclude: p.exclude()}}
	}
	item := selectItem{x: p.expr()}
	item.text = strings.ToUpper(p.text[t.start:p.tokens[p.at-1].end])
	item.alias = p.alias()
	return item
}

func (p *parser) exclude() []string {
	if !p.take("EXCLUDE") {
		return nil
	}
	if p.peek().is("(") {
		return p.names()
	}
	return []string{p.ident()}
}

// alias reads [AS] name; "" when there is none.
func (p *parser) alias() string {
	if p.take("AS") {
		t := p.peek()
		if name, ok := t.name(); ok && !reserved[t.text] || t.kind == tokenQuoted {
			p.at++
			return name
		}
		p.unexpected()
	}
	t := p.peek()
	if t.kind == tokenQuoted || t.kind == tokenWord && !reserved[t.text] && !clauses[t.text] {
		p.at++
		return t.text
	}
	return ""
}
