package catalog

import (
	"cmp"
	"slices"
	"time"
)

// Volume is an external volume: where Iceberg tables would keep their files.
// Nothing here reads or writes such a place; a volume has a name, grants and
// the text it was made with.
type Volume struct {
	ID          int64
	Name        string
	Locations   []string `json:",omitempty"` // each STORAGE_LOCATION as JSON, secrets left out
	AllowWrites bool
	Owner       string
	Comment     string `json:",omitempty"`
	CreatedOn   time.Time
}

// CreateVolume makes a volume from v, whose ID and CreatedOn are chosen here.
func (c *Catalog) CreateVolume(v Volume, e Existing) (created bool, err error) {
	c.mu.Lock()
	if old, ok := c.volumes[v.Name]; ok {
		switch e {
		case Keep:
			c.mu.Unlock()
			return false, nil
		case Replace:
			c.dropGrants(OnVolume, old.ID)
		default:
			c.mu.Unlock()
			return false, taken(OnVolume, Quote(v.Name))
		}
	}
	v.ID, v.CreatedOn = c.nextID(), c.now()
	c.volumes[v.Name] = &v
	c.mu.Unlock()
	c.announce(Change{Kind: OtherChanged})
	return true, nil
}

// DropVolume forgets a volume.
func (c *Catalog) DropVolume(name string) error {
	c.mu.Lock()
	v, ok := c.volumes[name]
	if !ok {
		c.mu.Unlock()
		return missing(OnVolume, Quote(name))
	}
	c.dropGrants(OnVolume, v.ID)
	delete(c.volumes, name)
	c.mu.Unlock()
	c.announce(Change{Kind: OtherChanged})
	return nil
}

// Volume finds a volume by its exact name.
func (c *Catalog) Volume(name string) (*Volume, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	v, ok := c.volumes[name]
	return v, ok
}

// Volumes lists all volumes by name.
func (c *Catalog) Volumes() []*Volume {
	c.mu.RLock()
	defer c.mu.RUnlock()
	list := make([]*Volume, 0, len(c.volumes))
	for _, v := range c.volumes {
		list = append(list, v)
	}
	slices.SortFunc(list, func(a, b *Volume) int { return cmp.Compare(a.Name, b.Name) })
	return list
}
