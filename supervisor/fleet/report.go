package fleet

import (
	"time"

	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor/process/control"
)

// Report is one look at every connector. Its JSON is stable.
type Report struct {
	At         time.Time      `json:"at"`
	Connectors []Connector    `json:"connectors"` // by name
	Processes  []control.Info `json:"processes"`  // that answered
}

// Source says who told about a connector.
type Source string

// The sources.
const (
	FromProcesses Source = "processes"
	FromLeases    Source = "leases"
)

// Connector is one stream into one table. What a source does not know is left
// out.
type Connector struct {
	Name   string `json:"name"`
	Source Source `json:"source"`
	Region string `json:"region"`
	Stream string `json:"stream"`
	Target string `json:"target"`

	Health string `json:"health,omitempty"` // the worst of the processes'
	Why    string `json:"why,omitempty"`
	Stop   string `json:"stop,omitempty"`
	Hint   string `json:"hint,omitempty"`
	Error  string `json:"error,omitempty"` // the source could not be read to the end

	Nodes  []string `json:"nodes"`
	Listed int      `json:"listed"` // shards that there are
	Ended  int      `json:"ended"`  // of them, read to their end

	RowsPerSecond            *float64 `json:"rowsPerSecond,omitempty"`
	BytesPerSecond           *float64 `json:"bytesPerSecond,omitempty"` // rendered rows, before compression
	OldestUncommittedSeconds *float64 `json:"oldestUncommittedSeconds,omitempty"`
	SecondsToDataLoss        *float64 `json:"secondsToDataLoss,omitempty"` // if it stopped now

	// As checkpointed, since each shard's first record.
	RowsCommitted int64 `json:"rowsCommitted"`
	Rejected      int64 `json:"rejected"`
	Discarded     int64 `json:"discarded"`
	Filtered      int64 `json:"filtered"`
	Gaps          int64 `json:"gaps"` // that the processes came across
	// Packed is what the processes read of aggregated records.
	Packed messages.Aggregation `json:"packed"`
	// Channels are the connector's on all nodes, as the lease table tells.
	Channels messages.ChannelUse `json:"channels,omitzero"`
	// Schema is what the processes did to the table; nil = they add no columns.
	Schema *messages.SchemaState `json:"schema,omitempty"`
	// IgnoredKeys is what Snowflake dropped; nil = nothing that is known of.
	IgnoredKeys *messages.IgnoredKeys `json:"ignoredKeys,omitempty"`

	table string // quoted, for statements

	Shards   []Shard   `json:"shards"`             // by id
	Journals []Journal `json:"journals,omitempty"` // those that are not well
	// Letters are what became of the processes' dead letters.
	Letters messages.LetterState `json:"deadLetters,omitzero"`
}

// The states of a shard as lease rows tell them. A process tells its own:
// OPENING, FLOWING, BACKOFF, STOPPED, PAUSED, ENDED.
const (
	Owned   = "OWNED"
	Expired = "EXPIRED" // owned, but the lease ran out by this machine's clock
	Free    = "FREE"
	Ended   = "ENDED"
)

// Shard is one shard of a connector.
type Shard struct {
	Shard string     `json:"shard"`
	State string     `json:"state"`
	Since *time.Time `json:"since,omitempty"` // of the state
	Node  string     `json:"node,omitempty"`  // that works on it

	Generation  int64  `json:"generation"`
	Generations int64  `json:"generations"` // that ended in the process
	Channel     string `json:"channel,omitempty"`

	// Positions as SEQUENCE/SUB; start is before the first record.
	Read        string     `json:"read,omitempty"`
	Accepted    string     `json:"accepted,omitempty"`
	Committed   string     `json:"committed,omitempty"`   // Snowflake's token, as last read
	Checkpoint  string     `json:"checkpoint,omitempty"`  // in the lease row
	CommittedAt *time.Time `json:"committedAt,omitempty"` // arrival of the newest committed record

	BehindSeconds float64 `json:"behindSeconds"`
	HeldBytes     int64   `json:"heldBytes"`
	InFlightBytes int64   `json:"inFlightBytes"`
	CaughtUp      bool    `json:"caughtUp"`
	Failing       bool    `json:"failing,omitempty"`
	Waits         string  `json:"waits,omitempty"` // for what

	RowsCommitted int64 `json:"rowsCommitted"`
	Rejected      int64 `json:"rejected"`
	Discarded     int64 `json:"discarded"`
	// Rejection is the newest that is known of rejected rows.
	Rejection *messages.Rejection `json:"rejection,omitempty"`

	Stop  string `json:"stop,omitempty"`
	Error string `json:"error,omitempty"`
	Hint  string `json:"hint,omitempty"`

	cause       string // what Error says beside shard, stop and hint
	rows, bytes int64  // that the process appended since it started
	process     string
	unasked     bool // Snowflake could not be asked
}
