package localdynamo

// term is what parentheses may hold: a condition, or an operand that a
// comparison may follow.
type term struct {
	condition *condition
	operand   *operand
	wrapped   bool // stands in parentheses
}

// parseCondition reads a condition, filter or key condition and resolves its
// placeholders.
func parseCondition(label, source string, names *scope) (*condition, error) {
	p, err := newParser(label, source)
	if err != nil {
		return nil, err
	}
	t, err := p.or()
	if err != nil {
		return nil, err
	}
	c, err := p.asCondition(t)
	if err != nil {
		return nil, err
	}
	if err := p.finish(); err != nil {
		return nil, err
	}
	return c, names.resolveCondition(label, c)
}

func (p *parser) or() (term, error)  { return p.joined("OR", (*parser).and) }
func (p *parser) and() (term, error) { return p.joined("AND", (*parser).not) }

// joined reads one or more parts joined by a keyword, left to right.
func (p *parser) joined(keyword string, part func(*parser) (term, error)) (term, error) {
	left, err := part(p)
	if err != nil {
		return term{}, err
	}
	for p.peek().isWord(keyword) {
		first, err := p.asCondition(left)
		if err != nil {
			return term{}, err
		}
		if err := p.count(); err != nil {
			return term{}, err
		}
		p.at++
		right, err := part(p)
		if err != nil {
			return term{}, err
		}
		second, err := p.asCondition(right)
		if err != nil {
			return term{}, err
		}
		left = term{condition: &condition{op: keyword, parts: []*condition{first, second}}}
	}
	return left, nil
}

func (p *parser) not() (term, error) {
	if !p.takeWord("NOT") {
		return p.comparison()
	}
	if err := p.count(); err != nil {
		return term{}, err
	}
	t, err := p.not()
	if err != nil {
		return term{}, err
	}
	c, err := p.asCondition(t)
	return term{condition: &condition{op: "NOT", parts: []*condition{c}}}, err
}

// comparison reads an operand and what is said of it, or a condition in parentheses.
func (p *parser) comparison() (term, error) {
	left, err := p.primary()
	if err != nil || left.operand == nil {
		return left, err
	}
	for _, op := range []string{"=", "<>", "<=", ">=", "<", ">"} {
		if p.take(op) {
			return p.comparing(op, left.operand, 1, "")
		}
	}
	switch {
	case p.takeWord("BETWEEN"):
		return p.comparing("BETWEEN", left.operand, 2, "AND")
	case p.takeWord("IN"):
		return p.among(left.operand)
	}
	return left, nil
}

// comparing reads the operands on the right, with a keyword between them.
func (p *parser) comparing(op string, left *operand, count int, between string) (term, error) {
	if err := p.count(); err != nil {
		return term{}, err
	}
	c := &condition{op: op, operands: []*operand{left}}
	for i := range count {
		if i > 0 && !p.takeWord(between) {
			return term{}, p.syntaxError()
		}
		right, err := p.primary()
		if err != nil {
			return term{}, err
		}
		if right.operand == nil {
			return term{}, p.syntaxError()
		}
		c.operands = append(c.operands, right.operand)
	}
	return term{condition: c}, nil
}

func (p *parser) among(left *operand) (term, error) {
	c := &condition{op: "IN", operands: []*operand{left}}
	if err := p.count(); err != nil {
		return term{}, err
	}
	if err := p.expect("("); err != nil {
		return term{}, err
	}
	for {
		one, err := p.operand()
		if err != nil {
			return term{}, err
		}
		c.operands = append(c.operands, one)
		if p.take(")") {
			return term{condition: c}, nil
		}
		if err := p.expect(","); err != nil {
			return term{}, err
		}
	}
}

func (p *parser) primary() (term, error) {
	if !p.take("(") {
		o, err := p.operand()
		return term{operand: o}, err
	}
	inner, err := p.or()
	if err != nil {
		return term{}, err
	}
	if err := p.expect(")"); err != nil {
		return term{}, err
	}
	p.redundant = p.redundant || inner.wrapped
	inner.wrapped = true
	return inner, nil
}

// asCondition takes a function call for the condition it is. A bare path or
// value is none: the expression broke off before its comparison.
func (p *parser) asCondition(t term) (*condition, error) {
	switch {
	case t.condition != nil:
		return t.condition, nil
	case t.operand.function != "":
		return &condition{op: t.operand.function, operands: t.operand.args}, nil
	}
	return nil, p.syntaxError()
}
