package plan

import (
	"context"
	"errors"
	"fmt"

	"github.com/kinesnow/kinesnow/adapters/leasetable"
	"github.com/kinesnow/kinesnow/adapters/snowpipe"
	"github.com/kinesnow/kinesnow/adapters/stream"
	"github.com/kinesnow/kinesnow/adapters/warehouse"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor"
	"github.com/kinesnow/kinesnow/supervisor/access"
)

// Preview says which statements client-side schema evolution would run so that
// payloads, as Kinesis has them, fit into the configured table.
type Preview func(ctx context.Context, cfg supervisor.Config, payloads [][]byte) ([]string, error)

// Planner looks at one connector's surroundings.
type Planner struct {
	// Preview is asked with schema_evolution: client; New sets what the connector
	// itself would do. nil = it cannot be told.
	Preview Preview

	name     string
	cfg      supervisor.Config
	node     string
	stream   *stream.Client
	table    *leasetable.Table
	channels *snowpipe.Client
	sql      *warehouse.Warehouse
	sampler  func(messages.ShardID, messages.ReadFrom) *sampler
}

// New wires a planner to a connector's configuration. Nothing is sent yet. Of
// the host AWS, Snowflake and Node count.
//
// Errors: a credential cannot be read, or a name is not one.
func New(name string, cfg supervisor.Config, host supervisor.Host) (*Planner, error) {
	c := access.Lent(host.AWS, cfg.AWS)
	p := &Planner{Preview: preview, name: name, cfg: cfg, node: host.Node, stream: access.Stream(name, cfg, c), table: access.Table(cfg, c)}
	s := cfg.Snowflake
	tokens := host.Snowflake
	if tokens == nil {
		tokens = access.Snowflake(s)
	}
	var err error
	p.channels, err = snowpipe.New(snowpipe.Config{
		Account: s.Account, User: s.User, Role: s.Role, Host: s.Host, Proxy: s.Proxy.Reveal(),
		Database: s.Database, Schema: s.Schema, Pipe: s.PipeName(), Tokens: tokens,
	})
	if err != nil {
		return nil, fmt.Errorf("connector %s: %w", name, err)
	}
	if p.sql, err = access.Statements(s); err != nil {
		return nil, fmt.Errorf("connector %s: %w", name, err)
	}
	p.sampler = func(shard messages.ShardID, from messages.ReadFrom) *sampler {
		return newSampler(name, cfg, c, shard, from)
	}
	return p, nil
}

// Close signs out.
func (p *Planner) Close() error {
	p.channels.Close()
	return p.sql.Close()
}

// Run looks, and writes nothing. The report says all that could be seen, beside
// an error too.
//
// Errors are *messages.Fault: something could not be asked at all.
func (p *Planner) Run(ctx context.Context) (*Report, error) {
	s := p.cfg.Snowflake
	r := &Report{
		Connector: p.name, Region: p.cfg.AWS.Region, Stream: p.cfg.Kinesis.StreamName(),
		Target: s.Database + "." + s.Schema + "." + s.Table, Changes: []Change{}, Stops: []Stop{},
	}
	l, err := p.leases(ctx, r)
	if l == nil {
		r.err = rejectedIsStop(r, err)
		return r, r.err
	}
	p.columns(ctx, r, l, p.snowflake(ctx, r, l))
	return r, r.err
}

// rejectedIsStop takes what would stop run for a finding of the plan, and keeps
// what keeps the plan itself from looking.
func rejectedIsStop(r *Report, err error) error {
	var f *messages.Fault
	if errors.As(err, &f) && f.Class == messages.Rejected {
		r.stops(err)
		return nil
	}
	return err
}

// fail keeps the first error that ended a look.
func (r *Report) fail(err error) {
	if r.err == nil {
		r.err = rejectedIsStop(r, err)
	}
}
