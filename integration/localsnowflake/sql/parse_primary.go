package sql

import (
	"strconv"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

// primary reads what operators combine.
func (p *parser) primary() expression {
	defer p.enter()()
	t := p.peek()
	switch t.kind {
	case tokenString:
		p.at++
		return &literal{value: t.text, typ: catalog.Type{Name: catalog.Varchar, Length: max(1, len([]rune(t.text)))}, span: p.span(t.start)}
	case tokenNumber:
		p.at++
		value, typ := numberLiteral(t.text)
		return &literal{value: value, typ: typ, span: p.span(t.start)}
	case tokenQuoted:
		return p.column()
	case tokenOperator:
		return p.symbol(t)
	case tokenWord:
		return p.named(t)
	}
	p.unexpected()
	return nil
}

// symbol reads what begins with an operator: parentheses, binds, literals of
// arrays and objects, and * for COUNT and select lists.
func (p *parser) symbol(t token) expression {
	switch {
	case p.take("("):
		if p.peek().is("SELECT") || p.peek().is("WITH") {
			q := p.query()
			p.expect(")")
			return &subquery{query: q, span: p.span(t.start)}
		}
		x := p.expr()
		p.expect(")")
		return x
	case p.take("?"):
		p.binds++
		return &bind{n: p.binds, span: p.span(t.start)}
	case t.text == ":" && p.ahead(1).kind == tokenNumber:
		p.at++
		n := p.integer()
		p.binds = max(p.binds, n)
		return &bind{n: n, span: p.span(t.start)}
	case p.take("["):
		l := &list{}
		if !p.peek().is("]") {
			l.items = p.exprs()
		}
		p.expect("]")
		l.span = p.span(t.start)
		return l
	case p.take("{"):
		return p.object(t.start)
	}
	p.unexpected()
	return nil
}

func (p *parser) object(start int) expression {
	o := &object{}
	for !p.peek().is("}") {
		o.keys = append(o.keys, p.str())
		p.expect(":")
		o.values = append(o.values, p.expr())
		if !p.take(",") {
			break
		}
	}
	p.expect("}")
	o.span = p.span(start)
	return o
}

// named reads what begins with a word: constants, CASE, CAST, calls, columns.
func (p *parser) named(t token) expression {
	switch {
	case p.take("NULL"):
		return &literal{typ: nullType, span: p.span(t.start)}
	case p.take("TRUE"):
		return &literal{value: true, typ: catalog.Type{Name: catalog.Boolean}, span: p.span(t.start)}
	case p.take("FALSE"):
		return &literal{value: false, typ: catalog.Type{Name: catalog.Boolean}, span: p.span(t.start)}
	case p.take("CASE"):
		return p.caseWhen(t.start)
	case t.is("X") && p.ahead(1).kind == tokenString && p.ahead(1).start == t.end: // X'00FF'
		p.at++
		return p.hexLiteral(t.start)
	case t.is("INTERVAL") && p.ahead(1).kind == tokenString:
		p.at++
		return p.interval(t.start)
	case p.take("EXISTS"):
		p.expect("(")
		q := p.query()
		p.expect(")")
		return &exists{query: q, span: p.span(t.start)}
	case p.take("CAST"), p.take("TRY_CAST"):
		p.expect("(")
		x := p.expr()
		p.expect("AS")
		to := p.typeName()
		p.expect(")")
		return &cast{x: x, to: to, try: t.text == "TRY_CAST", span: p.span(t.start)}
	case dateWords[t.text] && p.ahead(1).kind == tokenString: // DATE '2026-01-01'
		p.at++
		to, _ := typeFrom(t.text, nil)
		text := p.str()
		return &cast{x: &literal{value: text, typ: catalog.TextType(), span: p.span(t.start)}, to: to, span: p.span(t.start)}
	}
	if p.ahead(1).is("(") && (!reserved[t.text] || t.is("LEFT") || t.is("RIGHT") || t.is("INSERT") || t.is("RLIKE") || t.is("LIKE")) {
		return p.call()
	}
	if contextWords[t.text] && !p.ahead(1).is(".") {
		p.at++
		return &call{name: t.text, span: p.span(t.start)}
	}
	if t.text[0] == '$' {
		p.at++
		if !digit(t.text[1]) {
			return &variableRef{name: t.text[1:], span: p.span(t.start)}
		}
		return &column{parts: []string{t.text}, span: p.span(t.start)}
	}
	return p.column()
}

var dateWords = set("DATE", "TIME", "TIMESTAMP", "TIMESTAMP_NTZ", "TIMESTAMP_LTZ", "TIMESTAMP_TZ")

// contextWords are functions that need no parentheses.
var contextWords = set("CURRENT_DATE", "CURRENT_TIME", "CURRENT_TIMESTAMP", "CURRENT_USER", "LOCALTIME", "LOCALTIMESTAMP")

func (p *parser) column() expression {
	start := p.peek().start
	c := &column{parts: []string{p.ident()}}
	for p.peek().is(".") && len(c.parts) < 4 && (p.ahead(1).kind == tokenWord || p.ahead(1).kind == tokenQuoted) {
		p.at++
		name, _ := p.next().name()
		c.parts = append(c.parts, name) // $1 too: t.$1
	}
	c.span = p.span(start)
	return c
}

func (p *parser) caseWhen(start int) expression {
	n := &caseWhen{}
	if !p.peek().is("WHEN") {
		n.operand = p.expr()
	}
	for p.take("WHEN") {
		cond := p.expr()
		p.expect("THEN")
		n.whens = append(n.whens, when{cond, p.expr()})
	}
	if len(n.whens) == 0 {
		p.unexpected()
	}
	if p.take("ELSE") {
		n.otherwise = p.expr()
	}
	p.expect("END")
	n.span = p.span(start)
	return n
}

// integer reads a small non-negative number.
func (p *parser) integer() int {
	t := p.peek()
	n, err := strconv.Atoi(t.text)
	if t.kind != tokenNumber || err != nil || n > 1<<30 {
		p.unexpected()
	}
	p.at++
	return n
}
