package doctor

import (
	"context"
	"slices"
	"strings"

	"github.com/kinesnow/kinesnow/adapters/warehouse"
)

// maxRoles bounds how many roles behind the connector's own are looked at.
const maxRoles = 50

// rights are what a role has itself, and what it has through others.
type rights struct {
	role   string
	direct []warehouse.Grant
	behind []roleGrants
}

// roleGrants are the grants of a role that another one has.
type roleGrants struct {
	role   string
	grants []warehouse.Grant
}

// learnRights walks from the session's role to the roles granted to it. One that
// may not be looked at has no grants here.
func (d *Doctor) learnRights(ctx context.Context) (*rights, error) {
	session, err := d.session.of(ctx)
	if err != nil {
		return nil, err
	}
	w, err := d.sql.of(ctx)
	if err != nil {
		return nil, err
	}
	r := &rights{role: session.Role}
	if r.direct, err = w.GrantsTo(ctx, session.Role); err != nil {
		return nil, err
	}
	seen, next := []string{session.Role}, append(rolesAmong(r.direct), "PUBLIC")
	for len(next) > 0 && len(seen) <= maxRoles {
		role := next[0]
		next = next[1:]
		if slices.Contains(seen, role) {
			continue
		}
		seen = append(seen, role)
		grants, err := w.GrantsTo(ctx, role)
		if err != nil {
			continue
		}
		r.behind = append(r.behind, roleGrants{role, grants})
		next = append(next, rolesAmong(grants)...)
	}
	return r, nil
}

func rolesAmong(grants []warehouse.Grant) (roles []string) {
	for _, g := range grants {
		if g.On == "ROLE" && g.Privilege == "USAGE" && len(g.Name) == 1 {
			roles = append(roles, g.Name[0])
		}
	}
	return roles
}

// need is a privilege that the connector has to have.
type need struct {
	privilege string // OWNERSHIP is as good
	kind      string // the last word of the object's kind: DATABASE, TABLE, VOLUME
	name      []string
	why       string
	inherited bool // it may be had through another role
}

// object is what a need is about, for people.
func (n need) object() string { return strings.ToLower(n.grantee()) + " " + strings.Join(n.name, ".") }

// grantee is the object's kind as GRANT takes it.
func (n need) grantee() string {
	if n.kind == "VOLUME" {
		return "EXTERNAL VOLUME"
	}
	return n.kind
}

// statement grants it.
func (n need) statement(privileges, role string) string {
	return "GRANT " + privileges + " ON " + n.grantee() + " " + quote(n.name...) + " TO ROLE " + quote(role) + ";"
}

// serves reports whether a grant fills the need.
func (n need) serves(g warehouse.Grant) bool {
	kind := g.On[strings.LastIndexByte(g.On, ' ')+1:] // ICEBERG TABLE is a table
	return kind == n.kind && slices.Equal(g.Name, n.name) && (g.Privilege == n.privilege || g.Privilege == "OWNERSHIP")
}

// held says how a need is filled: by the role's own grant, or by what another role
// has; neither is set where it is not.
func (r *rights) held(n need) (own, through *warehouse.Grant, role string) {
	for i, g := range r.direct {
		if n.serves(g) {
			return &r.direct[i], nil, r.role
		}
	}
	for _, other := range r.behind {
		for i, g := range other.grants {
			if n.serves(g) {
				return nil, &other.grants[i], other.role
			}
		}
	}
	return nil, nil, ""
}
