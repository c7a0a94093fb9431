package catalog

import "slices"

// GiveOwnership makes a role the owner of an object by kind and ID. Grants
// that the object has stay (COPY CURRENT GRANTS). The error is ErrNotFound
// when the role or the object is missing, ErrManaged for a default pipe.
func (c *Catalog) GiveOwnership(kind ObjectKind, id int64, role string) error {
	c.mu.Lock()
	if _, ok := c.roles[role]; !ok {
		c.mu.Unlock()
		return missing(OnRole, Quote(role))
	}
	change, err := c.setOwner(kind, id, role)
	c.mu.Unlock()
	if err != nil {
		return err
	}
	c.announce(change)
	return nil
}

// RevokeAll removes every grant on an object, as GRANT OWNERSHIP ... REVOKE
// CURRENT GRANTS does.
func (c *Catalog) RevokeAll(kind ObjectKind, id int64) {
	c.mu.Lock()
	c.grants = slices.DeleteFunc(slices.Clone(c.grants), func(g Grant) bool {
		return g.On == kind && g.Object == id && !g.Future
	})
	c.mu.Unlock()
	c.announce(Change{Kind: OtherChanged})
}

// setOwner is called with the lock held.
func (c *Catalog) setOwner(kind ObjectKind, id int64, role string) (Change, error) {
	switch kind {
	case OnTable:
		if t, ok := c.tablesByID[id]; ok {
			next := t.clone()
			next.Owner = role
			c.tables[objectKey{t.Database, t.Schema, t.Name}], c.tablesByID[id] = next, next
			return Change{Kind: TableAltered, Table: next}, nil
		}
	case OnDatabase:
		for name, d := range c.databases {
			if d.ID == id {
				next := *d
				next.Owner = role
				c.databases[name] = &next
				return Change{Kind: OtherChanged}, nil
			}
		}
	case OnSchema:
		for key, s := range c.schemas {
			if s.ID == id {
				next := *s
				next.Owner = role
				c.schemas[key] = &next
				return Change{Kind: OtherChanged}, nil
			}
		}
	case OnView:
		for key, v := range c.views {
			if v.ID == id {
				next := *v
				next.Owner = role
				c.views[key] = &next
				return Change{Kind: OtherChanged}, nil
			}
		}
	case OnVolume:
		if v, ok := byIdentity(c.volumes, func(v *Volume) bool { return v.ID == id }); ok {
			next := *v
			next.Owner = role
			c.volumes[v.Name] = &next
			return Change{Kind: OtherChanged}, nil
		}
	case OnWarehouse:
		if w, ok := byIdentity(c.warehouses, func(w *Warehouse) bool { return w.ID == id }); ok {
			next := *w
			next.Owner = role
			c.warehouses[w.Name] = &next
			return Change{Kind: OtherChanged}, nil
		}
	case OnRole:
		if r, ok := byIdentity(c.roles, func(r *Role) bool { return r.ID == id }); ok {
			next := *r
			next.Owner = role
			c.roles[r.Name] = &next
			return Change{Kind: OtherChanged}, nil
		}
	case OnUser:
		if u, ok := byIdentity(c.users, func(u *User) bool { return u.ID == id }); ok {
			next := *u
			next.Owner = role
			c.users[u.Name] = &next
			return Change{Kind: OtherChanged}, nil
		}
	case OnPipe:
		for key, p := range c.pipes {
			if p.ID == id && p.Default {
				return Change{}, &ObjectError{Kind: OnPipe, Name: p.Path(), Err: ErrManaged}
			}
			if p.ID == id {
				next := *p
				next.Owner = role
				c.pipes[key] = &next
				return Change{Kind: OtherChanged}, nil
			}
		}
	}
	return Change{}, missing(kind, "")
}

func byIdentity[T any](objects map[string]T, is func(T) bool) (found T, ok bool) {
	for _, o := range objects {
		if is(o) {
			return o, true
		}
	}
	return found, false
}
