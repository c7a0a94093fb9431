package fleet

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/kinesnow/kinesnow/actors"
	"github.com/kinesnow/kinesnow/adapters/warehouse"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor"
)

// LeaseTable is DynamoDB as a reader uses it.
type LeaseTable interface {
	// Stream reads what was decided once for the stream; nil where the
	// application never ran.
	Stream(ctx context.Context) (*messages.StreamRow, error)
	Rows(ctx context.Context) (messages.TableRows, error)
}

// Channels is Snowflake as a reader uses it. A channel that it does not know
// has no key.
type Channels interface {
	Status(ctx context.Context, channels []string) (map[string]*messages.ChannelStatus, error)
}

// Reader reads one connector's lease rows and channels.
type Reader struct {
	name     string
	cfg      supervisor.Config
	leases   LeaseTable
	channels Channels
	catalog  Catalog // nil = not asked
}

// Read looks once. What it returns is worth showing beside an error too, a
// *messages.Fault: where Snowflake cannot be asked the lease rows are there, and
// else what the configuration says.
func (r *Reader) Read(ctx context.Context, now time.Time) (Connector, error) {
	c := r.blank()
	row, err := r.leases.Stream(ctx)
	if err == nil && row == nil {
		c.Error = "application " + r.cfg.Application + " never ran on this stream"
		return c, nil
	}
	var rows messages.TableRows
	if err == nil {
		rows, err = r.leases.Rows(ctx)
	}
	if err != nil {
		c.Error = err.Error()
		return c, err
	}
	shards := rows.Shards
	names := make([]string, 0, len(shards))
	stream := &messages.Stream{Name: c.Stream, ARN: row.ARN, CreatedAt: row.CreatedAt}
	for i := range shards {
		if !shards[i].Ended {
			names = append(names, supervisor.ChannelName(r.cfg.Application, stream, shards[i].Shard))
		}
	}
	statuses, err := r.channels.Status(ctx, names)
	if err != nil {
		c.Error = "Snowflake could not be asked: " + err.Error()
	}
	for i := range shards {
		channel := supervisor.ChannelName(r.cfg.Application, stream, shards[i].Shard)
		c.addRow(&shards[i], channel, statuses[channel], now)
		c.Shards[i].unasked = err != nil
	}
	c.Channels, _ = actors.UseOf(shards)
	r.outlook(ctx, &c, shards, now)
	c.conclude(row.Pauses)
	c.sort()
	return c, err
}

// blank is what the configuration says.
func (r *Reader) blank() Connector {
	s := r.cfg.Snowflake
	return Connector{
		Name: r.name, Source: FromLeases, Region: r.cfg.AWS.Region, Stream: r.cfg.Kinesis.StreamName(),
		Target: s.Database + "." + s.Schema + "." + s.Table, Nodes: []string{}, Shards: []Shard{},
		table: warehouse.FullName(s.Database, s.Schema, s.Table),
	}
}

// addRow takes over one lease row and its channel's status, nil where there is
// none.
func (c *Connector) addRow(row *messages.ShardRow, channel string, status *messages.ChannelStatus, now time.Time) {
	sh := Shard{
		Shard: string(row.Shard), State: Owned, Generation: row.Epoch, Channel: channel,
		RowsCommitted: row.Counters.Committed, Rejected: row.Counters.Rejected, Discarded: row.Counters.Discarded,
	}
	sh.Node, _, _ = strings.Cut(string(row.Owner), "/") // <node>/<process>
	switch {
	case row.Ended:
		sh.State, sh.Node, sh.Channel = Ended, "", ""
		c.Ended++
	case row.Owner == "":
		sh.State = Free
	case row.Expiry != 0 && now.UnixMilli() > row.Expiry:
		sh.State = Expired
	case row.Stop != "":
		sh.Stop, sh.Error, sh.Hint = string(row.Stop), "stopped by its process", row.Stop.Hint()
	}
	if sh.Node != "" && !slices.Contains(c.Nodes, sh.Node) {
		c.Nodes = append(c.Nodes, sh.Node)
	}
	if k, err := messages.ParseToken(row.Committed, row.Shard); err == nil {
		sh.Checkpoint = k.Position.String()
	} else if row.PartialSeq != "" { // taken over by a migration
		sh.Checkpoint = messages.Position{Seq: row.PartialSeq, Sub: row.PartialSub}.String()
	} else if row.Sequence != "" { // another product's
		sh.Checkpoint = messages.Position{Seq: row.Sequence, Sub: messages.Whole}.String()
	}
	if status != nil && !row.Ended {
		t, err := messages.ParseToken(status.Token, row.Shard)
		switch {
		case err == nil:
			sh.Committed, sh.CommittedAt = t.Position.String(), moment(t.ArrivedAt())
		case status.Token != "":
			sh.Stop, sh.Error, sh.Hint = string(messages.TokenForeign), err.Error(), messages.TokenForeign.Hint()
		}
		if status.RowsErrors > 0 {
			sh.Rejection = status.Rejection(status.RowsErrors, warehouse.ErrorRows(c.table, channel, messages.Position{}, messages.Position{}))
		}
		if !status.Healthy {
			sh.Error = "channel status " + status.Code
		}
	}
	c.Listed++
	c.RowsCommitted += sh.RowsCommitted
	c.Rejected += sh.Rejected
	c.Discarded += sh.Discarded
	c.Filtered += row.Counters.Filtered
	c.Shards = append(c.Shards, sh)
}
