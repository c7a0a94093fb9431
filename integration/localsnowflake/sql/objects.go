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
	if _, ok := e.engine.Catalog.Database(database); !ok {
		return nil, absent("Database", catalog.Quote(database))
	}
	t, ok := e.engine.Catalog.Table(database, schema, name)
	if _, exists := e.engine.Catalog.Schema(database, schema); !exists {
		return nil, absent("Schema", quoteParts([]string{database, schema}))
	}
	if !ok || !e.engine.Catalog.CanSee(e.session.Role, t) {
		return nil, absent(kind, quoteParts([]string{database, schema, name}))
	}
	return t, nil
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

func (e *environment) seesPipe(p *catalog.Pipe) bool {
	t, ok := e.engine.Catalog.TableByID(p.Table)
	return ok && e.engine.Catalog.CanSee(e.session.Role, t)
}

func (e *environment) mayOperate(p *catalog.Pipe) error {
	t, ok := e.engine.Catalog.TableByID(p.Table)
	if ok && e.engine.Catalog.Can(e.session.Role, catalog.Insert, t) {
		return nil
	}
	return denied("pipe '%s'", p.Name)
}
