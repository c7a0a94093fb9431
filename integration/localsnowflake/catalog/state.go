package catalog

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// state is the catalog on disk. Fields are only ever added.
type state struct {
	Version    int
	LastID     int64
	Databases  []*Database
	Schemas    []*Schema
	Tables     []*Table
	Pipes      []*Pipe
	Views      []*View
	Volumes    []*Volume
	Warehouses []*Warehouse
	Users      []*User
	Roles      []*Role
	Grants     []Grant
}

const stateVersion = 1

// MarshalState writes everything the catalog holds, at one moment, as JSON.
func (c *Catalog) MarshalState() ([]byte, error) {
	c.mu.RLock()
	s := state{
		Version: stateVersion, LastID: c.lastID, Grants: slices.Clone(c.grants),
		Databases: slices.Collect(maps.Values(c.databases)), Schemas: slices.Collect(maps.Values(c.schemas)),
		Tables: slices.Collect(maps.Values(c.tables)), Pipes: slices.Collect(maps.Values(c.pipes)),
		Views: slices.Collect(maps.Values(c.views)), Volumes: slices.Collect(maps.Values(c.volumes)),
		Warehouses: slices.Collect(maps.Values(c.warehouses)), Users: slices.Collect(maps.Values(c.users)), Roles: slices.Collect(maps.Values(c.roles)),
	}
	c.mu.RUnlock() // the objects themselves never change
	byID(s.Databases, func(d *Database) int64 { return d.ID })
	byID(s.Schemas, func(x *Schema) int64 { return x.ID })
	byID(s.Tables, func(t *Table) int64 { return t.ID })
	byID(s.Pipes, func(p *Pipe) int64 { return p.ID })
	byID(s.Views, func(v *View) int64 { return v.ID })
	byID(s.Volumes, func(v *Volume) int64 { return v.ID })
	byID(s.Warehouses, func(w *Warehouse) int64 { return w.ID })
	byID(s.Users, func(u *User) int64 { return u.ID })
	byID(s.Roles, func(r *Role) int64 { return r.ID })
	return json.Marshal(s)
}

// byID sorts objects, so that equal catalogs have equal states.
func byID[T any](list []T, id func(T) int64) {
	slices.SortFunc(list, func(a, b T) int { return cmp.Compare(id(a), id(b)) })
}

// UnmarshalState replaces everything the catalog holds; listeners stay and
// hear nothing. On an error the catalog is as before.
func (c *Catalog) UnmarshalState(data []byte) error {
	var s state
	if err := json.Unmarshal(data, &s); err != nil {
		return fmt.Errorf("catalog state: %w", err)
	}
	if s.Version != stateVersion {
		return fmt.Errorf("catalog state: version %d, this program reads %d", s.Version, stateVersion)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.clear()
	c.lastID, c.grants = s.LastID, s.Grants
	for _, d := range s.Databases {
		c.databases[d.Name] = d
	}
	for _, x := range s.Schemas {
		c.schemas[schemaKey{x.Database, x.Name}] = x
	}
	for _, t := range s.Tables {
		c.tables[objectKey{t.Database, t.Schema, t.Name}], c.tablesByID[t.ID] = t, t
	}
	for _, p := range s.Pipes {
		c.pipes[objectKey{p.Database, p.Schema, p.Name}] = p
	}
	for _, v := range s.Views {
		c.views[objectKey{v.Database, v.Schema, v.Name}] = v
	}
	for _, v := range s.Volumes {
		c.volumes[v.Name] = v
	}
	for _, w := range s.Warehouses {
		c.warehouses[w.Name] = w
	}
	for _, u := range s.Users {
		c.users[u.Name] = u
	}
	for _, r := range s.Roles {
		c.roles[r.Name] = r
	}
	return nil
}
