package supervisor

import (
	"errors"
	"fmt"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/kinesnow/kinesnow/adapters/rows"
	"github.com/kinesnow/kinesnow/messages"
)

// ShardStream is Kinesis as a connector uses it: the stream, its shards, and a
// source of blocks for each.
type ShardStream interface{ shardStream }

// LeaseTable is what a connector keeps its leases and positions in.
type LeaseTable interface{ shardTable }

// Bounded is what a replay puts in the place of a connector's own parts. All
// else - units, channels, commits, P5 to P17 - is the connector's: a replay is a
// connector with a lease table of its own and a stream with an end.
type Bounded struct {
	// Stream is what is read in place of what the configuration names, which it
	// is handed, and what makes the rows of its shards.
	Stream func(live ShardStream, renderer func(messages.ShardID) *rows.Renderer) ShardStream
	Table  LeaseTable
}

// NewBounded returns the Props of a connector that reads a stream with an end.
// It stays when everything has ended: Inspect tells, Drain stops it. cfg names
// an application of its own, so that its channels are nobody else's (P3).
func NewBounded(name string, cfg Config, host Host, b Bounded) (*actor.Props, error) {
	if b.Stream == nil || b.Table == nil {
		return nil, errors.New("a bounded connector needs a stream and a table")
	}
	if err := cfg.Validate(name); err != nil {
		return nil, err
	}
	p, err := newPlant(name, cfg, host)
	if err != nil {
		return nil, fmt.Errorf("connector %s: %w", name, err)
	}
	p.streams, p.recounts, p.table = b.Stream(p.streams, p.renderer), b.Stream(p.recounts, p.renderer), b.Table
	return p.props(func() actor.Actor { return &connector{plant: p} }), nil
}
