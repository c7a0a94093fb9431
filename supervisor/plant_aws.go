package supervisor

import (
	"context"
	"time"

	"github.com/kinesnow/kinesnow/actors"
	"github.com/kinesnow/kinesnow/adapters/payload"
	"github.com/kinesnow/kinesnow/adapters/stream"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor/access"
)

// openAWS wires Kinesis and DynamoDB.
func (p *plant) openAWS() error {
	c := access.Lent(p.host.AWS, p.cfg.AWS)
	streamConfig := stream.Config{
		AWS: c, Endpoint: p.cfg.AWS.Endpoints.Kinesis, Stream: p.cfg.Kinesis.StreamName(), ARN: p.cfg.Kinesis.StreamARN(), Connector: p.name,
		Rows:       func(shard messages.ShardID) stream.RowMaker { return p.renderer(shard) },
		DeadLetter: p.dead,
		Pace:       p.host.Pace,
		Retrying: func(f *messages.Fault) {
			p.log.Debug().Str("shard", string(f.Shard)).Err(f).Msg("read again soon")
		},
	}
	if path := payload.New(nil, p.host.Transform); path != nil {
		streamConfig.Payloads = path
	}
	p.streams = p.shards(streamConfig)
	streamConfig.DeadLetter = nil // the letters were put the first time
	p.recounts = catalog{stream.New(streamConfig)}
	if p.host.AWS == nil {
		c.HTTPClient = nil // its own bounds each attempt: a silent connection must not outlive a lease
	}
	p.table = access.Table(p.cfg, c)
	return nil
}

// source opens a reader's source of a shard.
func (p *plant) source(shard messages.Shard, from messages.ReadFrom) actors.BlockSource {
	return p.streams.Open(shard, from)
}

// recountSource opens a source that only counts.
func (p *plant) recountSource(shard messages.Shard, from messages.ReadFrom) actors.BlockSource {
	return p.recounts.Open(shard, from)
}

// catalog is the stream as Lease asks for it.
type catalog struct{ *stream.Client }

// Open implements shardStream.
func (c catalog) Open(shard messages.Shard, from messages.ReadFrom) actors.BlockSource {
	return c.Client.Open(shard, from)
}

// List implements actors.StreamCatalog.
func (c catalog) List(ctx context.Context) ([]messages.Shard, error) {
	return c.Client.List(ctx, stream.TrimToTip)
}

// ListAt implements actors.StreamCatalog.
func (c catalog) ListAt(ctx context.Context, at time.Time) ([]messages.Shard, error) {
	if at.IsZero() {
		return c.Client.List(ctx, stream.AtTrimHorizon)
	}
	return c.Client.List(ctx, stream.AtTimestamp(at))
}
