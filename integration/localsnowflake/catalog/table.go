package catalog

import (
	"slices"
	"time"
)

// Kind says what sort of table it is.
type Kind string

// The kinds of table.
const (
	Standard    Kind = "TABLE"
	Iceberg     Kind = "ICEBERG TABLE"
	Interactive Kind = "INTERACTIVE TABLE"
)

// Column is one column of a table.
type Column struct {
	Name     string
	Type     Type
	Nullable bool   `json:",omitempty"`
	Default  string `json:",omitempty"` // SQL text; "" is none
	Identity bool   `json:",omitempty"` // AUTOINCREMENT
	Comment  string `json:",omitempty"`
	Since    int64  `json:",omitempty"` // ID of the first row that can hold a value; older rows have the default
	Evolved  bool   `json:",omitempty"` // added by schema evolution
}

// Table is one state of a table. It is immutable: a change makes a new value
// with the same ID.
type Table struct {
	ID           int64
	Database     string
	Schema       string
	Name         string
	Kind         Kind
	Columns      []Column
	Evolution    bool     `json:",omitempty"` // ENABLE_SCHEMA_EVOLUTION
	ErrorLogging bool     `json:",omitempty"` // ERROR_LOGGING: ERROR_TABLE(t) exists
	RowTimestamp bool     `json:",omitempty"` // ROW_TIMESTAMP: METADATA$ROW_LAST_COMMIT_TIME exists
	ClusterBy    []string `json:",omitempty"` // SQL text of the clustering keys
	Keys         []Key    `json:",omitempty"`
	Copy         *Copy    `json:",omitempty"` // of an interactive table that is defined AS SELECT from a stream
	Lake         *Lake    `json:",omitempty"` // of an Iceberg table
	Transient    bool     `json:",omitempty"`
	Owner        string   // role
	Comment      string   `json:",omitempty"`
	CreatedOn    time.Time
}

// Lake is what only an Iceberg table has.
type Lake struct {
	Volume       string // external volume; "" is the account's own storage
	BaseLocation string
	Version      int      // of the format: 2 or 3
	Partitions   []string `json:",omitempty"` // SQL text of PARTITION BY
}

// Column finds a column by its exact name.
func (t *Table) Column(name string) (int, bool) {
	i := slices.IndexFunc(t.Columns, func(c Column) bool { return c.Name == name })
	return i, i >= 0
}

// Path is the table's full name, quoted where needed.
func (t *Table) Path() string {
	return Quote(t.Database) + "." + Quote(t.Schema) + "." + Quote(t.Name)
}

// Clone copies the table, so that the copy's columns can be changed.
func (t *Table) Clone() *Table { return t.clone() }

// clone copies what a change may touch. Types are shared: they are never
// changed in place.
func (t *Table) clone() *Table {
	c := *t
	c.Columns = slices.Clone(t.Columns)
	c.ClusterBy = slices.Clone(t.ClusterBy)
	c.Keys = slices.Clone(t.Keys)
	return &c
}
