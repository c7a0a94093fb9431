package catalog

import (
	"cmp"
	"slices"
)

// Table finds a table by its exact names.
func (c *Catalog) Table(database, schema, name string) (*Table, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	t, ok := c.tables[objectKey{database, schema, name}]
	return t, ok
}

// TableByID finds a table by its ID.
func (c *Catalog) TableByID(id int64) (*Table, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	t, ok := c.tablesByID[id]
	return t, ok
}

// Tables lists the tables of a schema by name; "" for schema or database means
// any.
func (c *Catalog) Tables(database, schema string) []*Table {
	c.mu.RLock()
	defer c.mu.RUnlock()
	var list []*Table
	for key, t := range c.tables {
		if (database == "" || key.database == database) && (schema == "" || key.schema == schema) {
			list = append(list, t)
		}
	}
	slices.SortFunc(list, func(a, b *Table) int {
		return cmp.Or(cmp.Compare(a.Database, b.Database), cmp.Compare(a.Schema, b.Schema), cmp.Compare(a.Name, b.Name))
	})
	return list
}

// CreateTable makes a table from t, whose ID and CreatedOn are chosen here. It
// returns the table that now bears the name; created is false when an existing
// one was kept.
func (c *Catalog) CreateTable(t Table, e Existing) (table *Table, created bool, err error) {
	key := objectKey{t.Database, t.Schema, t.Name}
	c.mu.Lock()
	if _, ok := c.schemas[schemaKey{t.Database, t.Schema}]; !ok {
		c.mu.Unlock()
		return nil, false, missing(OnSchema, Quote(t.Database)+"."+Quote(t.Schema))
	}
	if _, ok := c.views[key]; ok {
		c.mu.Unlock()
		return nil, false, taken(OnView, t.Path())
	}
	var changes []Change
	if old, ok := c.tables[key]; ok {
		switch e {
		case Keep:
			c.mu.Unlock()
			return old, false, nil
		case Replace:
			changes = c.dropTable(key, TableReplaced)
		default:
			c.mu.Unlock()
			return nil, false, taken(OnTable, t.Path())
		}
	}
	made := t.clone()
	made.ID, made.CreatedOn = c.nextID(), c.now()
	if made.Kind == "" {
		made.Kind = Standard
	}
	c.tables[key], c.tablesByID[made.ID] = made, made
	c.grantFuture(made)
	c.mu.Unlock()
	c.announce(append(changes, Change{Kind: TableCreated, Table: made})...)
	return made, true, nil
}

// UpdateTable changes a table atomically: change works on a copy, which
// becomes the table's new state unless it returns an error. The ID and the
// names stay as they are (see RenameTable). The error is change's own or
// ErrNotFound.
func (c *Catalog) UpdateTable(id int64, change func(t *Table) error) error {
	c.mu.Lock()
	old, ok := c.tablesByID[id]
	if !ok {
		c.mu.Unlock()
		return missing(OnTable, "")
	}
	next := old.clone()
	if err := change(next); err != nil {
		c.mu.Unlock()
		return err
	}
	next.ID, next.Database, next.Schema, next.Name = old.ID, old.Database, old.Schema, old.Name
	c.tables[objectKey{old.Database, old.Schema, old.Name}] = next
	c.tablesByID[id] = next
	c.mu.Unlock()
	c.announce(Change{Kind: TableAltered, Table: next})
	return nil
}

// SwapTable puts next in old's place unless somebody else changed the table
// meanwhile: then nothing happens and swapped is false. It is for changes that
// take longer than a lock should be held. Names and ID stay as they are.
func (c *Catalog) SwapTable(old, next *Table) (swapped bool) {
	c.mu.Lock()
	if c.tablesByID[old.ID] != old {
		c.mu.Unlock()
		return false
	}
	made := next.clone()
	made.ID, made.Database, made.Schema, made.Name = old.ID, old.Database, old.Schema, old.Name
	c.tables[objectKey{old.Database, old.Schema, old.Name}], c.tablesByID[old.ID] = made, made
	c.mu.Unlock()
	c.announce(Change{Kind: TableAltered, Table: made})
	return true
}

// RenameTable gives a table another full name. Its default pipe goes: the pipe
// of the new name is created on demand.
func (c *Catalog) RenameTable(id int64, database, schema, name string) error {
	to := objectKey{database, schema, name}
	c.mu.Lock()
	old, ok := c.tablesByID[id]
	if !ok {
		c.mu.Unlock()
		return missing(OnTable, "")
	}
	next := old.clone()
	next.Database, next.Schema, next.Name = database, schema, name
	if _, ok := c.schemas[schemaKey{database, schema}]; !ok {
		c.mu.Unlock()
		return missing(OnSchema, Quote(database)+"."+Quote(schema))
	}
	_, isView := c.views[to]
	if _, ok := c.tables[to]; ok || isView {
		c.mu.Unlock()
		return taken(OnTable, next.Path())
	}
	changes := c.dropPipesOf(id)
	delete(c.tables, objectKey{old.Database, old.Schema, old.Name})
	c.tables[to], c.tablesByID[id] = next, next
	c.mu.Unlock()
	c.announce(append(changes, Change{Kind: TableAltered, Table: next})...)
	return nil
}

// DropTable drops a table and its pipes.
func (c *Catalog) DropTable(database, schema, name string) error {
	key := objectKey{database, schema, name}
	c.mu.Lock()
	if _, ok := c.tables[key]; !ok {
		c.mu.Unlock()
		return missing(OnTable, (&Table{Database: database, Schema: schema, Name: name}).Path())
	}
	gone := c.dropTable(key, TableDropped)
	c.mu.Unlock()
	c.announce(gone...)
	return nil
}

// dropTable is called with the lock held. Pipes are announced before their
// table.
func (c *Catalog) dropTable(key objectKey, kind ChangeKind) []Change {
	t := c.tables[key]
	changes := c.dropPipesOf(t.ID)
	c.dropGrants(OnTable, t.ID)
	delete(c.tables, key)
	delete(c.tablesByID, t.ID)
	return append(changes, Change{Kind: kind, Table: t})
}
