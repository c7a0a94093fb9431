package messages

import (
	"context"
	"time"
)

// Record is one user record as a host's transform sees it.
type Record struct {
	Stream       string
	Shard        ShardID
	Position     Position
	PartitionKey string
	Arrival      time.Time
}

// Letter is one user record that could not become rows.
type Letter struct {
	Connector    string    `json:"connector"`
	Stream       string    `json:"stream"`
	Shard        ShardID   `json:"shard"`
	Seq          string    `json:"seq"`
	Sub          string    `json:"sub"`
	PartitionKey string    `json:"partitionKey,omitempty"`
	Arrival      time.Time `json:"arrival"`
	Cause        string    `json:"cause"`
	Rendered     bool      `json:"rendered,omitempty"` // Payload holds the rendered rows, not the record's bytes
	Payload      []byte    `json:"payload"`            // raw bytes
}

// Position is the letter's place, which is its id (P17).
func (l *Letter) Position() (Position, error) { return ParsePosition(l.Seq + "/" + l.Sub) }

// DeadLetter keeps what could not become rows. Put returns once the letters
// are safe: what covers them is written after that (P17). Its id is the
// position, so putting a letter again is harmless.
type DeadLetter interface {
	Put(ctx context.Context, letters []Letter) error
	Close() error
}

// Entry is one event in a journal.
type Entry struct {
	Seq    uint64 // counted per stream from 1, set by the journal
	At     time.Time
	Writer string // node and process that wrote it
	Kind   Kind
	Body   []byte // msgpack
}

// Journal keeps event streams: append-only, one writer per stream. It never
// gives a position (P25); a journal that fails stops itself, not the flow.
type Journal interface {
	// Append adds entries to the end of a stream, all or none, and sets
	// their Seq. It returns once they can be read; when they are on disk is
	// the journal's business.
	Append(ctx context.Context, stream string, entries []Entry) error
	// Read yields a stream's entries after Seq after, oldest first, until
	// yield answers false. It may run beside a writer.
	Read(ctx context.Context, stream string, after uint64, yield func(Entry) bool) error
	Close() error
}
