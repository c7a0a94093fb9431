package messages

import "time"

// What travels about the table's columns, where somebody looks after them.

// Target is a table as it was described.
type Target struct {
	Columns *Columns
	Kind    string // as ALTER names it: TABLE or ICEBERG TABLE
	Evolves bool   // Snowflake adds columns to it by itself
}

// Alteration is one statement that changes a table, and the columns that it adds
// or changes, by exact name.
type Alteration struct {
	Statement string   `json:"statement"`
	Columns   []string `json:"columns"`
}

// ColumnsWanted asks for a column for each key that a channel's blocks have
// beyond the table. Channel -> Schema, every second until it is answered with
// ColumnsReady or ColumnsRefused: Schema forgets it after 3 s. Without Unmatched
// it asks that the table be described, after it was asked: a generation begins
// with what the table is then, for it may have been replaced.
type ColumnsWanted struct {
	Shard     ShardID
	Unmatched *Unmatched
}

// ColumnsReady says that the known columns have what was asked for. Schema ->
// Channel.
type ColumnsReady struct{}

// ColumnsAwaited says what the answer waits for, such as "3 columns, next DDL in
// 8 s". Schema -> Channel.
type ColumnsAwaited struct{ Why string }

// ColumnsRefused says that there will be none until somebody does something.
// Schema -> Channel, which ends its generation with the fault.
type ColumnsRefused struct{ Fault *Fault }

// Waiting tells the unit what its generation waits for; "" = nothing. Channel ->
// ShardUnit.
type Waiting struct{ For string }

// KeysIgnored tells of values that Snowflake drops, for they have no column.
// Channel -> Ignored, with the acceptance of what held them.
type KeysIgnored struct{ Unmatched *Unmatched }

// TableAltered tells of a statement that was run. Schema -> Connector.
type TableAltered struct{ Event *SchemaChanged }

// TableShrunk tells of columns that somebody dropped. Schema -> Connector.
type TableShrunk struct{ Event *ColumnsGone }

// SchemaTrouble tells that columns cannot be had, and why; "" = they can again.
// Schema -> Connector.
type SchemaTrouble struct{ Why, Hint string }

// KeysCounted tells what was found ignored since the last one. Ignored ->
// Connector.
type KeysCounted struct {
	Values  int64
	Names   []string // that are new
	Unknown string   // why nothing can be counted; "" = it is counted
}

// SchemaState is what a connector that adds columns has done.
type SchemaState struct {
	Changes int64  `json:"changes"`         // statements run by this process
	Last    string `json:"last,omitempty"`  // the newest of them
	Error   string `json:"error,omitempty"` // why columns cannot be added
	Hint    string `json:"hint,omitempty"`
	// Gone are columns that somebody dropped, the newest notice; nil = none.
	Gone *GoneColumns `json:"gone,omitempty"`
}

// GoneColumns are columns that rows were rendered for and that are not in the
// table any more: see ColumnsGone.
type GoneColumns struct {
	Columns []string  `json:"columns"`
	Since   time.Time `json:"since"` // they were there
	At      time.Time `json:"at"`    // they were not
}

// MaxIgnoredNames is how many names of ignored keys a state carries.
const MaxIgnoredNames = 20

// IgnoredKeys is what Snowflake dropped, for the table has no column for it and
// nobody adds one.
type IgnoredKeys struct {
	Values  int64    `json:"values"`            // since the process started
	Keys    int      `json:"keys"`              // how many different ones
	Names   []string `json:"names,omitempty"`   // the first MaxIgnoredNames of them
	Unknown string   `json:"unknown,omitempty"` // why nothing is counted; "" = it is
}
