package sql

import (
	"slices"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

func (e *environment) showSchemas(s *showStatement) (*listing, error) {
	database, _, err := e.where(s)
	if err != nil {
		return nil, err
	}
	l := newListing("created_on", "name", "is_default", "is_current", "database_name", "owner", "comment", "options", "retention_time", "owner_role_type")
	for _, schema := range e.engine.Catalog.Schemas(database) {
		if !e.engine.Catalog.CanUse(e.session.Role, schema.Database, schema.Name) {
			continue
		}
		current := schema.Database == e.session.Database && schema.Name == e.session.Schema
		l.add(schema.CreatedOn, schema.Name, "N", yesNo(current), schema.Database, schema.Owner, schema.Comment, "", "1", "ROLE")
	}
	for _, d := range e.engine.Catalog.Databases() {
		if (database == "" || d.Name == database) && e.engine.Catalog.CanUse(e.session.Role, d.Name, "") {
			l.add(d.CreatedOn, informationSchema, "N", "N", d.Name, "", "Views describing the contents of schemas in this database", "", "1", "")
		}
	}
	return l, nil
}

func (e *environment) showDatabases() *listing {
	l := newListing("created_on", "name", "is_default", "is_current", "origin", "owner", "comment", "options", "retention_time", "kind", "owner_role_type")
	for _, d := range e.engine.Catalog.Databases() {
		if e.engine.Catalog.CanUse(e.session.Role, d.Name, "") {
			l.add(d.CreatedOn, d.Name, "N", yesNo(d.Name == e.session.Database), "", d.Owner, d.Comment, "", "1", "STANDARD", "ROLE")
		}
	}
	return l
}

var pipeColumns = []string{"created_on", "name", "database_name", "schema_name", "definition", "owner", "notification_channel", "comment", "integration", "pattern", "error_integration", "owner_role_type", "invalid_reason", "kind"}

func addPipe(l *listing, p *catalog.Pipe) {
	roleType, kind := Value(nil), "STREAMING"
	if p.Files {
		kind = "STAGE"
	}
	if p.Owner != "" {
		roleType = "ROLE"
	}
	l.add(p.CreatedOn, p.Name, p.Database, p.Schema, p.Definition, orNull(p.Owner), nil, p.Comment, nil, nil, nil, roleType, nil, kind)
}

func (e *environment) showPipes(s *showStatement) (*listing, error) {
	database, schema, err := e.where(s)
	if err != nil {
		return nil, err
	}
	l := newListing(pipeColumns...)
	for _, p := range e.engine.Catalog.Pipes(database, schema) {
		if e.seesPipe(p) {
			addPipe(l, p)
		}
	}
	return l, nil
}

// showChannels lists the channels of a table, a pipe, or all in a place
// (spec 3.8).
func (e *environment) showChannels(s *showStatement) (*listing, error) {
	l := newListing("created_on", "name", "database_name", "schema_name", "table_name", "client_sequencer", "row_sequencer", "offset_token", "parent_domain", "parent_name")
	pipes, err := e.pipesFor(s)
	if err != nil || e.engine.Channels == nil {
		return l, err
	}
	for _, p := range pipes {
		t, ok := e.engine.Catalog.TableByID(p.Table)
		if !ok || !e.seesPipe(p) {
			continue
		}
		for _, ch := range e.engine.Channels.Channels(p) {
			l.add(ch.CreatedOn, ch.Name, p.Database, p.Schema, t.Name, number(ch.ClientSequencer), number(ch.RowSequencer), orNull(ch.OffsetToken), "PIPE", p.Name)
		}
	}
	return l, nil
}

func (e *environment) pipesFor(s *showStatement) ([]*catalog.Pipe, error) {
	switch {
	case s.inKind == "PIPE" && s.in != nil:
		p, err := e.findPipe(*s.in)
		return []*catalog.Pipe{p}, err
	case s.inKind == "TABLE" && s.in != nil:
		t, err := e.findTable(*s.in, "Table", "SHOW CHANNELS")
		if err != nil {
			return nil, err
		}
		pipes := e.engine.Catalog.Pipes(t.Database, t.Schema)
		return slices.DeleteFunc(pipes, func(p *catalog.Pipe) bool { return p.Table != t.ID }), nil
	}
	database, schema, err := e.where(s)
	if err != nil {
		return nil, err
	}
	return e.engine.Catalog.Pipes(database, schema), nil
}

func (e *environment) showWarehouses() *listing {
	l := newListing("name", "state", "type", "size", "running", "queued", "is_default", "is_current", "auto_suspend", "auto_resume", "created_on", "owner", "comment")
	for _, w := range e.engine.Catalog.Warehouses() {
		l.add(w.Name, "STARTED", "STANDARD", w.Size, "0", "0", "N", yesNo(w.Name == e.session.Warehouse), "600", "true", w.CreatedOn, w.Owner, w.Comment)
	}
	return l
}

func (e *environment) showRoles() *listing {
	l := newListing("created_on", "name", "is_default", "is_current", "is_inherited", "owner", "comment")
	for _, r := range e.engine.Catalog.Roles() {
		l.add(r.CreatedOn, r.Name, "N", yesNo(r.Name == e.session.Role), "N", r.Owner, r.Comment)
	}
	return l
}

func (e *environment) showUsers() *listing {
	l := newListing("name", "created_on", "disabled", "comment", "default_warehouse", "default_namespace", "default_role", "owner", "has_password", "has_rsa_public_key")
	for _, u := range e.engine.Catalog.Users() {
		if u.Name != e.session.User && !e.engine.Catalog.CanGlobally(e.session.Role, catalog.CreateUser) {
			continue
		}
		l.add(u.Name, u.CreatedOn, asText(u.Disabled, booleanType, e.zone), u.Comment, orNull(u.DefaultWarehouse), orNull(u.DefaultNamespace), orNull(u.DefaultRole), u.Owner,
			asText(len(u.PasswordHash) > 0, booleanType, e.zone), asText(u.PublicKeys[0] != "" || u.PublicKeys[1] != "", booleanType, e.zone))
	}
	return l
}

func (e *environment) showParameters() *listing {
	l := newListing("key", "value", "default", "level", "description", "type")
	l.name = 0
	var names []string
	for name := range sessionParameters {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		value, fallback := e.session.Parameter(name), ""
		if name == "TIMEZONE" {
			fallback = "UTC"
		}
		level := "SESSION"
		if value == "" {
			value, level = fallback, ""
		}
		l.add(name, value, fallback, level, "", "STRING")
	}
	return l
}
