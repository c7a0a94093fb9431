package sql

// set reads SET x = 1 and SET (a, b) = (1, 2).
func (p *parser) set() statement {
	s := &setStatement{}
	if !p.peek().is("(") {
		s.names = []string{p.ident()}
		p.expect("=")
		s.values = []expression{p.expr()}
		return s
	}
	s.names = p.names()
	p.expect("=")
	at := p.peek()
	p.expect("(")
	s.values = p.exprs()
	p.expect(")")
	if len(s.values) != len(s.names) {
		p.unexpectedAt(at)
	}
	return s
}

func (p *parser) unset() statement {
	if p.peek().is("(") {
		return &setStatement{names: p.names()}
	}
	return &setStatement{names: []string{p.ident()}}
}

// comment reads COMMENT [IF EXISTS] ON kind name IS '...'.
func (p *parser) comment() statement {
	s := &commentStatement{ifExists: p.ifExists()}
	p.expect("ON")
	if !p.take("ICEBERG") {
		p.take("INTERACTIVE")
	}
	s.kind = p.word()
	s.name = p.longName(4)
	p.expect("IS")
	s.text = p.str()
	return s
}
