package localdynamo

import (
	"math"
	"strconv"
	"strings"
)

// maxExpression is the longest expression, in bytes. Amazon DynamoDB Developer Guide, "Quotas".
const maxExpression = 4096

// maxOperators is how many operators and functions an expression may have.
// Amazon DynamoDB Developer Guide, "Quotas".
const maxOperators = 300

// Labels of the expressions, as requests and errors name them.
const (
	labelCondition  = "ConditionExpression"
	labelFilter     = "FilterExpression"
	labelKey        = "KeyConditionExpression"
	labelProjection = "ProjectionExpression"
	labelUpdate     = "UpdateExpression"
)

// keywords have no place as an attribute's name.
var keywords = []string{"AND", "OR", "NOT", "BETWEEN", "IN", "SET", "REMOVE", "ADD", "DELETE"}

// parser reads one expression. Its methods return the first error; grammar
// errors carry the token and its surroundings as DynamoDB's do.
type parser struct {
	label     string
	source    string
	tokens    []token
	at        int
	operators int  // operators and functions read so far
	redundant bool // doubled parentheses were seen; an error unless the grammar is broken, too
}

func newParser(label, source string) (*parser, error) {
	switch {
	case source == "":
		return nil, invalid("Invalid %s: The expression can not be empty;", label)
	case len(source) > maxExpression:
		return nil, invalid("Invalid %s: Expression size has exceeded the maximum allowed size; expression size: %d", label, len(source))
	}
	return &parser{label: label, source: source, tokens: scan(source)}, nil
}

func (p *parser) peek() token { return p.tokens[p.at] }

func (p *parser) next() token {
	t := p.tokens[p.at]
	if t.kind != tokenEnd {
		p.at++
	}
	return t
}

// take consumes the token if it is the given symbol.
func (p *parser) take(symbol string) bool {
	if !p.peek().is(symbol) {
		return false
	}
	p.at++
	return true
}

// takeWord consumes the token if it is the given keyword.
func (p *parser) takeWord(keyword string) bool {
	if !p.peek().isWord(keyword) {
		return false
	}
	p.at++
	return true
}

func (p *parser) expect(symbol string) error {
	if !p.take(symbol) {
		return p.syntaxError()
	}
	return nil
}

// syntaxError blames the next token, near its neighbours on both sides.
func (p *parser) syntaxError() error {
	t := p.peek()
	from, to, text := t.start, len(p.source), t.text
	if p.at > 0 {
		from = p.tokens[p.at-1].start
	}
	switch {
	case t.kind != tokenEnd:
		to = p.tokens[p.at+1].end
	case p.at == 0:
		from, text = 0, "<EOF>"
	default:
		text = "<EOF>"
	}
	return p.refuse("Syntax error; token: \"%s\", near: \"%s\"", text, p.source[from:to])
}

func (p *parser) refuse(format string, args ...any) error {
	return invalid("Invalid "+p.label+": "+format, args...)
}

// count notes one more operator or function.
func (p *parser) count() error {
	if p.operators++; p.operators > maxOperators {
		return p.refuse("The expression contains too many operators; operator count: %d", p.operators)
	}
	return nil
}

// finish checks that the whole expression was read.
func (p *parser) finish() error {
	if p.peek().kind != tokenEnd {
		return p.syntaxError()
	}
	if p.redundant {
		return p.refuse("The expression has redundant parentheses;")
	}
	return nil
}

// path reads name or #name, then .name and [index] parts.
func (p *parser) path() (path, error) {
	first, err := p.pathName()
	if err != nil {
		return nil, err
	}
	way := path{first}
	for {
		switch {
		case p.take("."):
			s, err := p.pathName()
			if err != nil {
				return nil, err
			}
			way = append(way, s)
		case p.take("["):
			if p.peek().kind != tokenIndex {
				return nil, p.syntaxError()
			}
			text := p.next().text
			if err := p.expect("]"); err != nil {
				return nil, err
			}
			index, err := strconv.Atoi(text)
			if err != nil || index > math.MaxInt32 {
				return nil, p.refuse("List index is not within the allowable range; index: [%s]", text)
			}
			way = append(way, step{index: index, isIndex: true})
		default:
			return way, nil
		}
	}
}

func (p *parser) pathName() (step, error) {
	t := p.peek()
	if t.kind != tokenHash && (t.kind != tokenName || isKeyword(t.text)) {
		return step{}, p.syntaxError()
	}
	p.at++
	return step{name: t.text}, nil
}

// operand reads a path, a :placeholder or a function call.
func (p *parser) operand() (*operand, error) {
	t := p.peek()
	if t.kind == tokenColon {
		p.at++
		return &operand{placeholder: t.text}, nil
	}
	if t.kind == tokenName && !isKeyword(t.text) && p.tokens[p.at+1].is("(") {
		return p.call()
	}
	way, err := p.path()
	return &operand{path: way}, err
}

func (p *parser) call() (*operand, error) {
	call := &operand{function: p.next().text}
	if err := p.count(); err != nil {
		return nil, err
	}
	p.at++ // the parenthesis
	for {
		arg, err := p.operand()
		if err != nil {
			return nil, err
		}
		call.args = append(call.args, arg)
		if p.take(")") {
			return call, nil
		}
		if err := p.expect(","); err != nil {
			return nil, err
		}
	}
}

func isKeyword(word string) bool {
	for _, k := range keywords {
		if strings.EqualFold(k, word) {
			return true
		}
	}
	return false
}
