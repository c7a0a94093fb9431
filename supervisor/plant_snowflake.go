package supervisor

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/kinesnow/kinesnow/adapters/snowpipe"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor/access"
	"github.com/kinesnow/kinesnow/supervisor/config"
)

// openSnowflake wires Snowpipe Streaming, and the driver where a missing table
// may be made.
func (p *plant) openSnowflake() error {
	s := p.cfg.Snowflake
	tokens := p.host.Snowflake
	if tokens == nil {
		tokens = access.Snowflake(s)
	}
	client, err := snowpipe.New(snowpipe.Config{
		Account: s.Account, User: s.User, Role: s.Role, Host: s.Host, Proxy: s.Proxy.Reveal(),
		Database: s.Database, Schema: s.Schema, Pipe: s.PipeName(),
		Compression: snowpipe.Compression(s.Compression), Tokens: tokens,
		HTTP: p.host.HTTP,
	})
	service := &sink{Client: client}
	if s.OnMissingTable == config.CreateMissingTable {
		service.create = p.createTable
	}
	p.sink = service
	return err
}

// createTable makes the destination as Openflow's set-up page does
// (on_missing_table: create).
func (p *plant) createTable(ctx context.Context) error {
	w, err := access.Warehouse(p.cfg.Snowflake)
	if err != nil {
		return err
	}
	defer w.Close()
	return w.Create(ctx, p.cfg.Snowflake.Table)
}

// unwritten refuses a decision that would put rows into the table twice: one
// that goes on below the table's highest position of the shard. Where the
// channel's token vouches for the start, or no warehouse is configured to ask
// with, there is nothing to look at.
func (p *plant) unwritten(ctx context.Context, from string, shard messages.ShardID, r resolution) error {
	if r.write == nil || from == "token" || from == "table" || p.cfg.Snowflake.Warehouse == "" {
		return nil
	}
	at, err := p.highest(ctx, shard)
	if err != nil {
		return fmt.Errorf("the table could not be asked whether it has rows behind that: %w; try again, or leave snowflake.warehouse out if it cannot be mended", err)
	}
	if !r.start.Covers(at) {
		return fmt.Errorf("the table has rows up to %s: going on after %s would double what lies between; use --from table", at, r.start)
	}
	return nil
}

// highest is the last position of a shard that is in the table, or among its
// rejected rows.
func (p *plant) highest(ctx context.Context, shard messages.ShardID) (messages.Position, error) {
	w, err := access.Warehouse(p.cfg.Snowflake)
	if err != nil {
		return messages.Position{}, err
	}
	defer w.Close()
	positions, err := w.Positions(p.cfg.Snowflake.Table, p.cfg.Kinesis.StreamName())
	if err != nil {
		return messages.Position{}, err
	}
	return positions.Highest(ctx, shard)
}

// sink is Snowpipe Streaming as the channels use it. It makes a missing table
// where that is wanted.
type sink struct {
	*snowpipe.Client
	create func(context.Context) error // nil = stop on a missing table
	mu     sync.Mutex
	made   bool
}

// Open implements actors.RowSink.
func (s *sink) Open(ctx context.Context, channel string, failOnUncommitted bool) (*messages.Opening, error) {
	opening, err := s.Client.Open(ctx, channel, failOnUncommitted)
	var f *messages.Fault
	if s.create == nil || !errors.As(err, &f) || f.Stop != messages.TargetMissing {
		return opening, err
	}
	if err := s.makeTable(ctx); err != nil {
		return nil, err
	}
	return s.Client.Open(ctx, channel, failOnUncommitted)
}

// Status implements actors.StatusService. What an unhealthy code means for the
// rows that were sent is the client's to say (P13).
func (s *sink) Status(ctx context.Context, channels []string) (map[string]*messages.ChannelStatus, error) {
	statuses, err := s.Client.Status(ctx, channels)
	for _, status := range statuses {
		if f := snowpipe.StatusFault(status); f != nil {
			status.Overflow = f.Reason == messages.ReasonOverflow
		}
	}
	return statuses, err
}

// makeTable makes the table once, whichever shard's channel comes first.
func (s *sink) makeTable(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.made {
		return nil
	}
	if err := s.create(ctx); err != nil {
		return err
	}
	s.made = true
	return nil
}
