package catalog

import (
	"cmp"
	"slices"
	"time"
)

// View is a query under a name. It is immutable. Tables and views of a schema
// share their names.
type View struct {
	ID        int64
	Database  string
	Schema    string
	Name      string
	Columns   []string `json:",omitempty"` // names given to the query's columns; none keeps its own
	Query     string   // SELECT ..., as written
	Text      string   // CREATE VIEW ..., as written
	Owner     string   // role; the query reads with its rights
	Comment   string   `json:",omitempty"`
	CreatedOn time.Time
}

// Path is the view's full name, quoted where needed.
func (v *View) Path() string {
	return Quote(v.Database) + "." + Quote(v.Schema) + "." + Quote(v.Name)
}

// CreateView makes a view from v, whose ID and CreatedOn are chosen here.
func (c *Catalog) CreateView(v View, e Existing) (created bool, err error) {
	key := objectKey{v.Database, v.Schema, v.Name}
	c.mu.Lock()
	if _, ok := c.schemas[schemaKey{v.Database, v.Schema}]; !ok {
		c.mu.Unlock()
		return false, missing(OnSchema, Quote(v.Database)+"."+Quote(v.Schema))
	}
	if _, ok := c.tables[key]; ok {
		c.mu.Unlock()
		return false, taken(OnTable, v.Path())
	}
	if old, ok := c.views[key]; ok {
		switch e {
		case Keep:
			c.mu.Unlock()
			return false, nil
		case Replace:
			c.dropGrants(OnView, old.ID)
		default:
			c.mu.Unlock()
			return false, taken(OnView, v.Path())
		}
	}
	v.ID, v.CreatedOn = c.nextID(), c.now()
	c.views[key] = &v
	c.mu.Unlock()
	c.announce(Change{Kind: OtherChanged})
	return true, nil
}

// DropView drops a view.
func (c *Catalog) DropView(database, schema, name string) error {
	key := objectKey{database, schema, name}
	c.mu.Lock()
	v, ok := c.views[key]
	if !ok {
		c.mu.Unlock()
		return missing(OnView, (&View{Database: database, Schema: schema, Name: name}).Path())
	}
	c.dropGrants(OnView, v.ID)
	delete(c.views, key)
	c.mu.Unlock()
	c.announce(Change{Kind: OtherChanged})
	return nil
}

// View finds a view by its exact names.
func (c *Catalog) View(database, schema, name string) (*View, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	v, ok := c.views[objectKey{database, schema, name}]
	return v, ok
}

// Views lists the views of a schema by name; "" for schema or database means
// any.
func (c *Catalog) Views(database, schema string) []*View {
	c.mu.RLock()
	defer c.mu.RUnlock()
	var list []*View
	for key, v := range c.views {
		if (database == "" || key.database == database) && (schema == "" || key.schema == schema) {
			list = append(list, v)
		}
	}
	slices.SortFunc(list, func(a, b *View) int {
		return cmp.Or(cmp.Compare(a.Database, b.Database), cmp.Compare(a.Schema, b.Schema), cmp.Compare(a.Name, b.Name))
	})
	return list
}
