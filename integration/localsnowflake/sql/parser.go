package sql

import (
	"strings"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

// Bounds that keep a hostile statement from exhausting the stack.
const (
	maxDepth     = 200    // nested parentheses, subqueries, CASEs
	maxOperators = 10_000 // operators in one statement
)

// parser reads statements by recursive descent. Errors travel as panics of
// *Error between these methods and stop at Parse.
type parser struct {
	text      string
	tokens    []token
	at        int
	depth     int
	operators int
	binds     int // variables so far: question marks, or the highest :n
}

func (p *parser) statement() statement {
	t := p.peek()
	switch {
	case t.is("SELECT"), t.is("WITH"), t.is("("), t.is("VALUES"):
		return &selectStatement{p.query()}
	case p.take("INSERT"):
		return p.insert()
	case p.take("DELETE"):
		return p.delete()
	case p.take("UPDATE"):
		return p.update()
	case p.take("MERGE"):
		return p.merge()
	case p.take("TRUNCATE"):
		return p.truncate()
	case p.take("CREATE"):
		return p.create()
	case p.take("ALTER"):
		return p.alter()
	case p.take("DROP"):
		return p.drop()
	case p.take("DESC"), p.take("DESCRIBE"):
		return p.describe()
	case p.take("SHOW"):
		return p.show()
	case p.take("USE"):
		return p.use()
	case p.take("SET"):
		return p.set()
	case p.take("UNSET"):
		return p.unset()
	case p.take("COMMENT"):
		return p.comment()
	case p.take("GRANT"):
		return p.grant(false)
	case p.take("REVOKE"):
		return p.grant(true)
	}
	if s := p.transaction(); s != nil {
		return s
	}
	if t.kind == tokenWord && !known[t.text] {
		p.unexpected()
	}
	if t.kind != tokenWord {
		p.unexpected()
	}
	panic(unsupported("%s", t.text))
}

// known are statements of the service that are refused here by name.
var known = set("COPY", "PUT", "GET", "LIST", "LS", "REMOVE", "RM", "CALL", "EXECUTE", "EXPLAIN", "UNDROP", "DECLARE")

func (p *parser) transaction() statement {
	switch {
	case p.take("BEGIN"), p.take("START"):
		if !p.take("TRANSACTION") {
			p.take("WORK")
		}
		if p.take("NAME") {
			p.ident()
		}
		return &transactionStatement{"BEGIN"}
	case p.take("COMMIT"), p.take("ROLLBACK"):
		do := p.tokens[p.at-1].text
		p.take("WORK")
		return &transactionStatement{do}
	}
	return nil
}

func (p *parser) peek() token { return p.tokens[p.at] }

// ahead looks n tokens further.
func (p *parser) ahead(n int) token { return p.tokens[min(p.at+n, len(p.tokens)-1)] }

func (p *parser) next() token {
	t := p.tokens[p.at]
	if t.kind != tokenEnd {
		p.at++
	}
	return t
}

// take passes the given keywords or operators if all of them come next.
func (p *parser) take(words ...string) bool {
	for i, w := range words {
		if !p.ahead(i).is(w) {
			return false
		}
	}
	p.at += len(words)
	return true
}

func (p *parser) expect(words ...string) {
	for _, w := range words {
		if !p.take(w) {
			p.unexpected()
		}
	}
}

func (p *parser) unexpected() { p.unexpectedAt(p.peek()) }

func (p *parser) unexpectedAt(t token) {
	text := t.text
	if t.kind != tokenEnd {
		text = p.text[t.start:t.end]
	}
	panic(syntaxError(p.text, t.start, text))
}

// enter counts one level of nesting; the result undoes it.
func (p *parser) enter() func() {
	p.depth++
	if p.depth > maxDepth {
		panic(compileError(1003, "42000", "maximum nesting depth of %d exceeded.", maxDepth))
	}
	return func() { p.depth-- }
}

func (p *parser) operator() {
	p.operators++
	if p.operators > maxOperators {
		panic(compileError(1003, "42000", "maximum number of %d operators exceeded.", maxOperators))
	}
}

// span runs from a start token to the last token read.
func (p *parser) span(start int) span {
	if p.at == 0 {
		return span{start, start}
	}
	return span{start, p.tokens[p.at-1].end}
}

// ident reads an identifier as its exact name.
func (p *parser) ident() string {
	t := p.peek()
	name, ok := t.name()
	if !ok || t.kind == tokenWord && (reserved[t.text] || t.text[0] == '$') {
		p.unexpected()
	}
	p.at++
	return name
}

// property names and similar words may be reserved.
func (p *parser) word() string {
	t := p.peek()
	if t.kind != tokenWord {
		p.unexpected()
	}
	p.at++
	return t.text
}

func (p *parser) str() string {
	t := p.peek()
	if t.kind != tokenString {
		p.unexpected()
	}
	p.at++
	return t.text
}

// name reads a dotted name of up to three parts or identifier(x).
func (p *parser) name() objectName { return p.longName(3) }

func (p *parser) longName(most int) objectName {
	start := p.peek().start
	if p.peek().is("IDENTIFIER") && p.ahead(1).is("(") {
		p.at += 2
		x := p.expr()
		p.expect(")")
		return objectName{span: p.span(start), dynamic: x}
	}
	parts := []string{p.ident()}
	for p.take(".") {
		if p.peek().is(".") { // db..t
			parts = append(parts, catalog.PublicSchema)
			continue
		}
		parts = append(parts, p.ident())
	}
	if len(parts) > most {
		panic(syntaxError(p.text, start, strings.Join(parts, ".")))
	}
	return objectName{span: p.span(start), parts: parts}
}

// names reads ( a, b, ... ).
func (p *parser) names() []string {
	p.expect("(")
	list := []string{p.ident()}
	for p.take(",") {
		list = append(list, p.ident())
	}
	p.expect(")")
	return list
}

func (p *parser) ifExists() bool { return p.take("IF", "EXISTS") }

func (p *parser) ifNotExists(e catalog.Existing) catalog.Existing {
	if e != catalog.Replace && p.take("IF", "NOT", "EXISTS") {
		return catalog.Keep
	}
	return e
}
