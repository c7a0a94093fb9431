package sql

import (
	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

// object is what a privilege is granted on.
type grantee struct {
	kind  catalog.ObjectKind
	id    int64
	owner string
	name  string
}

// grant runs GRANT and REVOKE of privileges, ownership and roles.
func (e *environment) grant(s *grantStatement) (*Result, error) {
	targets, err := e.grantTargets(s.target)
	if err != nil {
		return nil, err
	}
	to, err := e.single(s.to, s.toKind[:1]+lower(s.toKind[1:]))
	if err != nil {
		return nil, err
	}
	for _, target := range targets {
		if !e.mayGrant(target) {
			return nil, denied("%s '%s'", lower(string(target.kind)), target.name)
		}
		if err := e.grantOn(s, target, to); err != nil {
			return nil, fromCatalog(err)
		}
	}
	return status(statusExecuted, typeDefinition), nil
}

// mayGrant is for owners and for who has MANAGE GRANTS.
func (e *environment) mayGrant(o grantee) bool {
	c := e.engine.Catalog
	return c.CanGlobally(e.session.Role, catalog.ManageGrants) || o.owner != "" && c.Inherits(e.session.Role, o.owner)
}

func (e *environment) grantOn(s *grantStatement, o grantee, to string) error {
	c := e.engine.Catalog
	for _, p := range s.privileges {
		if catalog.Privilege(p) == catalog.Ownership && s.target.each != "FUTURE" {
			if err := e.transfer(s, o, to); err != nil {
				return err
			}
			continue
		}
		names := []string{p}
		if p == "ALL" {
			names = allPrivileges[o.kind]
		}
		for _, name := range names {
			g := catalog.Grant{Privilege: catalog.Privilege(name), On: o.kind, Object: o.id, ToRole: to, Future: s.target.each == "FUTURE", GrantOption: s.option, GrantedBy: e.session.Role}
			if s.toKind == "USER" {
				if o.kind != catalog.OnRole {
					return unsupported("GRANT of a privilege to a user: grant it to a role")
				}
				g.ToRole, g.ToUser = "", to
			}
			change := c.Grant
			if s.revoke {
				change = c.Revoke
			} else if o.kind == catalog.OnRole && s.toKind == "ROLE" && c.Inherits(o.name, to) {
				return compileError(3012, "0A000", "Role '%s' would be granted to itself through '%s'.", o.name, to)
			}
			if err := change(g); err != nil {
				return err
			}
		}
	}
	return nil
}

// transfer runs GRANT OWNERSHIP. Without COPY or REVOKE CURRENT GRANTS there
// must be no grants left on the object.
func (e *environment) transfer(s *grantStatement, o grantee, to string) error {
	c := e.engine.Catalog
	if s.revoke {
		return unsupported("REVOKE OWNERSHIP: grant it to another role")
	}
	if s.current == "" && len(c.Grants(o.kind, o.id)) > 0 && o.owner != to {
		return compileError(3036, "0A000", "Dependent grant of privilege on securable %s exists. It must be revoked first. More than one dependent grant may exist: use 'SHOW GRANTS' command to view them. To revoke all dependent grants while transferring object ownership, use convenience command 'GRANT OWNERSHIP ON <target_objects> TO <target_role> REVOKE CURRENT GRANTS'.", o.name)
	}
	if err := c.GiveOwnership(o.kind, o.id, to); err != nil {
		return err
	}
	if s.current == "REVOKE" {
		c.RevokeAll(o.kind, o.id)
	}
	return nil
}

// allPrivileges are what GRANT ALL gives on each kind of object.
var allPrivileges = map[catalog.ObjectKind][]string{
	catalog.OnDatabase:  {"USAGE", "CREATE SCHEMA", "MODIFY", "MONITOR"},
	catalog.OnSchema:    {"USAGE", "CREATE TABLE", "CREATE ICEBERG TABLE", "CREATE INTERACTIVE TABLE", "CREATE PIPE", "CREATE VIEW", "MODIFY", "MONITOR"},
	catalog.OnTable:     {"SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "EVOLVE SCHEMA"},
	catalog.OnView:      {"SELECT", "REFERENCES"},
	catalog.OnPipe:      {"OPERATE", "MONITOR"},
	catalog.OnVolume:    {"USAGE"},
	catalog.OnWarehouse: {"USAGE", "OPERATE", "MODIFY", "MONITOR"},
}

// grantTargets finds the objects, whether or not the role can see them: who
// manages grants needs no USAGE.
func (e *environment) grantTargets(t grantTarget) ([]grantee, error) {
	if t.each == "" {
		o, err := e.grantTarget(t.kind, t.name)
		return []grantee{o}, err
	}
	in, err := e.grantTarget(t.inKind, t.name)
	if err != nil || t.each == "FUTURE" {
		return []grantee{in}, err
	}
	parts, err := e.resolve(*t.name)
	if err != nil {
		return nil, err
	}
	database, schema := parts[0], ""
	if t.inKind == catalog.OnSchema {
		if database, schema, err = e.schemaName(*t.name, "GRANT"); err != nil {
			return nil, err
		}
	}
	var list []grantee
	for _, table := range e.engine.Catalog.Tables(database, schema) {
		list = append(list, grantee{kind: catalog.OnTable, id: table.ID, owner: table.Owner, name: table.Name})
	}
	return list, nil
}

func (e *environment) grantTarget(kind catalog.ObjectKind, name *objectName) (grantee, error) {
	c := e.engine.Catalog
	switch kind {
	case catalog.OnAccount:
		return grantee{kind: kind, owner: catalog.AccountAdmin, name: e.session.Account}, nil
	case catalog.OnTable, catalog.OnPipe, catalog.OnView:
		database, schema, object, err := e.place(*name, "GRANT")
		if err != nil {
			return grantee{}, err
		}
		if t, ok := c.Table(database, schema, object); ok && kind == catalog.OnTable {
			return grantee{kind: kind, id: t.ID, owner: t.Owner, name: t.Name}, nil
		}
		if v, ok := c.View(database, schema, object); ok && kind == catalog.OnView {
			return grantee{kind: kind, id: v.ID, owner: v.Owner, name: v.Name}, nil
		}
		if p, ok := c.Pipe(database, schema, object); ok && kind == catalog.OnPipe {
			return grantee{kind: kind, id: p.ID, owner: p.Owner, name: p.Name}, nil
		}
		return grantee{}, absent(string(kind[:1])+lower(string(kind[1:])), quoteParts([]string{database, schema, object}))
	case catalog.OnSchema:
		database, schema, err := e.schemaName(*name, "GRANT")
		if err != nil {
			return grantee{}, err
		}
		s, ok := c.Schema(database, schema)
		if !ok {
			return grantee{}, absent("Schema", quoteParts([]string{database, schema}))
		}
		return grantee{kind: kind, id: s.ID, owner: s.Owner, name: s.Name}, nil
	}
	title := string(kind[:1]) + lower(string(kind[1:]))
	single, err := e.single(*name, title)
	if err != nil {
		return grantee{}, err
	}
	if d, ok := c.Database(single); ok && kind == catalog.OnDatabase {
		return grantee{kind: kind, id: d.ID, owner: d.Owner, name: single}, nil
	}
	if v, ok := c.Volume(single); ok && kind == catalog.OnVolume {
		return grantee{kind: kind, id: v.ID, owner: v.Owner, name: single}, nil
	}
	if w, ok := c.Warehouse(single); ok && kind == catalog.OnWarehouse {
		return grantee{kind: kind, id: w.ID, owner: w.Owner, name: single}, nil
	}
	if r, ok := c.Role(single); ok && kind == catalog.OnRole {
		return grantee{kind: kind, id: r.ID, owner: r.Owner, name: single}, nil
	}
	if u, ok := c.User(single); ok && kind == catalog.OnUser {
		return grantee{kind: kind, id: u.ID, owner: u.Owner, name: single}, nil
	}
	return grantee{}, absent(title, catalog.Quote(single))
}
