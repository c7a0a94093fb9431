package sql

import (
	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

// listing is a result of texts, as SHOW and DESCRIBE give.
type listing struct {
	*Result
	name int // index of the column that LIKE looks at
}

func newListing(names ...string) *listing {
	l := &listing{Result: &Result{StatementType: typeShow}}
	for i, name := range names {
		typ := textType
		switch name {
		case "created_on", "started_on", "expires_at":
			typ = catalog.Type{Name: catalog.TimestampLTZ, Precision: 3}
		case "rows", "bytes", "client_sequencer", "row_sequencer", "key_sequence":
			typ = integerType
		case "name":
			l.name = i
		}
		l.Columns = append(l.Columns, ResultColumn{Name: name, Type: typ, Nullable: true})
	}
	return l
}

func (l *listing) add(values ...Value) { l.Rows = append(l.Rows, values) }

func yesNo(yes bool) string {
	if yes {
		return "Y"
	}
	return "N"
}

func onOff(on bool) string {
	if on {
		return "ON"
	}
	return "OFF"
}

// orNull makes an empty text a NULL.
func orNull(s string) Value {
	if s == "" {
		return nil
	}
	return s
}

func (e *environment) describe(s *describeStatement) (*Result, error) {
	switch s.kind {
	case "PIPE":
		p, err := e.findPipe(s.name)
		if err != nil {
			return nil, err
		}
		l := newListing(pipeColumns...)
		addPipe(l, p)
		return l.Result, nil
	case "USER":
		return e.describeUser(s.name)
	case "VOLUME":
		return e.describeVolume(s.name)
	}
	t, err := e.tableOrView(s.name, s.kind, "DESCRIBE")
	if err != nil {
		return nil, err
	}
	l := newListing("name", "type", "kind", "null?", "default", "primary key", "unique key", "check", "expression", "comment", "policy name", "privacy domain", "schema evolution record")
	for _, c := range t.Columns {
		l.add(c.Name, c.Type.String(), "COLUMN", yesNo(c.Nullable), defaultOf(c), yesNo(inKey(t, catalog.PrimaryKey, c.Name)), yesNo(inKey(t, catalog.UniqueKey, c.Name)), nil, nil, orNull(c.Comment), nil, nil, evolutionRecord(t, c))
	}
	return l.Result, nil
}

func defaultOf(c catalog.Column) Value {
	if c.Identity {
		return "IDENTITY START 1 INCREMENT 1 NOORDER"
	}
	return orNull(c.Default)
}

// evolutionRecord says that a column was added by schema evolution; the
// service's record also has a time and query, which are not kept here.
func evolutionRecord(t *catalog.Table, c catalog.Column) Value {
	if !c.Evolved {
		return nil
	}
	return `{"evolutionType":"ADD_COLUMN","evolutionMode":"SNOWPIPE_STREAMING","pipeName":` + string(quoteJSON(t.Name+catalog.StreamingSuffix)) + `}`
}

func (e *environment) describeUser(n objectName) (*Result, error) {
	name, err := e.single(n, "User")
	if err != nil {
		return nil, err
	}
	u, ok := e.engine.Catalog.User(name)
	if !ok || name != e.session.User && !e.engine.Catalog.Inherits(e.session.Role, u.Owner) && !e.engine.Catalog.CanGlobally(e.session.Role, catalog.CreateUser) {
		return nil, absent("User", catalog.Quote(name))
	}
	l := newListing("property", "value", "default", "description")
	for _, p := range [][2]string{
		{"NAME", u.Name}, {"COMMENT", u.Comment}, {"DISABLED", lower(asText(u.Disabled, booleanType, e.zone).(string))}, {"DEFAULT_WAREHOUSE", u.DefaultWarehouse},
		{"DEFAULT_NAMESPACE", u.DefaultNamespace}, {"DEFAULT_ROLE", u.DefaultRole},
		{"RSA_PUBLIC_KEY", u.PublicKeys[0]}, {"RSA_PUBLIC_KEY_FP", keyFingerprint(u.PublicKeys[0])},
		{"RSA_PUBLIC_KEY_2", u.PublicKeys[1]}, {"RSA_PUBLIC_KEY_2_FP", keyFingerprint(u.PublicKeys[1])},
	} {
		value := p[1]
		if value == "" {
			value = "null"
		}
		l.add(p[0], value, "null", "")
	}
	return l.Result, nil
}

// tableOrView finds a table, or a view as if it were one.
func (e *environment) tableOrView(n objectName, kind, verb string) (*catalog.Table, error) {
	database, schema, name, err := e.place(n, verb)
	if err != nil {
		return nil, err
	}
	if schema == informationSchema {
		return e.factTable(database, name)
	}
	v, err := e.findView(database, schema, name)
	if err != nil {
		return nil, err
	}
	if v == nil {
		return e.findTable(n, kind[:1]+lower(kind[1:]), verb)
	}
	return &catalog.Table{Database: database, Schema: schema, Name: name, Columns: e.viewColumns(v), Owner: v.Owner, Comment: v.Comment, CreatedOn: v.CreatedOn}, nil
}

// factTable is a view of the INFORMATION_SCHEMA as if it were a table.
func (e *environment) factTable(database, name string) (*catalog.Table, error) {
	r, err := e.informationSchema(database, name)
	if err != nil {
		return nil, err
	}
	t := &catalog.Table{Database: database, Schema: informationSchema, Name: name}
	for _, c := range r.columns {
		t.Columns = append(t.Columns, catalog.Column{Name: c.name, Type: c.typ, Nullable: c.nullable})
	}
	return t, nil
}
