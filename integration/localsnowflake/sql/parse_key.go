package sql

import "github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"

// keyComes reports whether a table constraint comes next.
func (p *parser) keyComes() bool { return p.keyAt(0) }

func (p *parser) keyAt(n int) bool {
	t := p.ahead(n)
	return t.is("CONSTRAINT") || (t.is("PRIMARY") || t.is("FOREIGN")) && p.ahead(n+1).is("KEY") || t.is("UNIQUE") && p.ahead(n+1).is("(")
}

// key reads a constraint of a table.
func (p *parser) key() keyDef {
	k := keyDef{}
	if p.take("CONSTRAINT") {
		k.name = p.ident()
	}
	switch {
	case p.take("PRIMARY", "KEY"):
		k.kind = catalog.PrimaryKey
	case p.take("UNIQUE"):
		k.kind = catalog.UniqueKey
	default:
		p.expect("FOREIGN", "KEY")
		k.kind = catalog.ForeignKey
	}
	k.columns = p.names()
	if k.kind == catalog.ForeignKey {
		p.references(&k)
	}
	p.keyOptions()
	return k
}

// columnKey reads a constraint that stands behind a column's type.
func (p *parser) columnKey(column string) keyDef {
	k := keyDef{columns: []string{column}}
	if p.take("CONSTRAINT") {
		k.name = p.ident()
	}
	switch {
	case p.take("PRIMARY", "KEY"):
		k.kind = catalog.PrimaryKey
	case p.take("UNIQUE"):
		k.kind = catalog.UniqueKey
	default:
		p.take("FOREIGN", "KEY")
		k.kind = catalog.ForeignKey
		p.references(&k)
	}
	p.keyOptions()
	return k
}

func (p *parser) references(k *keyDef) {
	p.expect("REFERENCES")
	to := p.name()
	k.to = &to
	if p.peek().is("(") {
		k.refers = p.names()
	}
}

// keyOptions passes what says how a constraint would be enforced: none is.
func (p *parser) keyOptions() {
	for {
		switch {
		case p.take("NOT", "ENFORCED"), p.take("ENFORCED"), p.take("NOT", "DEFERRABLE"), p.take("DEFERRABLE"), p.take("INITIALLY", "DEFERRED"),
			p.take("INITIALLY", "IMMEDIATE"), p.take("ENABLE"), p.take("DISABLE"), p.take("VALIDATE"), p.take("NOVALIDATE"), p.take("RELY"), p.take("NORELY"),
			p.take("MATCH", "FULL"), p.take("MATCH", "SIMPLE"), p.take("MATCH", "PARTIAL"):
		case p.peek().is("ON") && (p.ahead(1).is("DELETE") || p.ahead(1).is("UPDATE")):
			p.at += 2
			if !p.take("SET", "NULL") && !p.take("SET", "DEFAULT") && !p.take("NO", "ACTION") {
				p.word() // CASCADE, RESTRICT
			}
		default:
			return
		}
	}
}

// droppedKey reads what ALTER TABLE ... DROP says of a constraint.
func (p *parser) droppedKey() keyDef {
	k := keyDef{}
	switch {
	case p.take("CONSTRAINT"):
		k.name = p.ident()
	case p.take("PRIMARY", "KEY"):
		k.kind = catalog.PrimaryKey
	case p.take("UNIQUE"):
		k.kind, k.columns = catalog.UniqueKey, p.names()
	default:
		p.expect("FOREIGN", "KEY")
		k.kind, k.columns = catalog.ForeignKey, p.names()
	}
	if !p.take("CASCADE") {
		p.take("RESTRICT")
	}
	return k
}
