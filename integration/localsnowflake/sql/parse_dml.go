package sql

func (p *parser) insert() statement {
	s := &insertStatement{overwrite: p.take("OVERWRITE")}
	p.expect("INTO")
	p.take("TABLE")
	s.table = p.name()
	if p.peek().is("(") && !p.ahead(1).is("SELECT") {
		s.columns = p.names()
	}
	if p.take("VALUES") {
		s.rows = p.tuplesWithDefault()
		return s
	}
	s.query = p.query()
	return s
}

// assignments reads c = x, t.c = x, ...; a DEFAULT is a nil.
func (p *parser) assignments() []assignment {
	var sets []assignment
	for {
		a := assignment{column: p.ident()}
		for p.take(".") {
			a.column = p.ident()
		}
		p.expect("=")
		if !p.take("DEFAULT") {
			a.x = p.expr()
		}
		sets = append(sets, a)
		if !p.take(",") {
			return sets
		}
	}
}

// tuplesWithDefault reads tuples in which DEFAULT stands for a nil.
func (p *parser) tuplesWithDefault() [][]expression {
	var rows [][]expression
	for {
		rows = append(rows, p.tupleWithDefault())
		if !p.take(",") {
			return rows
		}
	}
}

func (p *parser) tupleWithDefault() []expression {
	p.expect("(")
	var row []expression
	for {
		if p.take("DEFAULT") {
			row = append(row, nil)
		} else {
			row = append(row, p.expr())
		}
		if !p.take(",") {
			break
		}
	}
	p.expect(")")
	return row
}

func (p *parser) delete() statement {
	p.expect("FROM")
	s := &deleteStatement{table: p.name()}
	s.alias = p.alias()
	if p.take("USING") {
		s.using = p.from()
	}
	if p.take("WHERE") {
		s.filter = p.expr()
	}
	return s
}

func (p *parser) update() statement {
	s := &updateStatement{table: p.name()}
	s.alias = p.alias()
	p.expect("SET")
	s.sets = p.assignments()
	if p.take("FROM") {
		s.from = p.from()
	}
	if p.take("WHERE") {
		s.filter = p.expr()
	}
	return s
}

func (p *parser) truncate() statement {
	p.take("TABLE")
	s := &truncateStatement{ifExists: p.ifExists()}
	if p.peek().is("ERROR_TABLE") && p.ahead(1).is("(") {
		p.at += 2
		s.errors = true
		s.table = p.name()
		p.expect(")")
		return s
	}
	s.table = p.name()
	return s
}
