package sql

import "strings"

// Statement is one parsed statement of a text that may hold several.
type Statement struct {
	Text string // as written, without the semicolon
	Type int    // statementTypeId

	node  statement
	binds int // variables of the whole text
}

// Parse reads the statements of a text, split by semicolons. Question marks
// are numbered through the whole text. The error is a *Error; a text without a
// statement is one.
func Parse(text string) (list []Statement, err error) {
	tokens, err := lex(text)
	if err != nil {
		return nil, err
	}
	p := &parser{text: text, tokens: tokens}
	defer func() {
		switch r := recover().(type) {
		case nil:
		case *Error:
			list, err = nil, r
		default:
			panic(r)
		}
	}()
	for {
		for p.take(";") {
		}
		start := p.peek()
		if start.kind == tokenEnd {
			break
		}
		node := p.statement()
		list = append(list, Statement{Text: strings.TrimSpace(text[start.start:p.tokens[p.at-1].end]), Type: typeOf(node), node: node})
		if t := p.peek(); t.kind != tokenEnd && !t.is(";") {
			p.unexpected()
		}
	}
	if len(list) == 0 {
		return nil, runtimeError(900, "42601", "%sEmpty SQL statement.", compilation)
	}
	for i := range list {
		list[i].binds = p.binds
	}
	return list, nil
}

// CheckCount refuses a text with another number of statements than the client
// said it would have (MULTI_STATEMENT_COUNT); 0 is any number.
func CheckCount(list []Statement, want int) error {
	if want == 0 || len(list) == want {
		return nil
	}
	return runtimeError(8, "0A000", "Actual statement count %d did not match the desired statement count %d.", len(list), want)
}

// parse reads exactly one statement; a semicolon may follow it.
func parse(text string) (statement, error) {
	list, err := Parse(text)
	if err == nil {
		err = CheckCount(list, 1)
	}
	if err != nil {
		return nil, err
	}
	return list[0].node, nil
}

// typeOf is the statementTypeId of a statement before it runs.
func typeOf(node statement) int {
	switch node.(type) {
	case *selectStatement:
		return typeSelect
	case *insertStatement:
		return typeInsert
	case *updateStatement:
		return typeUpdate
	case *deleteStatement:
		return typeDelete
	case *mergeStatement:
		return typeMerge
	case *showStatement, *describeStatement:
		return typeShow
	case *useStatement, *alterSession, *setStatement:
		return typeSession
	case *transactionStatement:
		return typeTransaction
	}
	return typeDefinition
}
