package warehouse

import "strings"

// Kind of a table.
type Kind string

// The kinds that rows can be streamed into.
const (
	Standard    Kind = "TABLE"
	Transient   Kind = "TRANSIENT"
	Iceberg     Kind = "ICEBERG"
	Interactive Kind = "INTERACTIVE"
)

// Kinds that no pipe fills. SHOW TABLES lists them among the others, views
// aside.
const (
	View      Kind = "VIEW"
	External  Kind = "EXTERNAL"
	Dynamic   Kind = "DYNAMIC"
	Hybrid    Kind = "HYBRID"
	Temporary Kind = "TEMPORARY"
	Unlisted  Kind = "" // SHOW TABLES does not list it
)

// Streamable reports whether rows can be streamed into tables of this kind. Of
// one that is not listed nobody knows.
func (k Kind) Streamable() bool {
	switch k {
	case Standard, Transient, Iceberg, Interactive, Unlisted:
		return true
	}
	return false
}

// String names the kind in a sentence: "Iceberg table", "view".
func (k Kind) String() string {
	switch k {
	case Standard, Unlisted:
		return "table"
	case View:
		return "view"
	case Iceberg:
		return "Iceberg table"
	}
	return strings.ToLower(string(k)) + " table"
}

// Answer is yes, no, or that what Snowflake showed does not tell.
type Answer uint8

// The answers. The zero value is Unknown.
const (
	Unknown Answer = iota
	Yes
	No
)

func (a Answer) String() string { return [...]string{"unknown", "yes", "no", "unknown"}[a&3] }

// MarshalText implements encoding.TextMarshaler.
func (a Answer) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

func answer(yes bool) Answer {
	if yes {
		return Yes
	}
	return No
}

// Column of a table, as DESC TABLE shows it.
type Column struct {
	Name     string // exact
	Type     string // such as NUMBER(38,0)
	Nullable bool
	Default  string // expression; "" = none
	Identity bool   // AUTOINCREMENT
}

// Table is a target.
type Table struct {
	Name            string // exact
	Kind            Kind   // another text for what is none of the kinds above
	Columns         []Column
	SchemaEvolution bool   // ENABLE_SCHEMA_EVOLUTION
	ErrorLogging    bool   // ERROR_LOGGING
	RowTimestamp    bool   // ROW_TIMESTAMP
	Owner           string // role; "" where it is not shown
	Lake            *Lake  // of an Iceberg table; nil where it is not shown
}

// Column returns the column of that exact name, or nil.
func (t *Table) Column(name string) *Column {
	for i := range t.Columns {
		if t.Columns[i].Name == name {
			return &t.Columns[i]
		}
	}
	return nil
}

// Matching returns the column that a pipe fills from a key: the one of exactly
// that name, else the first that differs by case alone; nil if there is none.
func (t *Table) Matching(key string) *Column {
	if c := t.Column(key); c != nil {
		return c
	}
	for i := range t.Columns {
		if strings.EqualFold(t.Columns[i].Name, key) {
			return &t.Columns[i]
		}
	}
	return nil
}
