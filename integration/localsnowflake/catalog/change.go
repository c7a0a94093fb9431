package catalog

// ChangeKind says what happened.
type ChangeKind int

// What a listener hears of.
const (
	TableCreated  ChangeKind = iota + 1
	TableAltered             // columns, properties, name or owner
	TableDropped             // its rows and channels go with it
	TableReplaced            // Table is the old one: its rows and channels go with it
	PipeCreated
	PipeDropped
	OtherChanged // a database, schema, warehouse, user, role or grant
)

// Change is one change. Table and Pipe are nil where they do not apply.
type Change struct {
	Kind  ChangeKind
	Table *Table // the new state; of a dropped or replaced table the last one
	Pipe  *Pipe
}

// OnChange registers a listener. It is called on the changing goroutine after
// the change is visible and before the changing call returns, without locks
// held; it may read and change the catalog.
func (c *Catalog) OnChange(listener func(Change)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.listeners = append(c.listeners, listener)
}

// announce must be called without the lock.
func (c *Catalog) announce(changes ...Change) {
	c.mu.RLock()
	listeners := c.listeners
	c.mu.RUnlock()
	for _, change := range changes {
		for _, listener := range listeners {
			listener(change)
		}
	}
}
