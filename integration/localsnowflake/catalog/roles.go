package catalog

import (
	"cmp"
	"slices"
	"time"
)

// The system roles (docs.snowflake.com/user-guide/security-access-control-overview).
const (
	AccountAdmin  = "ACCOUNTADMIN"
	SecurityAdmin = "SECURITYADMIN"
	UserAdmin     = "USERADMIN"
	SysAdmin      = "SYSADMIN"
	Public        = "PUBLIC" // every user and role has it
)

// Role holds privileges. Being granted a role is a Grant of USAGE on it.
type Role struct {
	ID        int64
	Name      string
	Owner     string `json:",omitempty"`
	Comment   string `json:",omitempty"`
	CreatedOn time.Time
}

// Warehouse is kept by name alone: nothing here needs compute.
type Warehouse struct {
	ID        int64
	Name      string
	Size      string
	Owner     string
	Comment   string `json:",omitempty"`
	CreatedOn time.Time
}

func (c *Catalog) addSystemRoles() {
	for _, name := range []string{AccountAdmin, SecurityAdmin, UserAdmin, SysAdmin, Public} {
		c.roles[name] = &Role{ID: c.nextID(), Name: name, CreatedOn: c.now()}
	}
	for _, g := range [][2]string{{SecurityAdmin, AccountAdmin}, {SysAdmin, AccountAdmin}, {UserAdmin, SecurityAdmin}} {
		c.grants = append(c.grants, Grant{Privilege: Usage, On: OnRole, Object: c.roles[g[0]].ID, ToRole: g[1], CreatedOn: c.now()})
	}
	for _, g := range []struct {
		p    Privilege
		role string
	}{{CreateVolume, AccountAdmin}, {CreateDatabase, SysAdmin}, {CreateWarehouse, SysAdmin}, {CreateRole, UserAdmin}, {CreateUser, UserAdmin}, {ManageGrants, SecurityAdmin}} {
		c.grants = append(c.grants, Grant{Privilege: g.p, On: OnAccount, ToRole: g.role, CreatedOn: c.now()})
	}
}

// CreateRole makes a role. Replace drops an existing one with its grants.
func (c *Catalog) CreateRole(name, owner, comment string, e Existing) (created bool, err error) {
	c.mu.Lock()
	if old, ok := c.roles[name]; ok {
		switch e {
		case Keep:
			c.mu.Unlock()
			return false, nil
		case Replace:
			c.dropRole(old)
		default:
			c.mu.Unlock()
			return false, taken(OnRole, Quote(name))
		}
	}
	c.roles[name] = &Role{ID: c.nextID(), Name: name, Owner: owner, Comment: comment, CreatedOn: c.now()}
	c.mu.Unlock()
	c.announce(Change{Kind: OtherChanged})
	return true, nil
}

// DropRole drops a role with its grants. What it owned belongs to nobody but
// ACCOUNTADMIN then.
func (c *Catalog) DropRole(name string) error {
	c.mu.Lock()
	r, ok := c.roles[name]
	if !ok {
		c.mu.Unlock()
		return missing(OnRole, Quote(name))
	}
	c.dropRole(r)
	c.mu.Unlock()
	c.announce(Change{Kind: OtherChanged})
	return nil
}

// dropRole is called with the lock held.
func (c *Catalog) dropRole(r *Role) {
	c.dropGrants(OnRole, r.ID)
	c.grants = slices.DeleteFunc(c.grants, func(g Grant) bool { return g.ToRole == r.Name })
	delete(c.roles, r.Name)
}

// Role finds a role by its exact name.
func (c *Catalog) Role(name string) (*Role, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	r, ok := c.roles[name]
	return r, ok
}

// Roles lists all roles by name.
func (c *Catalog) Roles() []*Role {
	c.mu.RLock()
	defer c.mu.RUnlock()
	list := make([]*Role, 0, len(c.roles))
	for _, r := range c.roles {
		list = append(list, r)
	}
	slices.SortFunc(list, func(a, b *Role) int { return cmp.Compare(a.Name, b.Name) })
	return list
}

// RolesOf lists the roles a user may take, PUBLIC among them, by name. Roles
// granted to those roles are included.
func (c *Catalog) RolesOf(user string) []string {
	c.mu.RLock()
	defer c.mu.RUnlock()
	seen := map[string]bool{Public: true}
	for _, g := range c.grants {
		if g.On == OnRole && g.ToUser == user {
			for name := range c.inherited(c.roleName(g.Object)) {
				seen[name] = true
			}
		}
	}
	list := make([]string, 0, len(seen))
	for name := range seen {
		if _, ok := c.roles[name]; ok {
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return list
}

// inherited is the role itself and all roles granted to it, directly or not.
// Called with the lock held.
func (c *Catalog) inherited(role string) map[string]bool {
	seen := map[string]bool{role: true, Public: true}
	for todo := []string{role}; len(todo) > 0; {
		r := todo[0]
		todo = todo[1:]
		for _, g := range c.grants {
			if g.On != OnRole || g.ToRole != r {
				continue
			}
			if name := c.roleName(g.Object); name != "" && !seen[name] {
				seen[name] = true
				todo = append(todo, name)
			}
		}
	}
	return seen
}

func (c *Catalog) roleName(id int64) string {
	for _, r := range c.roles {
		if r.ID == id {
			return r.Name
		}
	}
	return ""
}
