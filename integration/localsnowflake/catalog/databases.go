package catalog

import (
	"cmp"
	"slices"
	"time"
)

// Database is a named set of schemas.
type Database struct {
	ID        int64
	Name      string
	Owner     string
	Comment   string `json:",omitempty"`
	CreatedOn time.Time
}

// Schema is a named set of tables and pipes.
type Schema struct {
	ID        int64
	Database  string
	Name      string
	Owner     string
	Comment   string `json:",omitempty"`
	CreatedOn time.Time
}

// PublicSchema is the schema that every new database has.
const PublicSchema = "PUBLIC"

// CreateDatabase makes a database with a schema PUBLIC. created is false when
// an existing one was kept.
func (c *Catalog) CreateDatabase(name, owner string, e Existing) (created bool, err error) {
	c.mu.Lock()
	var gone []Change
	if _, ok := c.databases[name]; ok {
		switch e {
		case Keep:
			c.mu.Unlock()
			return false, nil
		case Replace:
			gone = c.dropDatabase(name)
		default:
			c.mu.Unlock()
			return false, taken(OnDatabase, Quote(name))
		}
	}
	c.databases[name] = &Database{ID: c.nextID(), Name: name, Owner: owner, CreatedOn: c.now()}
	c.schemas[schemaKey{name, PublicSchema}] = &Schema{ID: c.nextID(), Database: name, Name: PublicSchema, Owner: owner, CreatedOn: c.now()}
	c.mu.Unlock()
	c.announce(append(gone, Change{Kind: OtherChanged})...)
	return true, nil
}

// CreateSchema makes a schema in an existing database.
func (c *Catalog) CreateSchema(database, name, owner string, e Existing) (created bool, err error) {
	c.mu.Lock()
	if _, ok := c.databases[database]; !ok {
		c.mu.Unlock()
		return false, missing(OnDatabase, Quote(database))
	}
	var gone []Change
	if _, ok := c.schemas[schemaKey{database, name}]; ok {
		switch e {
		case Keep:
			c.mu.Unlock()
			return false, nil
		case Replace:
			gone = c.dropSchema(database, name)
		default:
			c.mu.Unlock()
			return false, taken(OnSchema, Quote(database)+"."+Quote(name))
		}
	}
	c.schemas[schemaKey{database, name}] = &Schema{ID: c.nextID(), Database: database, Name: name, Owner: owner, CreatedOn: c.now()}
	c.mu.Unlock()
	c.announce(append(gone, Change{Kind: OtherChanged})...)
	return true, nil
}

// DropDatabase drops a database with all it holds.
func (c *Catalog) DropDatabase(name string) error {
	c.mu.Lock()
	if _, ok := c.databases[name]; !ok {
		c.mu.Unlock()
		return missing(OnDatabase, Quote(name))
	}
	gone := c.dropDatabase(name)
	c.mu.Unlock()
	c.announce(append(gone, Change{Kind: OtherChanged})...)
	return nil
}

// DropSchema drops a schema with all it holds.
func (c *Catalog) DropSchema(database, name string) error {
	c.mu.Lock()
	if _, ok := c.schemas[schemaKey{database, name}]; !ok {
		c.mu.Unlock()
		return missing(OnSchema, Quote(database)+"."+Quote(name))
	}
	gone := c.dropSchema(database, name)
	c.mu.Unlock()
	c.announce(append(gone, Change{Kind: OtherChanged})...)
	return nil
}

// Database finds a database by its exact name.
func (c *Catalog) Database(name string) (*Database, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	d, ok := c.databases[name]
	return d, ok
}

// Schema finds a schema by its exact names.
func (c *Catalog) Schema(database, name string) (*Schema, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	s, ok := c.schemas[schemaKey{database, name}]
	return s, ok
}

// Databases lists all databases by name.
func (c *Catalog) Databases() []*Database {
	c.mu.RLock()
	defer c.mu.RUnlock()
	list := make([]*Database, 0, len(c.databases))
	for _, d := range c.databases {
		list = append(list, d)
	}
	slices.SortFunc(list, func(a, b *Database) int { return cmp.Compare(a.Name, b.Name) })
	return list
}

// Schemas lists a database's schemas by name, with "" those of all databases.
func (c *Catalog) Schemas(database string) []*Schema {
	c.mu.RLock()
	defer c.mu.RUnlock()
	var list []*Schema
	for _, s := range c.schemas {
		if database == "" || s.Database == database {
			list = append(list, s)
		}
	}
	slices.SortFunc(list, func(a, b *Schema) int {
		return cmp.Or(cmp.Compare(a.Database, b.Database), cmp.Compare(a.Name, b.Name))
	})
	return list
}

// dropDatabase is called with the lock held.
func (c *Catalog) dropDatabase(name string) (gone []Change) {
	for key := range c.schemas {
		if key.database == name {
			gone = append(gone, c.dropSchema(name, key.name)...)
		}
	}
	c.dropGrants(OnDatabase, c.databases[name].ID)
	delete(c.databases, name)
	return gone
}

// dropSchema is called with the lock held.
func (c *Catalog) dropSchema(database, name string) (gone []Change) {
	for key := range c.tables {
		if key.database == database && key.schema == name {
			gone = append(gone, c.dropTable(key, TableDropped)...)
		}
	}
	for key, p := range c.pipes { // into tables of other schemas
		if key.database == database && key.schema == name {
			delete(c.pipes, key)
			c.dropGrants(OnPipe, p.ID)
			gone = append(gone, Change{Kind: PipeDropped, Pipe: p, Table: c.tablesByID[p.Table]})
		}
	}
	for key, v := range c.views {
		if key.database == database && key.schema == name {
			c.dropGrants(OnView, v.ID)
			delete(c.views, key)
		}
	}
	key := schemaKey{database, name}
	c.dropGrants(OnSchema, c.schemas[key].ID)
	delete(c.schemas, key)
	return gone
}
