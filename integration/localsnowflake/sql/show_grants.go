package sql

import (
	"cmp"
	"slices"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

// showGrants runs SHOW GRANTS ON object, TO role or user, and OF role; alone
// it is TO the current user.
func (e *environment) showGrants(s *showStatement) (*listing, error) {
	t := *s.grants
	switch t.direct {
	case "ON":
		return e.grantsOn(t)
	case "TO":
		name, err := e.single(*t.name, string(t.kind[:1])+lower(string(t.kind[1:])))
		if err != nil {
			return nil, err
		}
		if t.kind == catalog.OnUser {
			return e.rolesOfUser(name)
		}
		return e.grantsTo(name)
	case "OF":
		return e.grantsOf(t)
	}
	return e.rolesOfUser(e.session.User)
}

var grantColumns = []string{"created_on", "privilege", "granted_on", "name", "granted_to", "grantee_name", "grant_option", "granted_by"}

func (e *environment) grantsOn(t grantTarget) (*listing, error) {
	l := newListing(grantColumns...)
	o, err := e.grantTarget(t.kind, t.name)
	if err != nil {
		return nil, err
	}
	if !e.seesGrants(o, t.name) {
		return nil, absent(string(t.kind[:1])+lower(string(t.kind[1:])), o.name)
	}
	if o.owner != "" && o.kind != catalog.OnAccount {
		l.add(nil, string(catalog.Ownership), string(o.kind), e.fullName(o), "ROLE", o.owner, "true", o.owner)
	}
	for _, g := range e.engine.Catalog.Grants(o.kind, o.id) {
		if !g.Future {
			addGrant(l, g, e.fullName(o))
		}
	}
	return l, nil
}

// seesGrants hides the grants of tables that the role cannot see.
func (e *environment) seesGrants(o grantee, name *objectName) bool {
	if o.kind != catalog.OnTable || e.mayGrant(o) {
		return true
	}
	_, err := e.findTable(*name, "Table", "SHOW GRANTS")
	return err == nil
}

func addGrant(l *listing, g catalog.Grant, name string) {
	to, grantee := "ROLE", g.ToRole
	if g.ToUser != "" {
		to, grantee = "USER", g.ToUser
	}
	option := "false"
	if g.GrantOption {
		option = "true"
	}
	l.add(g.CreatedOn, string(g.Privilege), string(g.On), name, to, grantee, option, g.GrantedBy)
}

// fullName is an object's name with its database and schema.
func (e *environment) fullName(o grantee) string {
	c := e.engine.Catalog
	switch o.kind {
	case catalog.OnTable:
		if t, ok := c.TableByID(o.id); ok {
			return t.Path()
		}
	case catalog.OnSchema:
		for _, s := range c.Schemas("") {
			if s.ID == o.id {
				return quoteParts([]string{s.Database, s.Name})
			}
		}
	case catalog.OnView:
		for _, v := range c.Views("", "") {
			if v.ID == o.id {
				return v.Path()
			}
		}
	case catalog.OnPipe:
		for _, p := range c.Pipes("", "") {
			if p.ID == o.id {
				return p.Path()
			}
		}
	}
	return catalog.Quote(o.name)
}

// everything lists all objects with their names, to name what grants are on.
func (e *environment) everything() []grantee {
	c := e.engine.Catalog
	var list []grantee
	for _, d := range c.Databases() {
		list = append(list, grantee{catalog.OnDatabase, d.ID, d.Owner, d.Name})
	}
	for _, s := range c.Schemas("") {
		list = append(list, grantee{catalog.OnSchema, s.ID, s.Owner, s.Name})
	}
	for _, t := range c.Tables("", "") {
		list = append(list, grantee{catalog.OnTable, t.ID, t.Owner, t.Name})
	}
	for _, p := range c.Pipes("", "") {
		list = append(list, grantee{catalog.OnPipe, p.ID, p.Owner, p.Name})
	}
	for _, v := range c.Views("", "") {
		list = append(list, grantee{catalog.OnView, v.ID, v.Owner, v.Name})
	}
	for _, v := range c.Volumes() {
		list = append(list, grantee{catalog.OnVolume, v.ID, v.Owner, v.Name})
	}
	for _, w := range c.Warehouses() {
		list = append(list, grantee{catalog.OnWarehouse, w.ID, w.Owner, w.Name})
	}
	for _, r := range c.Roles() {
		list = append(list, grantee{catalog.OnRole, r.ID, r.Owner, r.Name})
	}
	return append(list, grantee{kind: catalog.OnAccount, name: e.session.Account})
}

func (e *environment) grantsTo(role string) (*listing, error) {
	if _, ok := e.engine.Catalog.Role(role); !ok {
		return nil, absent("Role", catalog.Quote(role))
	}
	l := newListing(grantColumns...)
	for _, o := range e.everything() {
		if o.owner == role {
			l.add(nil, string(catalog.Ownership), string(o.kind), e.fullName(o), "ROLE", role, "true", role)
		}
		for _, g := range e.engine.Catalog.Grants(o.kind, o.id) {
			if g.ToRole == role && !g.Future {
				addGrant(l, g, e.fullName(o))
			}
		}
	}
	return l, nil
}

func (e *environment) rolesOfUser(user string) (*listing, error) {
	if _, ok := e.engine.Catalog.User(user); !ok {
		return nil, absent("User", catalog.Quote(user))
	}
	l := newListing("created_on", "role", "granted_to", "grantee_name", "granted_by")
	l.name = 1
	for _, r := range e.engine.Catalog.Roles() {
		for _, g := range e.engine.Catalog.Grants(catalog.OnRole, r.ID) {
			if g.ToUser == user {
				l.add(g.CreatedOn, r.Name, "USER", user, g.GrantedBy)
			}
		}
	}
	return l, nil
}

func (e *environment) grantsOf(t grantTarget) (*listing, error) {
	o, err := e.grantTarget(t.kind, t.name)
	if err != nil {
		return nil, err
	}
	l := newListing("created_on", "role", "granted_to", "grantee_name", "granted_by")
	l.name = 1
	grants := e.engine.Catalog.Grants(o.kind, o.id)
	slices.SortStableFunc(grants, func(a, b catalog.Grant) int { return cmp.Compare(a.ToUser, b.ToUser) })
	for _, g := range grants {
		if g.ToUser != "" {
			l.add(g.CreatedOn, o.name, "USER", g.ToUser, g.GrantedBy)
		} else {
			l.add(g.CreatedOn, o.name, "ROLE", g.ToRole, g.GrantedBy)
		}
	}
	return l, nil
}
