package messages

import "time"

// The kinds of streams connector/<name>, written by Connector.
const (
	KindStarted       Kind = "started.v1"
	KindDrained       Kind = "drained.v1"
	KindHealthChanged Kind = "health_changed.v2"
	KindPaused        Kind = "paused.v1"
	KindResumed       Kind = "resumed.v1"
	KindSchemaChanged Kind = "schema_changed.v1"
	KindColumnsGone   Kind = "columns_gone.v1"
)

// Started: a connector began to work.
type Started struct {
	Connector string    `msgpack:"connector"`
	Version   string    `msgpack:"version"`
	Stream    string    `msgpack:"stream"`
	Target    string    `msgpack:"target"`
	At        time.Time `msgpack:"at"`
}

// ConnectorDrained: a connector stopped as asked.
type ConnectorDrained struct {
	Clean bool      `msgpack:"clean"` // everything read was committed and checkpointed
	Left  []ShardID `msgpack:"left"`  // shards where that was not so
	At    time.Time `msgpack:"at"`
}

// HealthChanged: the connector's health, or the stop code behind it, is another
// one now.
type HealthChanged struct {
	From Health    `msgpack:"from"`
	To   Health    `msgpack:"to"`
	Stop StopCode  `msgpack:"stop"` // as State.Stop
	Why  string    `msgpack:"why"`  // when it changed
	At   time.Time `msgpack:"at"`
}

// Paused: somebody stopped shards without giving up their leases.
type Paused struct {
	Shards []ShardID `msgpack:"shards"` // empty = all
	At     time.Time `msgpack:"at"`
}

// Resumed: somebody let paused shards go on.
type Resumed struct {
	Shards []ShardID `msgpack:"shards"` // empty = all
	At     time.Time `msgpack:"at"`
}

// SchemaChanged: client-side evolution altered the table.
type SchemaChanged struct {
	Table     string    `msgpack:"table"`
	Statement string    `msgpack:"statement"` // as it was run
	Columns   []string  `msgpack:"columns"`   // that it adds or changes
	Who       string    `msgpack:"who"`       // Snowflake user and role
	At        time.Time `msgpack:"at"`
}

// ColumnsGone: columns that rows were rendered for are not in the table any
// more, by somebody else's hand. Their values in rows that were appended after
// Since, and read before At, may have been dropped by Snowflake, which tells
// nobody.
type ColumnsGone struct {
	Table   string    `msgpack:"table"`
	Columns []string  `msgpack:"columns"`
	Since   time.Time `msgpack:"since"` // they were there
	At      time.Time `msgpack:"at"`
}

// Kind implements Event, here and below.
func (*Started) Kind() Kind          { return KindStarted }
func (*ConnectorDrained) Kind() Kind { return KindDrained }
func (*HealthChanged) Kind() Kind    { return KindHealthChanged }
func (*Paused) Kind() Kind           { return KindPaused }
func (*Resumed) Kind() Kind          { return KindResumed }
func (*SchemaChanged) Kind() Kind    { return KindSchemaChanged }
func (*ColumnsGone) Kind() Kind      { return KindColumnsGone }
