package sql

import "github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"

// createPipe reads CREATE PIPE name [properties] AS COPY INTO ....
func (p *parser) createPipe(existing catalog.Existing) statement {
	existing = p.ifNotExists(existing)
	s := &createPipe{name: p.name(), existing: existing, props: p.properties()}
	p.expect("AS")
	start := p.peek().start
	p.expect("COPY", "INTO")
	p.take("TABLE")
	s.copy.table = p.name()
	if p.peek().is("(") {
		s.copy.columns = p.names()
	}
	p.expect("FROM")
	switch {
	case p.peek().is("("):
		p.expect("(")
		if p.peek().is("TABLE") { // FROM (TABLE(DATA_SOURCE(...)))
			p.streamSource()
		} else {
			s.copy.query, s.copy.text = p.queryText()
		}
		p.expect(")")
	case p.peek().is("TABLE"):
		p.streamSource()
	default:
		p.stageFiles()
		s.copy.files = true
	}
	s.copy.props = p.properties()
	s.text = p.text[start:p.tokens[p.at-1].end]
	return s
}

// stageFiles reads @[namespace.]stage[/path]. There are no stages here: a pipe
// from one can be made, described and dropped, and does nothing.
func (p *parser) stageFiles() {
	p.expect("@")
	for p.name(); p.take("/"); {
		p.word()
	}
}

// streamSource reads TABLE(DATA_SOURCE(TYPE => 'STREAMING')).
func (p *parser) streamSource() {
	p.expect("TABLE", "(", "DATA_SOURCE")
	p.dataSource()
	p.expect(")")
}

// dataSource reads (TYPE => 'STREAMING').
func (p *parser) dataSource() {
	p.expect("(", "TYPE", "=>")
	at := p.peek()
	if kind := p.str(); upper(kind) != "STREAMING" {
		panic(syntaxError(p.text, at.start, kind))
	}
	p.expect(")")
}

// createView reads CREATE VIEW name [(columns)] [properties] AS query.
func (p *parser) createView(existing catalog.Existing, start int) statement {
	existing = p.ifNotExists(existing)
	s := &createView{name: p.name(), existing: existing}
	if p.take("(") {
		for {
			s.columns = append(s.columns, p.ident())
			if p.take("COMMENT") {
				p.str()
			}
			if !p.take(",") {
				break
			}
		}
		p.expect(")")
	}
	p.take("COPY", "GRANTS")
	s.props = p.properties()
	p.expect("AS")
	s.query, s.text = p.queryText()
	s.whole = p.text[start:p.tokens[p.at-1].end]
	return s
}

// createVolume reads CREATE EXTERNAL VOLUME name STORAGE_LOCATIONS = ((...)).
func (p *parser) createVolume(existing catalog.Existing) statement {
	existing = p.ifNotExists(existing)
	s := &createVolume{name: p.name(), existing: existing}
	p.expect("STORAGE_LOCATIONS", "=", "(")
	for {
		s.locations = append(s.locations, p.storageLocation())
		p.take(",")
		if p.take(")") {
			break
		}
	}
	s.props = p.properties()
	return s
}

// storageLocation reads (NAME = '...' STORAGE_PROVIDER = '...' ...) as JSON.
// What is nested or named like a secret is not kept.
func (p *parser) storageLocation() string {
	p.expect("(")
	var members []jsonMember
	for !p.take(")") {
		key := p.word()
		p.expect("=")
		switch t := p.next(); {
		case t.is("("):
			for depth := 1; depth > 0; {
				switch t := p.next(); {
				case t.kind == tokenEnd:
					p.unexpected()
				case t.is("("):
					depth++
				case t.is(")"):
					depth--
				}
			}
		case t.kind == tokenString, t.kind == tokenWord, t.kind == tokenNumber:
			if key != "STORAGE_AWS_EXTERNAL_ID" {
				members = append(members, jsonMember{key, quoteJSON(t.text)})
			}
		default:
			p.unexpectedAt(t)
		}
		p.take(",")
	}
	return string(makeObject(members))
}
