package sql

import (
	"slices"
	"strconv"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

// use changes the session's database, schema, role or warehouse.
func (e *environment) use(s *useStatement) (*Result, error) {
	parts, err := e.resolve(s.name)
	if err != nil {
		return nil, err
	}
	switch {
	case s.kind == "ROLE" && len(parts) == 1:
		err = e.useRole(parts[0])
	case s.kind == "WAREHOUSE" && len(parts) == 1:
		if !e.engine.Catalog.CanUseWarehouse(e.session.Role, parts[0]) {
			return nil, cannotUse
		}
		e.session.Warehouse = parts[0]
	case s.kind == "SCHEMA", s.kind == "" && len(parts) == 2:
		database, schema, e2 := e.schemaName(objectName{parts: parts}, "USE SCHEMA")
		if e2 != nil {
			return nil, e2
		}
		if !e.engine.Catalog.CanUse(e.session.Role, database, schema) {
			return nil, cannotUse
		}
		e.session.Database, e.session.Schema = database, schema
	case len(parts) == 1:
		err = e.useDatabase(parts[0])
	default:
		err = cannotUse
	}
	if err != nil {
		return nil, err
	}
	return status(statusExecuted, typeSession), nil
}

var cannotUse = compileError(2043, "02000", "Object does not exist, or operation cannot be performed.")

func (e *environment) useDatabase(name string) error {
	c := e.engine.Catalog
	if !c.CanUse(e.session.Role, name, "") {
		return cannotUse
	}
	e.session.Database, e.session.Schema = name, ""
	if c.CanUse(e.session.Role, name, catalog.PublicSchema) {
		e.session.Schema = catalog.PublicSchema
	}
	return nil
}

func (e *environment) useRole(name string) error {
	if _, ok := e.engine.Catalog.Role(name); !ok {
		return cannotUse
	}
	if !slices.Contains(e.engine.Catalog.RolesOf(e.session.User), name) {
		return &Error{Code: 3013, SQLState: "42501", Message: "SQL access control error:\nRequested role '" + name + "' is not assigned to the executing user. Specify another role to activate."}
	}
	e.session.Role = name
	return nil
}

// sessionParameters are those that ALTER SESSION accepts. TIMEZONE changes
// results; the others are kept and shown.
var sessionParameters = set("TIMEZONE", "QUERY_TAG", "STATEMENT_TIMEOUT_IN_SECONDS", "AUTOCOMMIT", "CLIENT_SESSION_KEEP_ALIVE", "ABORT_DETACHED_QUERY",
	"CLIENT_SESSION_KEEP_ALIVE_HEARTBEAT_FREQUENCY", "GO_QUERY_RESULT_FORMAT", "PYTHON_CONNECTOR_QUERY_RESULT_FORMAT", "CLIENT_TELEMETRY_ENABLED",
	"MULTI_STATEMENT_COUNT", "USE_CACHED_RESULT", "LOCK_TIMEOUT", "JS_TREAT_INTEGER_AS_BIGINT", "WEEK_START", "TRANSACTION_ABORT_ON_ERROR")

func (e *environment) alterSession(s *alterSession) (*Result, error) {
	for _, p := range s.set {
		if !sessionParameters[p.name] {
			return nil, compileError(1006, "22023", "invalid parameter '%s'", p.name)
		}
		switch {
		case p.name == "TIMEZONE":
			if _, err := location(p.value); err != nil {
				return nil, err
			}
		case p.name == "WEEK_START" && p.value != "0" && p.value != "1":
			return nil, unsupported("WEEK_START = %s", p.value)
		case p.name == "AUTOCOMMIT":
			if _, err := boolean(p); err != nil {
				return nil, err
			}
			if err := e.commit(); err != nil { // the service commits what is open
				return nil, err
			}
		}
	}
	for _, p := range s.set {
		value := p.value
		if on, err := boolean(p); err == nil && p.name == "AUTOCOMMIT" {
			value = strconv.FormatBool(on)
		}
		e.session.SetParameter(p.name, value)
	}
	for _, name := range s.unset {
		e.session.SetParameter(name, "")
	}
	return status(statusExecuted, typeSession), nil
}
