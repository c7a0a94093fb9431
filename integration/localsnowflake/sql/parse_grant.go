package sql

import (
	"strings"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

// grant reads what follows GRANT or REVOKE.
func (p *parser) grant(revoke bool) statement {
	s := &grantStatement{revoke: revoke}
	if revoke && p.take("GRANT", "OPTION", "FOR") {
		panic(unsupported("REVOKE GRANT OPTION FOR"))
	}
	if p.peek().is("ROLE") && !p.ahead(1).is(",") {
		p.at++
		name := p.name()
		s.privileges = []string{string(catalog.Usage)}
		s.target = grantTarget{kind: catalog.OnRole, name: &name}
	} else {
		s.privileges = p.privileges()
		s.target = p.grantOn()
	}
	if revoke {
		p.expect("FROM")
	} else {
		p.expect("TO")
	}
	s.toKind = "ROLE"
	if p.take("USER") {
		s.toKind = "USER"
	} else {
		p.take("ROLE")
	}
	s.to = p.name()
	s.option = p.take("WITH", "GRANT", "OPTION")
	for _, word := range []string{"COPY", "REVOKE"} {
		if p.take(word, "CURRENT", "GRANTS") {
			s.current = word
		}
	}
	if !p.take("CASCADE") {
		p.take("RESTRICT")
	}
	return s
}

// privileges reads "SELECT, EVOLVE SCHEMA, ..." or "ALL [PRIVILEGES]".
func (p *parser) privileges() []string {
	var list []string
	for {
		words := []string{p.word()}
		for p.peek().kind == tokenWord && !p.peek().is("ON") {
			words = append(words, p.word())
		}
		list = append(list, strings.Join(words, " "))
		if !p.take(",") {
			break
		}
	}
	if len(list) == 1 && list[0] == "ALL PRIVILEGES" {
		list[0] = "ALL"
	}
	p.expect("ON")
	return list
}

func (p *parser) grantOn() grantTarget {
	t := grantTarget{}
	for _, each := range []string{"ALL", "FUTURE"} {
		if !p.take(each) {
			continue
		}
		t.each = each
		plural := p.word()
		if plural == "ICEBERG" || plural == "INTERACTIVE" {
			plural = p.word()
		}
		if plural != "TABLES" {
			panic(unsupported("GRANT ON %s %s", each, plural))
		}
		t.kind = catalog.OnTable
		p.expect("IN")
		t.inKind = p.objectKind()
		name := p.name()
		t.name = &name
		return t
	}
	t.kind = p.objectKind()
	if t.kind != catalog.OnAccount {
		name := p.name()
		t.name = &name
	}
	return t
}

func (p *parser) objectKind() catalog.ObjectKind {
	if !p.take("ICEBERG") {
		p.take("INTERACTIVE")
	}
	if p.take("EXTERNAL", "VOLUME") {
		return "EXTERNAL VOLUME"
	}
	kind := catalog.ObjectKind(p.word())
	switch kind {
	case catalog.OnAccount, catalog.OnDatabase, catalog.OnSchema, catalog.OnTable, catalog.OnView, catalog.OnPipe, catalog.OnWarehouse, catalog.OnUser, catalog.OnRole:
		return kind
	}
	panic(unsupported("grants on %s", kind))
}
