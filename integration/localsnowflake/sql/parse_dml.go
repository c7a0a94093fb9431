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

// tuplesWithDefault reads tuples in which DEFAULT stands for a nil.
func (p *parser) tuplesWithDefault() [][]expression {
	var rows [][]expression
	for {
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
		rows = append(rows, row)
		if !p.take(",") {
			return rows
		}
	}
}

func (p *parser) delete() statement {
	p.expect("FROM")
	s := &deleteStatement{table: p.name()}
	s.alias = p.alias()
	if p.peek().is("USING") {
		panic(unsupported("DELETE ... USING"))
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
	for {
		name := p.ident()
		if p.take(".") {
			name = p.ident()
		}
		p.expect("=")
		s.sets = append(s.sets, assignment{column: name, x: p.expr()})
		if !p.take(",") {
			break
		}
	}
	if p.peek().is("FROM") {
		panic(unsupported("UPDATE ... FROM"))
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
