package stream

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/kinesnow/kinesnow/messages"
)

// RowMaker renders the rows of one shard. rows.Renderer is one.
type RowMaker interface {
	// Render turns the payload dst[start:] of the user record that mark names
	// into its rows, each ended by '\n', and returns dst with them and their
	// number. After an error out is dst[:start]; its text says why the record
	// is unusable. key is the partition key, nil where there is none.
	Render(dst []byte, start int, mark *messages.Mark, key []byte) (out []byte, rows int, err error)
}

// Watching is a RowMaker that also knows what the rows have beyond a table's
// columns. rows.Renderer is one.
type Watching interface {
	// Unmatched returns what was seen since it was asked last, nil where nothing
	// was or nobody wants to know. It is the caller's.
	Unmatched() *messages.Unmatched
}

// Payloads decodes and transforms payloads before they are rendered.
// payload.Path is one.
type Payloads interface {
	// Apply returns what to render: objects may be payload, a part of it, or
	// other bytes. Filtered asks for no row; an error makes the record
	// unusable, and its text says why.
	Apply(record messages.Record, payload []byte) (objects []byte, fate messages.Fate, err error)
}

// Config says what to read and how.
type Config struct {
	AWS       aws.Config
	Endpoint  string // URL instead of AWS's own; "" = AWS's own
	Stream    string // name
	ARN       string // only where one was configured: it moves calls to the account's own endpoints
	Connector string // label on dead letters

	Rows       func(messages.ShardID) RowMaker
	Payloads   Payloads            // nil = payloads are JSON and pass untouched
	DeadLetter messages.DeadLetter // nil = unusable records are only counted

	Pace     *Pace                 // nil = DefaultPace
	Idle     time.Duration         // Next returns after it without records; 0 = 5 s
	Patience time.Duration         // Next reports what passes with time after it; 0 = 30 s
	Retrying func(*messages.Fault) // told of what Next bears with patience; may be nil
	Now      func() time.Time      // nil = time.Now

	// Of enhanced fan-out only.
	Consumer string      // 1 to 128 of [a-zA-Z0-9_.-]; registered when it is first needed
	FanOut   *FanOutPace // nil = DefaultFanOutPace
	// Polling is told when a Fallback begins to poll, and why, and with nil when
	// it ends to; may be nil. It is called by all shards' sources.
	Polling func(messages.ShardID, *messages.Fault)
}

// Pace bounds how often one shard is read. Zero means unbounded.
type Pace struct {
	MinInterval    time.Duration // after an answer
	IdleInterval   time.Duration // after five empty answers with nothing behind
	BytesPerSecond int64         // of record data
}

// DefaultPace keeps to what Kinesis allows all readers of a shard together: 5
// calls and 2 MiB a second (GetRecords API reference). Empty shards are asked
// once a second.
func DefaultPace() *Pace {
	return &Pace{MinInterval: 200 * time.Millisecond, IdleInterval: time.Second, BytesPerSecond: 2 << 20}
}

const (
	defaultIdle     = 5 * time.Second
	defaultPatience = 30 * time.Second
)

func (c Config) complete() Config {
	if c.Pace == nil {
		c.Pace = DefaultPace()
	}
	if c.Idle == 0 {
		c.Idle = defaultIdle
	}
	if c.Patience == 0 {
		c.Patience = defaultPatience
	}
	if c.Retrying == nil {
		c.Retrying = func(*messages.Fault) {}
	}
	if c.FanOut == nil {
		c.FanOut = DefaultFanOutPace()
	}
	if c.Polling == nil {
		c.Polling = func(messages.ShardID, *messages.Fault) {}
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c
}
