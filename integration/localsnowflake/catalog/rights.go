package catalog

// Can reports whether a role may do something with a table: it or a role
// granted to it owns the table or has the privilege on it, and has USAGE on
// (or owns) the database and the schema. ACCOUNTADMIN may do everything.
func (c *Catalog) Can(role string, p Privilege, t *Table) bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if !c.canUse(role, t.Database, t.Schema) {
		return false
	}
	return c.has(role, p, OnTable, t.ID, t.Owner)
}

// CanDirectly is Can without inheritance: the role itself owns the table or was
// granted the privilege, and was itself granted USAGE on (or owns) the database
// and the schema. Openflow's page asks for that: "Privileges must be granted
// directly to the connector role and can't be inherited."
func (c *Catalog) CanDirectly(role string, p Privilege, t *Table) bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	d, ok := c.databases[t.Database]
	s, found := c.schemas[schemaKey{t.Database, t.Schema}]
	return ok && found && c.direct(role, Usage, OnDatabase, d.ID, d.Owner) && c.direct(role, Usage, OnSchema, s.ID, s.Owner) &&
		c.direct(role, p, OnTable, t.ID, t.Owner)
}

// direct is called with the lock held.
func (c *Catalog) direct(role string, p Privilege, kind ObjectKind, id int64, owner string) bool {
	if role == owner {
		return true
	}
	for _, g := range c.grants {
		if g.On == kind && g.Object == id && !g.Future && g.ToRole == role && g.Privilege == p {
			return true
		}
	}
	return false
}

// CanOn reports whether a role owns an object of the account or of a schema,
// given by kind, ID and owner, or has a privilege on it; "" is any. It does not
// look at the schema around it.
func (c *Catalog) CanOn(role string, p Privilege, kind ObjectKind, id int64, owner string) bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.has(role, p, kind, id, owner)
}

// CanSee reports whether a role has any privilege on a table and may use its
// database and schema. For any other role the table does not exist.
func (c *Catalog) CanSee(role string, t *Table) bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.canUse(role, t.Database, t.Schema) && c.has(role, "", OnTable, t.ID, t.Owner)
}

// CanUse reports whether a role has USAGE on a database and, unless schema is
// "", on the schema.
func (c *Catalog) CanUse(role, database, schema string) bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.canUse(role, database, schema)
}

// CanUseWarehouse reports whether a warehouse is there and a role may use it.
func (c *Catalog) CanUseWarehouse(role, name string) bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	w, ok := c.warehouses[name]
	return ok && c.has(role, Usage, OnWarehouse, w.ID, w.Owner)
}

// CanIn reports whether a role has a privilege such as CREATE TABLE on a
// schema it may use, or with schema "" on a database.
func (c *Catalog) CanIn(role string, p Privilege, database, schema string) bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if !c.canUse(role, database, schema) {
		return false
	}
	if schema == "" {
		d := c.databases[database]
		return c.has(role, p, OnDatabase, d.ID, d.Owner)
	}
	s := c.schemas[schemaKey{database, schema}]
	return c.has(role, p, OnSchema, s.ID, s.Owner)
}

// CanGlobally reports whether a role has a privilege on the account.
func (c *Catalog) CanGlobally(role string, p Privilege) bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.has(role, p, OnAccount, 0, AccountAdmin)
}

// Inherits reports whether a role is another one or was granted it, directly
// or not.
func (c *Catalog) Inherits(role, other string) bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return role == AccountAdmin || c.inherited(role)[other]
}

// canUse is called with the lock held; missing objects cannot be used.
func (c *Catalog) canUse(role, database, schema string) bool {
	d, ok := c.databases[database]
	if !ok || !c.has(role, Usage, OnDatabase, d.ID, d.Owner) {
		return false
	}
	if schema == "" {
		return true
	}
	s, ok := c.schemas[schemaKey{database, schema}]
	return ok && c.has(role, Usage, OnSchema, s.ID, s.Owner)
}

// has is called with the lock held. Privilege "" means any.
func (c *Catalog) has(role string, p Privilege, kind ObjectKind, id int64, owner string) bool {
	if role == AccountAdmin {
		return true
	}
	if _, ok := c.roles[role]; !ok {
		return false
	}
	roles := c.inherited(role)
	if roles[AccountAdmin] || owner != "" && roles[owner] {
		return true
	}
	for _, g := range c.grants {
		if g.On == kind && g.Object == id && !g.Future && roles[g.ToRole] && (p == "" || g.Privilege == p) {
			return true
		}
	}
	return false
}
