package sql

import "github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"

// Binding strengths, weakest first.
const (
	bindOr = iota + 1
	bindAnd
	bindNot
	bindCompare
	bindAdd
	bindMultiply
	bindUnary
)

var infix = map[string]int{
	"OR": bindOr, "AND": bindAnd,
	"=": bindCompare, "<>": bindCompare, "!=": bindCompare, "<": bindCompare, "<=": bindCompare, ">": bindCompare, ">=": bindCompare,
	"+": bindAdd, "-": bindAdd, "||": bindAdd,
	"*": bindMultiply, "/": bindMultiply, "%": bindMultiply,
}

func (p *parser) expr() expression { return p.binary(bindOr) }

func (p *parser) exprs() []expression {
	list := []expression{p.expr()}
	for p.take(",") {
		list = append(list, p.expr())
	}
	return list
}

// binary reads operators that bind at least as strongly as weakest.
func (p *parser) binary(weakest int) expression {
	defer p.enter()()
	start := p.peek().start
	x := p.prefix()
	for {
		t := p.peek()
		strength, ok := infix[t.text]
		switch {
		case ok && (t.kind == tokenOperator || t.kind == tokenWord):
			if strength < weakest {
				return x
			}
			p.operator()
			p.at++
			x = &binary{op: t.text, l: x, r: p.binary(strength + 1), span: p.span(start)}
		case weakest <= bindCompare:
			y := p.predicate(x, start)
			if y == nil {
				return x
			}
			p.operator()
			x = y
		default:
			return x
		}
	}
}

func (p *parser) prefix() expression {
	start := p.peek().start
	switch {
	case p.take("NOT"):
		x := p.binary(bindNot)
		return &unary{op: "NOT", x: x, span: p.span(start)}
	case p.take("-"):
		x := p.binary(bindUnary)
		return &unary{op: "-", x: x, span: p.span(start)}
	case p.take("+"):
		x := p.binary(bindUnary)
		return &unary{op: "+", x: x, span: p.span(start)}
	}
	return p.postfix(p.primary(), start)
}

// predicate reads IS, IN, BETWEEN, LIKE and their negations after x; nil when
// none comes.
func (p *parser) predicate(x expression, start int) expression {
	if p.take("IS") {
		return p.is(x, start)
	}
	mark := p.at
	not := p.take("NOT")
	switch {
	case p.take("IN"):
		return p.in(x, not, start)
	case p.take("BETWEEN"):
		low := p.binary(bindAdd)
		p.expect("AND")
		high := p.binary(bindAdd)
		return &between{x: x, low: low, high: high, not: not, span: p.span(start)}
	case p.take("LIKE"):
		return p.like(&like{x: x, not: not}, start)
	case p.take("ILIKE"):
		return p.like(&like{x: x, not: not, fold: true}, start)
	case p.take("RLIKE"), p.take("REGEXP"):
		return p.like(&like{x: x, not: not, regexp: true}, start)
	}
	p.at = mark
	return nil
}

func (p *parser) is(x expression, start int) expression {
	not := p.take("NOT")
	switch {
	case p.take("NULL"):
		return &isNull{x: x, not: not, span: p.span(start)}
	case p.take("TRUE"):
		return &isBool{x: x, want: true, not: not, span: p.span(start)}
	case p.take("FALSE"):
		return &isBool{x: x, want: false, not: not, span: p.span(start)}
	}
	p.expect("DISTINCT", "FROM")
	return &distinctFrom{l: x, r: p.binary(bindAdd), not: not, span: p.span(start)}
}

func (p *parser) in(x expression, not bool, start int) expression {
	p.expect("(")
	n := &in{x: x, not: not}
	if p.peek().is("SELECT") || p.peek().is("WITH") {
		n.query = p.query()
	} else {
		n.list = p.exprs()
	}
	p.expect(")")
	n.span = p.span(start)
	return n
}

