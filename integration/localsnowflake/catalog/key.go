package catalog

// KeyKind says what a constraint promises.
type KeyKind string

// The constraints that are kept. None is enforced, as in the service
// (docs.snowflake.com/sql-reference/constraints-overview).
const (
	PrimaryKey KeyKind = "PRIMARY KEY"
	UniqueKey  KeyKind = "UNIQUE"
	ForeignKey KeyKind = "FOREIGN KEY"
)

// Key is a constraint of a table: a note for clients that ask for it.
type Key struct {
	Name    string
	Kind    KeyKind
	Columns []string

	// Of a foreign key: the table and the columns it refers to.
	ToDatabase string   `json:",omitempty"`
	ToSchema   string   `json:",omitempty"`
	ToTable    string   `json:",omitempty"`
	ToColumns  []string `json:",omitempty"`
}
