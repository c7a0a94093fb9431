package sql

import (
	"errors"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

// createPipe runs CREATE PIPE ... AS COPY INTO ... FROM a stream. It takes
// CREATE PIPE on the schema and INSERT on the table
// (docs.snowflake.com/sql-reference/sql/create-pipe).
func (e *environment) createPipe(s *createPipe) (*Result, error) {
	database, schema, name, err := e.placeFor(s.name, "CREATE PIPE", catalog.CreatePipe)
	if err != nil {
		return nil, err
	}
	t, err := e.findTable(s.copy.table, "Table", "COPY")
	if err != nil {
		return nil, err
	}
	if err := e.may(t, catalog.Insert); err != nil {
		return nil, err
	}
	p := catalog.Pipe{Database: database, Schema: schema, Name: name, Table: t.ID, Owner: e.session.Role, Definition: s.text}
	if p.Files = s.copy.files; p.Files {
		p.Copy, s.props = &catalog.Copy{ByName: true}, nil
	} else if p.Copy, err = copyOf(t, s.copy); err != nil {
		return nil, err
	}
	for _, prop := range s.props {
		switch prop.name {
		case "COMMENT":
			p.Comment = prop.value
		case "AUTO_INGEST":
			if on, err := boolean(prop); err != nil || on {
				return nil, unsupported("AUTO_INGEST of a streaming pipe")
			}
		default:
			return nil, badProperty(prop, "PIPE")
		}
	}
	if _, err := e.transformation(p.Copy, t); err != nil {
		return nil, err
	}
	made, err := e.engine.Catalog.CreatePipe(p, s.existing)
	if err != nil {
		return nil, fromCatalog(err)
	}
	return created("Pipe", name, made), nil
}

// copyOf is the definition that a COPY statement stands for.
func copyOf(t *catalog.Table, s copyInto) (*catalog.Copy, error) {
	c := &catalog.Copy{Query: s.text, Columns: s.columns}
	for _, prop := range s.props {
		switch prop.name {
		case "MATCH_BY_COLUMN_NAME":
			switch upper(prop.value) {
			case "CASE_INSENSITIVE", "CASE_SENSITIVE":
				c.ByName = true
			case "NONE":
			default:
				return nil, compileError(1008, "22023", "invalid value [%s] for parameter 'MATCH_BY_COLUMN_NAME'", shorten(prop.value))
			}
		case "CLUSTER_AT_INGEST_TIME":
			on, err := boolean(prop)
			if err != nil {
				return nil, err
			}
			if on && len(t.ClusterBy) == 0 {
				return nil, compileError(1008, "22023", "CLUSTER_AT_INGEST_TIME needs clustering keys on table '%s'", t.Name)
			}
			c.ClusterAtIngest = on
		case "ON_ERROR":
			if upper(prop.value) != "CONTINUE" {
				return nil, unsupported("ON_ERROR = %s of a streaming pipe", upper(prop.value))
			}
		default:
			return nil, badProperty(prop, "COPY")
		}
	}
	switch {
	case c.ByName && s.query != nil:
		return nil, compileError(1008, "22023", "MATCH_BY_COLUMN_NAME cannot be used with a transformation")
	case !c.ByName && s.query == nil:
		return nil, compileError(1008, "22023", "a pipe without a transformation needs MATCH_BY_COLUMN_NAME")
	case c.ByName && s.columns != nil:
		return nil, compileError(1008, "22023", "MATCH_BY_COLUMN_NAME cannot be used with a list of columns")
	}
	if !c.ByName && c.Columns == nil {
		for _, column := range t.Columns {
			c.Columns = append(c.Columns, column.Name)
		}
	}
	return c, nil
}

func (e *environment) alterPipe(s *alterPipe) (*Result, error) {
	p, err := e.ownPipe(s.name)
	if err != nil {
		if s.ifExists && AsError(err).Code == 2003 {
			return status(statusExecuted, typeDefinition), nil
		}
		return nil, err
	}
	for _, name := range s.unset {
		s.set = append(s.set, property{name: name})
	}
	for _, prop := range s.set {
		switch prop.name {
		case "COMMENT":
			if err := e.engine.Catalog.CommentPipe(p.Database, p.Schema, p.Name, prop.value); err != nil {
				return nil, fromCatalog(err)
			}
		case "PIPE_EXECUTION_PAUSED":
			return nil, unsupported("PIPE_EXECUTION_PAUSED of a streaming pipe")
		default:
			return nil, badProperty(prop, "PIPE")
		}
	}
	return status(statusExecuted, typeDefinition), nil
}

// ownPipe finds a pipe to change. Default pipes are the service's.
func (e *environment) ownPipe(n objectName) (*catalog.Pipe, error) {
	p, err := e.findPipe(n)
	switch {
	case err != nil:
		return nil, err
	case p.Default:
		return nil, fromCatalog(&catalog.ObjectError{Kind: catalog.OnPipe, Name: p.Path(), Err: catalog.ErrManaged})
	case !e.engine.Catalog.Inherits(e.session.Role, p.Owner):
		return nil, denied("pipe '%s'", p.Name)
	}
	return p, nil
}

// placeFor completes the name of a new object in a schema and checks that the
// role may use the schema and create such a thing in it.
func (e *environment) placeFor(n objectName, verb string, p catalog.Privilege) (database, schema, name string, err error) {
	if database, schema, name, err = e.place(n, verb); err != nil {
		return "", "", "", err
	}
	if err := e.usable(database, schema); err != nil {
		return "", "", "", err
	}
	if !e.engine.Catalog.CanIn(e.session.Role, p, database, schema) {
		return "", "", "", denied("schema '%s'", schema)
	}
	return database, schema, name, nil
}

var errNoTable = errors.New("the pipe's table is gone")
