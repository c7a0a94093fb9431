package sql

import "github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"

// drop runs DROP of every kind of object.
func (e *environment) drop(s *dropStatement) (*Result, error) {
	name, err := e.dropNamed(s)
	if err != nil {
		if err = fromCatalog(err); s.ifExists && AsError(err).Code == 2003 {
			return status("Drop statement executed successfully ("+nameOf(s.name)+" already dropped).", typeDefinition), nil
		}
		return nil, err
	}
	return status(name+" successfully dropped.", typeDefinition), nil
}

func nameOf(n objectName) string {
	if n.dynamic != nil {
		return "object"
	}
	return quoteParts(n.parts)
}

func (e *environment) dropNamed(s *dropStatement) (name string, err error) {
	c, role := e.engine.Catalog, e.session.Role
	switch s.kind {
	case "TABLE":
		t, err := e.findTable(s.name, "Table", "DROP TABLE")
		if err != nil {
			return "", err
		}
		if err := e.may(t, catalog.Ownership); err != nil {
			return "", err
		}
		return t.Name, c.DropTable(t.Database, t.Schema, t.Name)
	case "VIEW":
		return e.dropView(s.name)
	case "SCHEMA":
		database, name, err := e.schemaName(s.name, "DROP SCHEMA")
		if err != nil {
			return "", err
		}
		if !c.CanUse(role, database, name) {
			return "", absent("Schema", quoteParts([]string{database, name}))
		}
		if !c.CanIn(role, catalog.Ownership, database, name) {
			return "", denied("schema '%s'", name)
		}
		if e.session.Database == database && e.session.Schema == name {
			e.session.Schema = ""
		}
		return name, c.DropSchema(database, name)
	case "PIPE":
		p, err := e.ownPipe(s.name)
		if err != nil {
			return "", err
		}
		return p.Name, c.DropPipe(p.Database, p.Schema, p.Name)
	case "DATABASE":
		name, err := e.single(s.name, "Database")
		if err != nil {
			return "", err
		}
		if !c.CanUse(role, name, "") {
			return "", absent("Database", catalog.Quote(name))
		}
		if !c.CanIn(role, catalog.Ownership, name, "") {
			return "", denied("database '%s'", name)
		}
		if e.session.Database == name {
			e.session.Database, e.session.Schema = "", ""
		}
		return name, c.DropDatabase(name)
	}
	return e.dropGlobal(s)
}

// dropGlobal drops what lives in the account: users, roles, warehouses.
func (e *environment) dropGlobal(s *dropStatement) (string, error) {
	c := e.engine.Catalog
	kind := s.kind[:1] + lower(s.kind[1:])
	name, err := e.single(s.name, kind)
	if err != nil {
		return "", err
	}
	var owner string
	var found bool
	var remove func(string) error
	switch s.kind {
	case "USER":
		var u *catalog.User
		if u, found = c.User(name); found {
			owner = u.Owner
		}
		remove = c.DropUser
	case "ROLE":
		var r *catalog.Role
		if r, found = c.Role(name); found {
			owner = r.Owner
		}
		remove = c.DropRole
	case "EXTERNAL VOLUME":
		var v *catalog.Volume
		if v, found = c.Volume(name); found {
			owner = v.Owner
		}
		remove = c.DropVolume
	case "WAREHOUSE":
		var w *catalog.Warehouse
		if w, found = c.Warehouse(name); found {
			owner = w.Owner
		}
		remove = c.DropWarehouse
	}
	if !found {
		return "", absent(kind, catalog.Quote(name))
	}
	if owner == "" && e.session.Role != catalog.AccountAdmin || owner != "" && !c.Inherits(e.session.Role, owner) {
		return "", denied("%s '%s'", lower(s.kind), name)
	}
	if owner == "" && s.kind == "ROLE" {
		return "", denied("role '%s'", name) // a system role
	}
	return name, remove(name)
}

func (e *environment) dropView(n objectName) (string, error) {
	database, schema, name, err := e.place(n, "DROP VIEW")
	if err != nil {
		return "", err
	}
	v, err := e.findView(database, schema, name)
	switch {
	case err != nil:
		return "", err
	case v == nil:
		return "", absent("View", quoteParts([]string{database, schema, name}))
	case !e.engine.Catalog.Inherits(e.session.Role, v.Owner):
		return "", denied("view '%s'", name)
	}
	return name, e.engine.Catalog.DropView(database, schema, name)
}
