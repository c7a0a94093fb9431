package sql

import "github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"

// resolve gives a name's parts as written, with identifier(x) evaluated.
func (e *environment) resolve(n objectName) ([]string, error) {
	if n.dynamic == nil {
		return n.parts, nil
	}
	v, _, err := e.evaluate(n.dynamic)
	if err != nil {
		return nil, err
	}
	text, ok := v.(string)
	if !ok {
		return nil, compileError(1015, "22023", "identifier() needs a text")
	}
	parts, err := catalog.SplitPath(text)
	if err != nil {
		return nil, compileError(904, "42000", "invalid identifier '%s'", shorten(text))
	}
	return parts, nil
}

// place completes the name of an object in a schema from the session.
func (e *environment) place(n objectName, verb string) (database, schema, name string, err error) {
	parts, err := e.resolve(n)
	if err != nil {
		return "", "", "", err
	}
	name = parts[len(parts)-1]
	switch len(parts) {
	case 3:
		return parts[0], parts[1], name, nil
	case 2:
		if e.session.Database == "" {
			return "", "", "", noDatabase(verb)
		}
		return e.session.Database, parts[0], name, nil
	}
	if e.session.Database == "" {
		return "", "", "", noDatabase(verb)
	}
	if e.session.Schema == "" {
		return "", "", "", noSchema(verb)
	}
	return e.session.Database, e.session.Schema, name, nil
}

// schemaName completes the name of a schema from the session.
func (e *environment) schemaName(n objectName, verb string) (database, schema string, err error) {
	parts, err := e.resolve(n)
	switch {
	case err != nil:
		return "", "", err
	case len(parts) == 2:
		return parts[0], parts[1], nil
	case len(parts) > 2:
		return "", "", absent("Schema", quoteParts(parts))
	case e.session.Database == "":
		return "", "", noDatabase(verb)
	}
	return e.session.Database, parts[0], nil
}

// single reads a name of one part: a database, role, user or warehouse.
func (e *environment) single(n objectName, kind string) (string, error) {
	parts, err := e.resolve(n)
	if err != nil {
		return "", err
	}
	if len(parts) != 1 {
		return "", absent(kind, quoteParts(parts))
	}
	return parts[0], nil
}

// findTable finds a table that the session's role can see; kind is what errors
// call it, verb what was to be done.
func (e *environment) findTable(n objectName, kind, verb string) (*catalog.Table, error) {
	database, schema, name, err := e.place(n, verb)
	if err != nil {
		return nil, err
	}
	if err := e.usable(database, schema); err != nil {
		return nil, err
	}
	t, ok := e.engine.Catalog.Table(database, schema, name)
	if !ok || !e.engine.Catalog.CanSee(e.session.Role, t) {
		return nil, absent(kind, quoteParts([]string{database, schema, name}))
	}
	return t, nil
}

// usable checks that the role may use a database and a schema; for any other
// role they do not exist.
func (e *environment) usable(database, schema string) error {
	switch c := e.engine.Catalog; {
	case !c.CanUse(e.session.Role, database, ""):
		return absent("Database", catalog.Quote(database))
	case !c.CanUse(e.session.Role, database, schema):
		return absent("Schema", quoteParts([]string{database, schema}))
	}
	return nil
}

// may checks a privilege on a table that the role can see.
func (e *environment) may(t *catalog.Table, p catalog.Privilege) error {
	if e.engine.Catalog.Can(e.session.Role, p, t) {
		return nil
	}
	return denied("table '%s'", t.Name)
}

// findPipe finds a pipe; default pipes can be seen by who can see their table.
func (e *environment) findPipe(n objectName) (*catalog.Pipe, error) {
	database, schema, name, err := e.place(n, "DESCRIBE")
	if err != nil {
		return nil, err
	}
	p, ok := e.engine.Catalog.Pipe(database, schema, name)
	if !ok || !e.seesPipe(p) {
		return nil, absent("Pipe", quoteParts([]string{database, schema, name}))
	}
	return p, nil
}

// seesPipe is for who can see the table of a default pipe, or has any privilege
// on another one.
func (e *environment) seesPipe(p *catalog.Pipe) bool {
	c := e.engine.Catalog
	if !p.Default {
		return c.CanUse(e.session.Role, p.Database, p.Schema) && c.CanOn(e.session.Role, "", catalog.OnPipe, p.ID, p.Owner)
	}
	t, ok := c.TableByID(p.Table)
	return ok && c.CanSee(e.session.Role, t)
}

func (e *environment) mayOperate(p *catalog.Pipe) error {
	c := e.engine.Catalog
	if !p.Default && !c.CanOn(e.session.Role, catalog.Operate, catalog.OnPipe, p.ID, p.Owner) {
		return denied("pipe '%s'", p.Name)
	}
	t, ok := c.TableByID(p.Table)
	if ok && e.engine.Catalog.Can(e.session.Role, catalog.Insert, t) {
		return nil
	}
	return denied("pipe '%s'", p.Name)
}
