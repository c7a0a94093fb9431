package catalog

import (
	"slices"
	"time"
)

// ObjectKind names a kind of object in grants and errors, as SQL spells it.
type ObjectKind string

// The kinds that privileges can be granted on.
const (
	OnAccount   ObjectKind = "ACCOUNT"
	OnDatabase  ObjectKind = "DATABASE"
	OnSchema    ObjectKind = "SCHEMA"
	OnTable     ObjectKind = "TABLE"
	OnPipe      ObjectKind = "PIPE"
	OnView      ObjectKind = "VIEW"
	OnVolume    ObjectKind = "EXTERNAL VOLUME"
	OnWarehouse ObjectKind = "WAREHOUSE"
	OnUser      ObjectKind = "USER"
	OnRole      ObjectKind = "ROLE"
)

// Privilege is a right, as GRANT spells it.
type Privilege string

// The privileges that something here asks for. Others can be granted and are
// shown, without effect.
const (
	Ownership         Privilege = "OWNERSHIP"
	Usage             Privilege = "USAGE"
	Select            Privilege = "SELECT"
	Insert            Privilege = "INSERT"
	Update            Privilege = "UPDATE"
	Delete            Privilege = "DELETE"
	Truncate          Privilege = "TRUNCATE"
	EvolveSchema      Privilege = "EVOLVE SCHEMA"
	Operate           Privilege = "OPERATE"
	Monitor           Privilege = "MONITOR"
	CreateSchema      Privilege = "CREATE SCHEMA"
	CreateTable       Privilege = "CREATE TABLE"
	CreateIceberg     Privilege = "CREATE ICEBERG TABLE"
	CreateInteractive Privilege = "CREATE INTERACTIVE TABLE"
	CreatePipe        Privilege = "CREATE PIPE"
	CreateView        Privilege = "CREATE VIEW"
	CreateVolume      Privilege = "CREATE EXTERNAL VOLUME"
	CreateDatabase    Privilege = "CREATE DATABASE"
	CreateWarehouse   Privilege = "CREATE WAREHOUSE"
	CreateRole        Privilege = "CREATE ROLE"
	CreateUser        Privilege = "CREATE USER"
	ManageGrants      Privilege = "MANAGE GRANTS"
)

// Grant is one privilege on one object for one role or, for roles, one user.
// Ownership is not among them: it is each object's Owner.
type Grant struct {
	Privilege   Privilege
	On          ObjectKind
	Object      int64  `json:",omitempty"` // ID; 0 is the account
	ToRole      string `json:",omitempty"`
	ToUser      string `json:",omitempty"` // only of a role
	Future      bool   `json:",omitempty"` // on every table made later in the schema or database
	GrantOption bool   `json:",omitempty"`
	GrantedBy   string `json:",omitempty"`
	CreatedOn   time.Time
}

func (g Grant) same(o Grant) bool {
	return g.Privilege == o.Privilege && g.On == o.On && g.Object == o.Object && g.ToRole == o.ToRole && g.ToUser == o.ToUser && g.Future == o.Future
}

// Grant adds a grant; one that exists already is kept as it is. The error is
// ErrNotFound when the receiving role or user is missing.
func (c *Catalog) Grant(g Grant) error {
	c.mu.Lock()
	if err := c.checkGrantee(g); err != nil {
		c.mu.Unlock()
		return err
	}
	if !slices.ContainsFunc(c.grants, g.same) {
		g.CreatedOn = c.now()
		c.grants = append(slices.Clip(c.grants), g)
	}
	c.mu.Unlock()
	c.announce(Change{Kind: OtherChanged})
	return nil
}

// Revoke removes a grant; one that is missing is no error.
func (c *Catalog) Revoke(g Grant) error {
	c.mu.Lock()
	if err := c.checkGrantee(g); err != nil {
		c.mu.Unlock()
		return err
	}
	c.grants = slices.DeleteFunc(slices.Clone(c.grants), g.same)
	c.mu.Unlock()
	c.announce(Change{Kind: OtherChanged})
	return nil
}

func (c *Catalog) checkGrantee(g Grant) error {
	if _, ok := c.roles[g.ToRole]; g.ToUser == "" && !ok {
		return missing(OnRole, Quote(g.ToRole))
	}
	if _, ok := c.users[g.ToUser]; g.ToUser != "" && !ok {
		return missing(OnUser, Quote(g.ToUser))
	}
	return nil
}

// Grants lists the grants that fit: on one object, or with kind "" all.
func (c *Catalog) Grants(kind ObjectKind, object int64) []Grant {
	c.mu.RLock()
	defer c.mu.RUnlock()
	var list []Grant
	for _, g := range c.grants {
		if kind == "" || g.On == kind && g.Object == object {
			list = append(list, g)
		}
	}
	return list
}

// dropGrants forgets the grants on an object. Called with the lock held.
func (c *Catalog) dropGrants(kind ObjectKind, id int64) {
	c.grants = slices.DeleteFunc(slices.Clone(c.grants), func(g Grant) bool {
		return g.On == kind && g.Object == id
	})
}

// grantFuture applies the future grants of a new table's schema and database.
// Called with the lock held.
func (c *Catalog) grantFuture(t *Table) {
	database, schema := c.databases[t.Database], c.schemas[schemaKey{t.Database, t.Schema}]
	for _, g := range slices.Clone(c.grants) {
		if !g.Future || !(g.On == OnSchema && g.Object == schema.ID || g.On == OnDatabase && g.Object == database.ID) {
			continue
		}
		if g.Privilege == Ownership {
			t.Owner = g.ToRole
			continue
		}
		g.On, g.Object, g.Future, g.CreatedOn = OnTable, t.ID, false, c.now()
		c.grants = append(c.grants, g)
	}
}
