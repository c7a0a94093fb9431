package catalog

import (
	"sync"
	"time"
)

// Catalog holds every named object. Use New.
type Catalog struct {
	mu         sync.RWMutex
	listeners  []func(Change)
	lastID     int64
	databases  map[string]*Database
	schemas    map[schemaKey]*Schema
	tables     map[objectKey]*Table
	tablesByID map[int64]*Table
	pipes      map[objectKey]*Pipe
	views      map[objectKey]*View
	volumes    map[string]*Volume
	warehouses map[string]*Warehouse
	users      map[string]*User
	roles      map[string]*Role
	grants     []Grant
	now        func() time.Time
}

type schemaKey struct{ database, name string }

type objectKey struct{ database, schema, name string }

// New returns an account with the system roles and nothing else.
func New() *Catalog {
	c := &Catalog{now: func() time.Time { return time.Now().UTC() }}
	c.clear()
	c.addSystemRoles()
	return c
}

func (c *Catalog) clear() {
	c.databases = map[string]*Database{}
	c.schemas = map[schemaKey]*Schema{}
	c.tables = map[objectKey]*Table{}
	c.tablesByID = map[int64]*Table{}
	c.pipes = map[objectKey]*Pipe{}
	c.views = map[objectKey]*View{}
	c.volumes = map[string]*Volume{}
	c.warehouses = map[string]*Warehouse{}
	c.users = map[string]*User{}
	c.roles = map[string]*Role{}
	c.grants = nil
}

// nextID hands out IDs unique in the account. Called with the lock held.
func (c *Catalog) nextID() int64 {
	c.lastID++
	return c.lastID
}

// Existing says what CREATE does when the name is taken.
type Existing int

// The three forms of CREATE.
const (
	Refuse  Existing = iota + 1 // CREATE: ErrExists
	Keep                        // CREATE ... IF NOT EXISTS: nothing happens
	Replace                     // CREATE OR REPLACE: the old one is dropped first
)
