package sql

func (p *parser) alter() statement {
	switch {
	case p.take("TABLE"), p.take("ICEBERG", "TABLE"), p.take("INTERACTIVE", "TABLE"):
		return p.alterTable()
	case p.take("PIPE"):
		s := &alterPipe{ifExists: p.ifExists()}
		s.name = p.name()
		if p.take("SET") {
			s.set = p.properties()
		} else if p.take("UNSET") {
			s.unset = p.words()
		} else {
			panic(unsupported("ALTER PIPE ... %s", p.peek().text))
		}
		return s
	case p.take("SESSION"):
		s := &alterSession{}
		s.set, s.unset = p.setOrUnset()
		return s
	case p.take("USER"):
		return p.alterUser()
	}
	t := p.peek()
	if t.kind != tokenWord {
		p.unexpected()
	}
	panic(unsupported("ALTER %s", t.text))
}

func (p *parser) alterUser() statement {
	p.ifExists()
	if p.atToken() { // the session's own user
		return p.alterToken(nil)
	}
	name := p.name()
	if p.atToken() {
		return p.alterToken(&name)
	}
	s := &alterUser{name: name}
	s.set, s.unset = p.setOrUnset()
	return s
}

// setOrUnset reads SET with properties, or UNSET with their names.
func (p *parser) setOrUnset() (set []property, unset []string) {
	if p.take("SET") {
		return p.properties(), nil
	}
	p.expect("UNSET")
	return nil, p.words()
}

// atToken reports whether ADD PAT, ROTATE PROGRAMMATIC ... or the like follows.
func (p *parser) atToken() bool {
	return p.peek().kind == tokenWord && (p.ahead(1).is("PAT") || p.ahead(1).is("PROGRAMMATIC"))
}

func (p *parser) alterToken(user *objectName) statement {
	s := &alterToken{user: user, verb: p.word()}
	switch s.verb {
	case "ADD", "ROTATE", "REMOVE":
	default:
		panic(unsupported("ALTER USER ... %s PROGRAMMATIC ACCESS TOKEN", s.verb))
	}
	if !p.take("PAT") {
		p.expect("PROGRAMMATIC", "ACCESS", "TOKEN")
	}
	if s.verb == "ADD" {
		s.ifNotExists = p.take("IF", "NOT", "EXISTS")
	} else {
		s.ifExists = p.ifExists()
	}
	s.token = p.ident()
	if s.verb != "REMOVE" {
		s.props = p.properties()
	}
	return s
}

func (p *parser) words() []string {
	list := []string{p.word()}
	for p.take(",") {
		list = append(list, p.word())
	}
	return list
}

func (p *parser) alterTable() statement {
	s := &alterTable{ifExists: p.ifExists()}
	s.name = p.name()
	switch {
	case p.peek().is("ADD") && p.keyAt(1):
		p.at++
		s.actions = append(s.actions, alterAction{kind: "ADD KEY", key: p.key()})
	case p.peek().is("DROP") && p.keyAt(1):
		p.at++
		s.actions = append(s.actions, alterAction{kind: "DROP KEY", key: p.droppedKey()})
	case p.take("ADD"):
		p.addColumns(s)
	case p.take("DROP"):
		p.dropColumns(s)
	case p.take("ALTER"), p.take("MODIFY"):
		p.alterColumns(s)
	case p.take("SET"):
		a := alterAction{kind: "SET", set: p.tableProperties()}
		if len(a.set) == 0 {
			p.unexpected()
		}
		s.actions = append(s.actions, a)
	case p.take("UNSET"):
		s.actions = append(s.actions, alterAction{kind: "UNSET", unset: p.words()})
	case p.take("RENAME", "TO"):
		s.actions = append(s.actions, alterAction{kind: "RENAME", to: p.name()})
	case p.take("RENAME", "COLUMN"):
		a := alterAction{kind: "RENAME COLUMN"}
		a.column.name = p.ident()
		p.expect("TO")
		a.rename = p.ident()
		s.actions = append(s.actions, a)
	case p.peek().is("CLUSTER"):
		s.actions = append(s.actions, alterAction{kind: "CLUSTER", set: p.tableProperties()})
	case p.take("RECLUSTER"), p.take("SUSPEND", "RECLUSTER"), p.take("RESUME", "RECLUSTER"):
		panic(unsupported("RECLUSTER"))
	default:
		p.unexpected()
	}
	return s
}

func (p *parser) addColumns(s *alterTable) {
	p.take("COLUMN")
	for {
		a := alterAction{kind: "ADD", ifExist: p.take("IF", "NOT", "EXISTS")}
		a.column = p.columnDef()
		s.actions = append(s.actions, a)
		if !p.take(",") {
			return
		}
		p.take("COLUMN")
	}
}

func (p *parser) dropColumns(s *alterTable) {
	if p.take("CLUSTERING", "KEY") {
		s.actions = append(s.actions, alterAction{kind: "CLUSTER"})
		return
	}
	p.take("COLUMN")
	for {
		a := alterAction{kind: "DROP", ifExist: p.ifExists()}
		a.column.name = p.ident()
		s.actions = append(s.actions, a)
		if !p.take(",") {
			return
		}
		p.take("COLUMN")
	}
}

// alterColumns reads [(] [COLUMN] c change, c change ... [)].
func (p *parser) alterColumns(s *alterTable) {
	paren := p.take("(")
	for {
		p.take("COLUMN")
		a := alterAction{}
		a.column.name = p.ident()
		switch {
		case p.take("DROP", "NOT", "NULL"):
			a.kind = "DROP NOT NULL"
		case p.take("SET", "NOT", "NULL"), p.take("NOT", "NULL"):
			a.kind = "SET NOT NULL"
		case p.take("DROP", "DEFAULT"):
			a.kind = "DROP DEFAULT"
		case p.take("COMMENT"):
			a.kind, a.column.comment = "COMMENT", p.str()
		case p.take("SET", "DATA", "TYPE"), p.take("TYPE"):
			a.kind, a.column.typ = "TYPE", p.typeName()
		default:
			p.unexpected()
		}
		s.actions = append(s.actions, a)
		if !p.take(",") {
			break
		}
	}
	if paren {
		p.expect(")")
	}
}

func (p *parser) drop() statement {
	for _, kind := range [][]string{{"ICEBERG", "TABLE"}, {"INTERACTIVE", "TABLE"}, {"TABLE"}, {"EXTERNAL", "VOLUME"}, {"VIEW"}, {"DATABASE"}, {"SCHEMA"}, {"PIPE"}, {"USER"}, {"ROLE"}, {"WAREHOUSE"}} {
		if !p.take(kind...) {
			continue
		}
		s := &dropStatement{kind: kind[len(kind)-1], ifExists: p.ifExists()}
		if s.kind == "VOLUME" {
			s.kind = "EXTERNAL VOLUME"
		}
		s.name = p.name()
		if !p.take("CASCADE") {
			p.take("RESTRICT")
		}
		return s
	}
	t := p.peek()
	if t.kind != tokenWord {
		p.unexpected()
	}
	panic(unsupported("DROP %s", t.text))
}
