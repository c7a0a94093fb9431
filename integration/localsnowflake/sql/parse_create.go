package sql

import (
	"strings"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

func (p *parser) create() statement {
	start := p.tokens[p.at-1].start
	existing, transient := catalog.Refuse, false
	if p.take("OR", "REPLACE") {
		existing = catalog.Replace
	}
	for p.take("TRANSIENT") || p.take("TEMPORARY") || p.take("TEMP") || p.take("LOCAL") || p.take("GLOBAL") || p.take("VOLATILE") {
		if t := p.tokens[p.at-1]; !t.is("TRANSIENT") {
			panic(unsupported("%s TABLE", t.text))
		}
		transient = true
	}
	switch {
	case p.take("DATABASE"):
		existing = p.ifNotExists(existing)
		s := &createDatabase{name: p.name(), existing: existing}
		p.harmless(p.properties(), "COMMENT", "DATA_RETENTION_TIME_IN_DAYS", "MAX_DATA_EXTENSION_TIME_IN_DAYS", "DEFAULT_DDL_COLLATION", "LOG_LEVEL")
		return s
	case p.take("SCHEMA"):
		existing = p.ifNotExists(existing)
		s := &createSchema{name: p.name(), existing: existing}
		p.take("WITH", "MANAGED", "ACCESS")
		p.harmless(p.properties(), "COMMENT", "DATA_RETENTION_TIME_IN_DAYS", "MAX_DATA_EXTENSION_TIME_IN_DAYS", "DEFAULT_DDL_COLLATION", "LOG_LEVEL")
		return s
	case p.take("TABLE"):
		s := p.createTable(existing, catalog.Standard)
		s.transient = transient
		return s
	case p.take("ICEBERG", "TABLE"):
		return p.createTable(existing, catalog.Iceberg)
	case p.take("INTERACTIVE", "TABLE"):
		return p.createTable(existing, catalog.Interactive)
	case p.take("PIPE"):
		return p.createPipe(existing)
	case p.take("VIEW"), p.take("SECURE", "VIEW"):
		return p.createView(existing, start)
	case p.take("EXTERNAL", "VOLUME"):
		return p.createVolume(existing)
	case p.take("USER"):
		existing = p.ifNotExists(existing)
		return &createUser{name: p.name(), existing: existing, props: p.properties()}
	case p.take("ROLE"):
		existing = p.ifNotExists(existing)
		return &createRole{name: p.name(), existing: existing, props: p.properties()}
	case p.take("WAREHOUSE"), p.take("INTERACTIVE", "WAREHOUSE"):
		existing = p.ifNotExists(existing)
		s := &createWarehouse{name: p.name(), existing: existing}
		p.take("WITH")
		s.props = p.properties()
		return s
	}
	t := p.peek()
	if t.kind != tokenWord {
		p.unexpected()
	}
	panic(unsupported("CREATE %s", t.text))
}

// harmless refuses properties other than those that change nothing here.
func (p *parser) harmless(props []property, names ...string) {
	for _, prop := range props {
		if !set(names...)[prop.name] {
			line, pos := place(p.text, prop.start)
			e := compileError(1420, "22023", "invalid property '%s'", prop.name)
			e.Line, e.Pos = line, pos
			panic(e)
		}
	}
}

func (p *parser) createTable(existing catalog.Existing, kind catalog.Kind) *createTable {
	existing = p.ifNotExists(existing)
	s := &createTable{name: p.name(), kind: kind, existing: existing}
	if p.take("LIKE") {
		like := p.name()
		s.like = &like
	}
	if p.take("CLONE") || p.peek().is("USING") {
		panic(unsupported("CREATE TABLE ... CLONE or USING TEMPLATE"))
	}
	if s.like == nil && p.take("(") {
		s.columns, s.keys = p.columnDefs()
		p.expect(")")
	}
	s.props = p.tableProperties()
	if !p.take("AS") {
		return s
	}
	s.query, s.text = p.queryText()
	return s
}

// queryText reads a query and gives its text without parentheses around it.
func (p *parser) queryText() (*query, string) {
	q := p.query()
	inner := q.innermost()
	return q, p.text[inner.start:inner.end]
}

// innermost is the query inside of parentheses around it.
func (q *query) innermost() *query {
	for {
		nested, ok := q.body.(*query)
		if !ok || q.with != nil || q.order != nil || q.limit != nil || q.offset != nil {
			return q
		}
		q = nested
	}
}

func (p *parser) columnDefs() (defs []columnDef, keys []keyDef) {
	for {
		if p.keyComes() {
			keys = append(keys, p.key())
		} else {
			d := p.columnDef()
			defs, keys = append(defs, d), append(keys, d.keys...)
		}
		if !p.take(",") {
			return defs, keys
		}
	}
}

// columnDef reads name TYPE and what may follow, in any order.
func (p *parser) columnDef() columnDef {
	d := columnDef{name: p.ident()}
	d.typ = p.typeName()
	for {
		switch {
		case p.take("NOT", "NULL"):
			d.notNull = true
		case p.take("NULL"):
		case p.take("DEFAULT"):
			x := p.binary(bindAdd)
			d.def = p.text[x.where().start:x.where().end]
		case p.take("AUTOINCREMENT"), p.take("IDENTITY"):
			d.identity = true
			p.identity()
		case p.take("COMMENT"):
			d.comment = p.str()
		case p.take("COLLATE"):
			panic(unsupported("COLLATE '%s'", p.str()))
		case p.peek().is("CONSTRAINT"), p.peek().is("PRIMARY") && p.ahead(1).is("KEY"), p.peek().is("UNIQUE"), p.peek().is("REFERENCES"):
			d.keys = append(d.keys, p.columnKey(d.name))
		default:
			return d
		}
	}
}

// identity reads (start, step) or START n INCREMENT n: only 1 and 1 are kept.
func (p *parser) identity() {
	start, step := 1, 1
	switch {
	case p.take("("):
		start = p.integer()
		p.expect(",")
		step = p.integer()
		p.expect(")")
	case p.take("START"):
		p.take("WITH")
		start = p.integer()
		p.expect("INCREMENT")
		p.take("BY")
		step = p.integer()
	}
	if !p.take("NOORDER") {
		p.take("ORDER")
	}
	if start != 1 || step != 1 {
		panic(unsupported("IDENTITY other than START 1 INCREMENT 1"))
	}
}

// tableProperties reads what may stand behind the columns.
func (p *parser) tableProperties() []property {
	var props []property
	for {
		start := p.peek().start
		switch {
		case p.take("CLUSTER", "BY"), p.take("PARTITION", "BY"):
			prop := property{name: upper(p.tokens[p.at-2].text) + " BY"}
			p.take("LINEAR")
			p.expect("(")
			for {
				x := p.expr()
				prop.list = append(prop.list, strings.TrimSpace(p.text[x.where().start:x.where().end]))
				if !p.take(",") {
					break
				}
			}
			p.expect(")")
			prop.span = p.span(start)
			props = append(props, prop)
		case p.take("COPY", "GRANTS"):
		default:
			more := p.properties()
			if len(more) == 0 {
				return props
			}
			props = append(props, more...)
		}
	}
}

// properties reads NAME = value ..., with or without commas between them.
func (p *parser) properties() []property {
	var props []property
	for p.peek().kind == tokenWord && p.ahead(1).is("=") || p.peek().is(",") && p.ahead(2).is("=") {
		p.take(",")
		start := p.peek().start
		prop := property{name: p.word()}
		p.expect("=")
		switch t := p.next(); {
		case t.kind == tokenString:
			prop.value, prop.text = t.text, true
		case t.kind == tokenWord, t.kind == tokenQuoted, t.kind == tokenNumber:
			prop.value = t.text
			for t.kind != tokenNumber && p.take(".") { // DEFAULT_NAMESPACE = db.schema
				prop.value += "." + p.ident()
			}
		case t.is("-") && p.peek().kind == tokenNumber:
			prop.value = "-" + p.next().text
		case t.is("("):
			for !p.take(")") {
				v := p.next()
				if v.kind == tokenEnd {
					p.unexpected()
				}
				if !v.is(",") {
					prop.list = append(prop.list, v.text)
				}
			}
		default:
			p.unexpectedAt(t)
		}
		prop.span = p.span(start)
		props = append(props, prop)
	}
	return props
}
