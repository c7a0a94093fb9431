package sql

import (
	"strings"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

// created words the result of CREATE.
func created(kind, name string, made bool) *Result {
	if !made {
		return status(name+" already exists, statement succeeded.", typeDefinition)
	}
	return status(kind+" "+name+" successfully created.", typeDefinition)
}

func (e *environment) createDatabase(s *createDatabase) (*Result, error) {
	name, err := e.single(s.name, "Database")
	if err != nil {
		return nil, err
	}
	if !e.engine.Catalog.CanGlobally(e.session.Role, catalog.CreateDatabase) {
		return nil, denied("account '%s'", e.session.Account)
	}
	made, err := e.engine.Catalog.CreateDatabase(name, e.session.Role, s.existing)
	if err != nil {
		return nil, fromCatalog(err)
	}
	e.session.Database, e.session.Schema = name, catalog.PublicSchema // as the service does
	return created("Database", name, made), nil
}

func (e *environment) createSchema(s *createSchema) (*Result, error) {
	database, name, err := e.schemaName(s.name, "CREATE SCHEMA")
	if err != nil {
		return nil, err
	}
	if !e.engine.Catalog.CanUse(e.session.Role, database, "") {
		return nil, absent("Database", catalog.Quote(database))
	}
	if !e.engine.Catalog.CanIn(e.session.Role, catalog.CreateSchema, database, "") {
		return nil, denied("database '%s'", database)
	}
	made, err := e.engine.Catalog.CreateSchema(database, name, e.session.Role, s.existing)
	if err != nil {
		return nil, fromCatalog(err)
	}
	e.session.Database, e.session.Schema = database, name
	return created("Schema", name, made), nil
}

func (e *environment) createRole(s *createRole) (*Result, error) {
	name, err := e.single(s.name, "Role")
	if err != nil {
		return nil, err
	}
	if !e.engine.Catalog.CanGlobally(e.session.Role, catalog.CreateRole) {
		return nil, denied("account '%s'", e.session.Account)
	}
	comment := ""
	for _, p := range s.props {
		if p.name != "COMMENT" {
			return nil, badProperty(p, "ROLE")
		}
		comment = p.value
	}
	made, err := e.engine.Catalog.CreateRole(name, e.session.Role, comment, s.existing)
	if err != nil {
		return nil, fromCatalog(err)
	}
	return created("Role", name, made), nil
}

func (e *environment) createWarehouse(s *createWarehouse) (*Result, error) {
	name, err := e.single(s.name, "Warehouse")
	if err != nil {
		return nil, err
	}
	if !e.engine.Catalog.CanGlobally(e.session.Role, catalog.CreateWarehouse) {
		return nil, denied("account '%s'", e.session.Account)
	}
	w := catalog.Warehouse{Name: name, Size: "X-Small", Owner: e.session.Role}
	for _, p := range s.props {
		switch p.name {
		case "WAREHOUSE_SIZE":
			w.Size = p.value
		case "COMMENT":
			w.Comment = p.value
		case "AUTO_SUSPEND", "AUTO_RESUME", "INITIALLY_SUSPENDED", "WAREHOUSE_TYPE", "MIN_CLUSTER_COUNT", "MAX_CLUSTER_COUNT", "SCALING_POLICY", "STATEMENT_TIMEOUT_IN_SECONDS":
		default:
			return nil, badProperty(p, "WAREHOUSE")
		}
	}
	made, err := e.engine.Catalog.CreateWarehouse(w, s.existing)
	if err != nil {
		return nil, fromCatalog(err)
	}
	e.session.Warehouse = name
	return created("Warehouse", name, made), nil
}

func (e *environment) createUser(s *createUser) (*Result, error) {
	name, err := e.single(s.name, "User")
	if err != nil {
		return nil, err
	}
	if !e.engine.Catalog.CanGlobally(e.session.Role, catalog.CreateUser) {
		return nil, denied("account '%s'", e.session.Account)
	}
	u := catalog.User{Name: name, Owner: e.session.Role}
	if err := setUser(&u, s.props); err != nil {
		return nil, err
	}
	made, err := e.engine.Catalog.CreateUser(u, s.existing)
	if err != nil {
		return nil, fromCatalog(err)
	}
	return created("User", name, made), nil
}

func (e *environment) alterUser(s *alterUser) (*Result, error) {
	name, err := e.single(s.name, "User")
	if err != nil {
		return nil, err
	}
	u, ok := e.engine.Catalog.User(name)
	if !ok {
		return nil, absent("User", catalog.Quote(name))
	}
	if name != e.session.User && !e.engine.Catalog.Inherits(e.session.Role, u.Owner) {
		return nil, denied("user '%s'", name)
	}
	props := s.set
	for _, unset := range s.unset {
		props = append(props, property{name: unset})
	}
	if err := e.engine.Catalog.UpdateUser(name, func(u *catalog.User) error { return setUser(u, props) }); err != nil {
		return nil, fromCatalog(err)
	}
	return status(statusExecuted, typeDefinition), nil
}

// setUser applies the properties of CREATE USER and ALTER USER.
func setUser(u *catalog.User, props []property) error {
	for _, p := range props {
		switch p.name {
		case "PASSWORD":
			u.PasswordHash, u.PasswordSalt = nil, nil
			if p.value != "" {
				if err := u.SetPassword(p.value); err != nil {
					return err
				}
			}
		case "RSA_PUBLIC_KEY", "RSA_PUBLIC_KEY_2":
			key, err := publicKey(p.value)
			if err != nil {
				return err
			}
			i := 0
			if p.name == "RSA_PUBLIC_KEY_2" {
				i = 1
			}
			u.PublicKeys[i] = key
		case "DEFAULT_ROLE":
			u.DefaultRole = exactName(p)
		case "DEFAULT_WAREHOUSE":
			u.DefaultWarehouse = exactName(p)
		case "DEFAULT_NAMESPACE":
			u.DefaultNamespace = p.value
		case "DISABLED":
			u.Disabled = upper(p.value) == "TRUE"
		case "COMMENT":
			u.Comment = p.value
		case "TYPE":
			u.Type = upper(p.value)
		case "LOGIN_NAME", "DISPLAY_NAME", "FIRST_NAME", "LAST_NAME", "EMAIL", "MUST_CHANGE_PASSWORD", "DEFAULT_SECONDARY_ROLES":
		default:
			return badProperty(p, "USER")
		}
	}
	return nil
}

// exactName reads a name given as identifier or as text.
func exactName(p property) string {
	if p.text {
		return catalog.Fold(p.value)
	}
	return p.value
}

func badProperty(p property, kind string) error {
	return compileError(1420, "22023", "invalid property '%s' for '%s'", p.name, kind)
}

// boolean reads a property that is TRUE or FALSE.
func boolean(p property) (bool, error) {
	switch upper(strings.TrimSpace(p.value)) {
	case "TRUE", "ON", "YES":
		return true, nil
	case "FALSE", "OFF", "NO":
		return false, nil
	}
	return false, compileError(1008, "22023", "invalid value [%s] for parameter '%s'", shorten(p.value), p.name)
}
