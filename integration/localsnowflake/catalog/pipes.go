package catalog

import (
	"cmp"
	"slices"
	"strings"
)

// Pipe finds a pipe by its exact names. A default pipe exists only once
// something asked for it (EnsureDefaultPipe).
func (c *Catalog) Pipe(database, schema, name string) (*Pipe, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	p, ok := c.pipes[objectKey{database, schema, name}]
	return p, ok
}

// Pipes lists the pipes of a schema by name; "" for schema or database means
// any.
func (c *Catalog) Pipes(database, schema string) []*Pipe {
	c.mu.RLock()
	defer c.mu.RUnlock()
	var list []*Pipe
	for key, p := range c.pipes {
		if (database == "" || key.database == database) && (schema == "" || key.schema == schema) {
			list = append(list, p)
		}
	}
	slices.SortFunc(list, func(a, b *Pipe) int {
		return cmp.Or(cmp.Compare(a.Database, b.Database), cmp.Compare(a.Schema, b.Schema), cmp.Compare(a.Name, b.Name))
	})
	return list
}

// EnsureDefaultPipe returns the pipe "<TABLE>-STREAMING" of an existing table
// and creates it on first use. name is the pipe's exact name; the error is
// ErrNotFound when it does not end so or there is no such table.
func (c *Catalog) EnsureDefaultPipe(database, schema, name string) (*Pipe, error) {
	key := objectKey{database, schema, name}
	c.mu.Lock()
	if p, ok := c.pipes[key]; ok {
		c.mu.Unlock()
		return p, nil
	}
	tableName, ok := strings.CutSuffix(name, StreamingSuffix)
	t, found := c.tables[objectKey{database, schema, tableName}]
	if !ok || !found {
		c.mu.Unlock()
		return nil, missing(OnPipe, (&Pipe{Database: database, Schema: schema, Name: name}).Path())
	}
	id := c.nextID()
	p := &Pipe{
		ID: id, Database: database, Schema: schema, Name: name, Table: t.ID, Default: true, Generation: id,
		Definition: "COPY INTO " + t.Path() + " FROM (TABLE(DATA_SOURCE(TYPE => 'STREAMING'))) MATCH_BY_COLUMN_NAME=CASE_INSENSITIVE",
		Copy:       t.Copy,
		CreatedOn:  c.now(),
	}
	if t.Copy != nil {
		p.Definition = "COPY INTO " + t.Path() + " FROM (" + t.Copy.Query + ")"
	}
	c.pipes[key] = p
	c.mu.Unlock()
	c.announce(Change{Kind: PipeCreated, Pipe: p, Table: t})
	return p, nil
}

// CreatePipe makes a customer's own pipe from p, whose ID, Generation and
// CreatedOn are chosen here. Replacing one drops it first, so that its channels
// are invalid. The error is ErrNotFound without its table, ErrManaged for the
// name of a default pipe.
func (c *Catalog) CreatePipe(p Pipe, e Existing) (created bool, err error) {
	key := objectKey{p.Database, p.Schema, p.Name}
	c.mu.Lock()
	if _, ok := c.schemas[schemaKey{p.Database, p.Schema}]; !ok {
		c.mu.Unlock()
		return false, missing(OnSchema, Quote(p.Database)+"."+Quote(p.Schema))
	}
	t, ok := c.tablesByID[p.Table]
	if !ok {
		c.mu.Unlock()
		return false, missing(OnTable, "")
	}
	if base, ok := strings.CutSuffix(p.Name, StreamingSuffix); ok && c.tables[objectKey{p.Database, p.Schema, base}] != nil {
		c.mu.Unlock()
		return false, &ObjectError{Kind: OnPipe, Name: p.Path(), Err: ErrManaged}
	}
	var changes []Change
	if old, ok := c.pipes[key]; ok {
		switch e {
		case Keep:
			c.mu.Unlock()
			return false, nil
		case Replace:
			c.dropGrants(OnPipe, old.ID)
			changes = append(changes, Change{Kind: PipeDropped, Pipe: old, Table: c.tablesByID[old.Table]})
		default:
			c.mu.Unlock()
			return false, taken(OnPipe, p.Path())
		}
	}
	p.ID, p.Default, p.CreatedOn = c.nextID(), false, c.now()
	p.Generation = p.ID
	c.pipes[key] = &p
	c.mu.Unlock()
	c.announce(append(changes, Change{Kind: PipeCreated, Pipe: &p, Table: t})...)
	return true, nil
}

// CommentPipe changes the comment of a pipe that is not a default one, which
// fails with ErrManaged.
func (c *Catalog) CommentPipe(database, schema, name, comment string) error {
	key := objectKey{database, schema, name}
	c.mu.Lock()
	p, ok := c.pipes[key]
	switch {
	case !ok:
		c.mu.Unlock()
		return missing(OnPipe, (&Pipe{Database: database, Schema: schema, Name: name}).Path())
	case p.Default:
		c.mu.Unlock()
		return &ObjectError{Kind: OnPipe, Name: p.Path(), Err: ErrManaged}
	}
	next := *p
	next.Comment = comment
	c.pipes[key] = &next
	c.mu.Unlock()
	c.announce(Change{Kind: OtherChanged})
	return nil
}

// DropPipe drops a pipe that is not a default one, which fails with ErrManaged.
func (c *Catalog) DropPipe(database, schema, name string) error {
	key := objectKey{database, schema, name}
	c.mu.Lock()
	p, ok := c.pipes[key]
	if !ok {
		c.mu.Unlock()
		return missing(OnPipe, (&Pipe{Database: database, Schema: schema, Name: name}).Path())
	}
	if p.Default {
		c.mu.Unlock()
		return &ObjectError{Kind: OnPipe, Name: p.Path(), Err: ErrManaged}
	}
	delete(c.pipes, key)
	c.dropGrants(OnPipe, p.ID)
	c.mu.Unlock()
	c.announce(Change{Kind: PipeDropped, Pipe: p})
	return nil
}

// dropPipesOf is called with the lock held.
func (c *Catalog) dropPipesOf(table int64) (gone []Change) {
	for key, p := range c.pipes {
		if p.Table == table {
			delete(c.pipes, key)
			c.dropGrants(OnPipe, p.ID)
			gone = append(gone, Change{Kind: PipeDropped, Pipe: p, Table: c.tablesByID[table]})
		}
	}
	return gone
}
