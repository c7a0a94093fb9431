package catalog

import (
	"cmp"
	"slices"
)

// CreateWarehouse keeps a warehouse's name, size ("X-Small") and comment.
func (c *Catalog) CreateWarehouse(w Warehouse, e Existing) (created bool, err error) {
	c.mu.Lock()
	if old, ok := c.warehouses[w.Name]; ok {
		switch e {
		case Keep:
			c.mu.Unlock()
			return false, nil
		case Replace:
			c.dropGrants(OnWarehouse, old.ID)
		default:
			c.mu.Unlock()
			return false, taken(OnWarehouse, Quote(w.Name))
		}
	}
	w.ID, w.CreatedOn = c.nextID(), c.now()
	c.warehouses[w.Name] = &w
	c.mu.Unlock()
	c.announce(Change{Kind: OtherChanged})
	return true, nil
}

// DropWarehouse forgets a warehouse.
func (c *Catalog) DropWarehouse(name string) error {
	c.mu.Lock()
	w, ok := c.warehouses[name]
	if !ok {
		c.mu.Unlock()
		return missing(OnWarehouse, Quote(name))
	}
	c.dropGrants(OnWarehouse, w.ID)
	delete(c.warehouses, name)
	c.mu.Unlock()
	c.announce(Change{Kind: OtherChanged})
	return nil
}

// Warehouse finds a warehouse by its exact name.
func (c *Catalog) Warehouse(name string) (*Warehouse, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	w, ok := c.warehouses[name]
	return w, ok
}

// Warehouses lists all warehouses by name.
func (c *Catalog) Warehouses() []*Warehouse {
	c.mu.RLock()
	defer c.mu.RUnlock()
	list := make([]*Warehouse, 0, len(c.warehouses))
	for _, w := range c.warehouses {
		list = append(list, w)
	}
	slices.SortFunc(list, func(a, b *Warehouse) int { return cmp.Compare(a.Name, b.Name) })
	return list
}
