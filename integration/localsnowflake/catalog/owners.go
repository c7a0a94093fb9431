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