func (p *parser) like(n *like, start int) expression {
	if !n.regexp && (p.peek().is("ANY") || p.peek().is("ALL")) && p.ahead(1).is("(") {
		return p.likeEach(n, start)
	}
	n.pattern = p.binary(bindAdd)
	if p.take("ESCAPE") {
		n.escape = p.binary(bindAdd)
	}
	n.span = p.span(start)
	return n
}

// postfix reads casts, paths and indexes after x.
func (p *parser) postfix(x expression, start int) expression {
	for {
		switch t := p.peek(); {
		case t.is("::"):
			p.operator()
			p.at++
			to := p.typeName()
			x = &cast{x: x, to: to, span: p.span(start)}
		case t.is(":") && p.pathKeyAhead(1):
			p.operator()
			p.at++
			steps := []step{{key: p.pathKey()}}
			x = &path{base: x, steps: p.pathSteps(steps), span: p.span(start)}
		case t.is("["):
			p.operator()
			x = &path{base: x, steps: p.pathSteps(nil), span: p.span(start)}
		default:
			return x
		}
	}
}

func (p *parser) pathKeyAhead(n int) bool {
	k := p.ahead(n).kind
	return k == tokenWord || k == tokenQuoted
}

// pathKey reads a key in the case in which it was written.
func (p *parser) pathKey() string {
	t := p.next()
	if t.kind == tokenWord {
		return p.text[t.start:t.end]
	}
	if t.kind != tokenQuoted {
		p.unexpectedAt(t)
	}
	return t.text
}

func (p *parser) pathSteps(steps []step) []step {
	for {
		switch {
		case len(steps) > 0 && p.peek().is("."):
			p.at++
			steps = append(steps, step{key: p.pathKey()})
		case p.take("["):
			steps = append(steps, step{index: p.expr()})
			p.expect("]")
		default:
			return steps
		}
		p.operator()
	}
}

// typeName reads a type; see typeFrom for the names.
func (p *parser) typeName() catalog.Type {
	defer p.enter()()
	start := p.peek()
	name := p.word()
	if name == "DOUBLE" {
		p.take("PRECISION")
	}
	if name == "CHAR" || name == "NCHAR" || name == "CHARACTER" {
		p.take("VARYING")
	}
	switch name {
	case "OBJECT":
		return p.objectType()
	case "ARRAY":
		t := catalog.Type{Name: catalog.Array}
		if p.take("(") {
			element := p.typeName()
			p.take("NOT", "NULL")
			p.expect(")")
			t.Element = &element
		}
		return t
	case "MAP":
		p.expect("(")
		key := p.typeName()
		p.expect(",")
		element := p.typeName()
		p.take("NOT", "NULL")
		p.expect(")")
		return catalog.Type{Name: catalog.Map, Key: &key, Element: &element}
	case "VECTOR":
		p.expect("(")
		element := p.typeName()
		p.expect(",")
		n := p.integer()
		p.expect(")")
		return catalog.Type{Name: catalog.Vector, Element: &element, Length: n}
	}
	var args []int
	if p.take("(") {
		args = append(args, p.integer())
		if p.take(",") {
			args = append(args, p.integer())
		}
		p.expect(")")
	}
	t, err := typeFrom(name, args)
	if err != nil {
		line, pos := place(p.text, start.start)
		err.Line, err.Pos = line, pos
		panic(err)
	}
	return t
}

func (p *parser) objectType() catalog.Type {
	t := catalog.Type{Name: catalog.Object}
	if !p.take("(") {
		return t
	}
	t.Fields = []catalog.Field{}
	for {
		key := p.peek()
		if key.kind != tokenWord && key.kind != tokenQuoted {
			p.unexpected()
		}
		f := catalog.Field{Name: p.pathKey()}
		f.Type = p.typeName()
		f.NotNull = p.take("NOT", "NULL")
		t.Fields = append(t.Fields, f)
		if !p.take(",") {
			break
		}
	}
	p.expect(")")
	return t
}
