package sql

import "github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"

func (p *parser) describe() statement {
	for _, kind := range [][]string{{"ICEBERG", "TABLE"}, {"INTERACTIVE", "TABLE"}, {"TABLE"}, {"VIEW"}, {"PIPE"}, {"USER"}, {"EXTERNAL", "VOLUME"}} {
		if p.take(kind...) {
			s := &describeStatement{kind: kind[len(kind)-1], name: p.name()}
			if p.take("TYPE", "=") {
				p.expect("COLUMNS")
			}
			return s
		}
	}
	t := p.peek()
	if t.kind != tokenWord {
		p.unexpected()
	}
	panic(unsupported("DESCRIBE %s", t.text))
}

// showable are the lists that SHOW knows.
var showable = [][]string{{"EXTERNAL", "VOLUMES"}, {"PRIMARY", "KEYS"}, {"UNIQUE", "KEYS"}, {"IMPORTED", "KEYS"}, {"EXPORTED", "KEYS"}, {"VIEWS"}, {"OBJECTS"}, {"VARIABLES"},
	{"SEQUENCES"}, {"STAGES"}, {"TASKS"}, {"STREAMS"}, {"FILE", "FORMATS"}, {"USER", "FUNCTIONS"}, {"USER", "PROCEDURES"}, {"PROCEDURES"},
	{"DYNAMIC", "TABLES"}, {"EXTERNAL", "TABLES"}, {"MATERIALIZED", "VIEWS"},
	{"ICEBERG", "TABLES"}, {"INTERACTIVE", "TABLES"}, {"TABLES"}, {"SCHEMAS"}, {"DATABASES"}, {"PIPES"}, {"CHANNELS"},
	{"COLUMNS"}, {"WAREHOUSES"}, {"ROLES"}, {"USERS"}, {"PARAMETERS"}}

func (p *parser) show() statement {
	terse := p.take("TERSE")
	if p.take("GRANTS") {
		return p.showGrants()
	}
	if p.take("USER", "PROGRAMMATIC", "ACCESS", "TOKENS") || p.take("USER", "PATS") {
		s := &showStatement{what: "TOKENS", terse: terse}
		if p.take("FOR", "USER") {
			name := p.name()
			s.in = &name
		}
		return s
	}
	for _, words := range showable {
		if !p.take(words...) {
			continue
		}
		s := &showStatement{what: words[len(words)-1], terse: terse}
		if len(words) == 2 {
			s.what = words[0] + " " + words[1]
		}
		p.take("HISTORY")
		p.filters(s)
		return s
	}
	t := p.peek()
	if t.kind != tokenWord {
		p.unexpected()
	}
	panic(unsupported("SHOW %s", t.text))
}

func (p *parser) filters(s *showStatement) {
	for {
		switch {
		case p.take("LIKE"):
			s.like = p.binary(bindAdd)
		case p.take("IN"), p.take("FOR"):
			p.scope(s)
		case p.take("STARTS", "WITH"):
			s.startsWith = p.binary(bindAdd)
		case p.take("LIMIT"):
			s.limit = p.binary(bindAdd)
			if p.take("FROM") {
				panic(unsupported("SHOW ... LIMIT ... FROM"))
			}
		default:
			return
		}
	}
}

func (p *parser) scope(s *showStatement) {
	s.inKind = ""
	for _, kind := range []string{"ACCOUNT", "SESSION", "DATABASE", "SCHEMA", "TABLE", "VIEW", "PIPE"} {
		if p.take(kind) {
			s.inKind = kind
			break
		}
	}
	if s.inKind == "VIEW" || s.inKind == "" && p.take("ICEBERG", "TABLE") {
		s.inKind = "TABLE"
	}
	t := p.peek()
	if s.inKind == "ACCOUNT" || s.inKind == "SESSION" || t.kind != tokenWord && t.kind != tokenQuoted || t.is("LIKE") || t.is("STARTS") || t.is("LIMIT") {
		return
	}
	name := p.name()
	s.in = &name
}

func (p *parser) showGrants() statement {
	s := &showStatement{what: "GRANTS", grants: &grantTarget{}}
	switch {
	case p.take("ON"):
		s.grants.direct = "ON"
		s.grants.kind = p.objectKind()
		if s.grants.kind != catalog.OnAccount {
			name := p.name()
			s.grants.name = &name
		}
	case p.take("TO"), p.take("OF"):
		s.grants.direct = p.tokens[p.at-1].text
		s.grants.kind = p.objectKind()
		name := p.name()
		s.grants.name = &name
	}
	p.filters(s)
	return s
}

func (p *parser) use() statement {
	s := &useStatement{}
	for _, kind := range []string{"DATABASE", "SCHEMA", "ROLE", "WAREHOUSE"} {
		if p.take(kind) {
			s.kind = kind
			break
		}
	}
	if s.kind == "" && p.peek().is("SECONDARY") {
		p.at++
		p.expect("ROLES")
		p.word()
		return &acceptedStatement{message: statusExecuted, id: typeSession}
	}
	s.name = p.name()
	return s
}
