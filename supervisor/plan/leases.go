package plan

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/kinesnow/kinesnow/actors"
	"github.com/kinesnow/kinesnow/adapters/leasetable"
	"github.com/kinesnow/kinesnow/adapters/stream"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor"
	"github.com/kinesnow/kinesnow/supervisor/config"
)

// leases is what run would find and leave in the lease table.
type leases struct {
	stream *messages.Stream
	row    messages.StreamRow
	rows   []messages.ShardRow // those that are there, and those that would be made
}

// leases looks at stream and lease table. nil where run would not get past
// them: the error says why.
func (p *Planner) leases(ctx context.Context, r *Report) (*leases, error) {
	shape, err := p.table.Look(ctx)
	if err != nil {
		return nil, err
	}
	described, err := p.stream.Describe(ctx)
	if err != nil {
		return nil, err
	}
	l := &leases{stream: described}
	var found messages.TableRows
	if shape == leasetable.ShapeAbsent {
		r.add(Create, LeaseTable, []string{p.cfg.Application}, "DynamoDB in %s, on demand (PAY_PER_REQUEST); key streamName, shardId", p.cfg.AWS.Region)
	} else {
		if found, err = p.rowsOf(ctx); err != nil {
			return nil, err
		}
		r.add(There, LeaseTable, []string{p.cfg.Application}, "%s, %s", several(len(found.Shards), "shard"), several(len(found.Nodes), "node"))
	}
	if err := p.streamRow(r, l, found.Stream); err != nil {
		return nil, err
	}
	if err := p.shardRows(ctx, r, l, found.Shards); err != nil {
		return nil, err
	}
	p.nodeRow(r, found.Nodes)
	p.adopted(r, l, found.Shards)
	return l, p.consumer(ctx, r)
}

// rowsOf reads the table; Stream refuses a newer version's row.
func (p *Planner) rowsOf(ctx context.Context) (messages.TableRows, error) {
	if _, err := p.table.Stream(ctx); err != nil {
		return messages.TableRows{}, err
	}
	return p.table.Rows(ctx)
}

// streamRow is what is decided once for the whole stream (P12).
func (p *Planner) streamRow(r *Report, l *leases, row *messages.StreamRow) error {
	position := p.cfg.Kinesis.InitialPosition
	fresh := messages.StreamRow{ARN: l.stream.ARN, CreatedAt: l.stream.CreatedAt, Position: string(position.Kind), Timestamp: position.At}
	if position.Kind == config.Latest {
		fresh.Timestamp = l.stream.Now
	}
	switch {
	case row == nil:
		l.row = fresh
		r.add(Create, StreamRow, []string{l.stream.Name}, "first start, decided once: %s", begins(fresh))
		return nil
	case row.ARN != l.stream.ARN:
		return messages.Stopped(messages.StreamRecreated, "", "the lease table belongs to stream %s, not %s", row.ARN, l.stream.ARN)
	case row.CreatedAt.Unix() != l.stream.CreatedAt.Unix() && p.cfg.Kinesis.OnStreamRecreated != config.ResetOnStreamRecreated:
		return messages.Stopped(messages.StreamRecreated, "", "the stream was created %s, but the lease table was made for the one of %s",
			l.stream.CreatedAt.UTC().Format(time.RFC3339), row.CreatedAt.UTC().Format(time.RFC3339))
	case row.CreatedAt.Unix() != l.stream.CreatedAt.Unix():
		l.row = fresh
		r.add(Alter, StreamRow, []string{l.stream.Name}, "the stream was created anew: all shards start over, %s", begins(fresh))
		return nil
	}
	l.row = *row
	r.add(There, StreamRow, []string{l.stream.Name}, "first start was %s", begins(*row))
	if row.Position != fresh.Position || fresh.Position == string(config.AtTimestamp) && row.Timestamp.UnixMilli() != fresh.Timestamp.UnixMilli() {
		r.add(Ignored, Setting, []string{"kinesis.initial_position"}, "%s decides nothing any more: the application started before", position)
	}
	return nil
}

// begins says where shards of the first set start.
func begins(row messages.StreamRow) string {
	switch config.PositionKind(row.Position) {
	case config.TrimHorizon:
		return "at the oldest record (TRIM_HORIZON)"
	case config.Latest:
		return "with what arrives from " + row.Timestamp.UTC().Format(time.RFC3339) + " on (LATEST)"
	}
	return "with what arrived from " + row.Timestamp.UTC().Format(time.RFC3339Nano) + " on"
}

// shardRows are those of the first set, and of whatever else is listed.
func (p *Planner) shardRows(ctx context.Context, r *Report, l *leases, there []messages.ShardRow) error {
	l.rows = there
	if !l.row.Initialised {
		filter := stream.AtTrimHorizon
		if !l.row.Timestamp.IsZero() {
			filter = stream.AtTimestamp(l.row.Timestamp)
		}
		first, err := p.stream.List(ctx, filter)
		if err != nil {
			return err
		}
		l.add(actors.RowsToMake(first, nil))
	}
	listed, err := p.stream.List(ctx, stream.TrimToTip)
	if err != nil {
		return err
	}
	l.add(actors.RowsToMake(listed, l.rows))
	if len(there) > 0 {
		r.add(There, ShardRows, names(there), "%s", states(there))
	}
	if made := l.rows[len(there):]; len(made) > 0 {
		r.add(Create, ShardRows, names(made), "one for each shard to be read")
	}
	return nil
}

// add takes rows that are not there yet.
func (l *leases) add(rows []messages.ShardRow) {
	known := map[messages.ShardID]bool{}
	for i := range l.rows {
		known[l.rows[i].Shard] = true
	}
	for _, row := range rows {
		if !known[row.Shard] {
			l.rows = append(l.rows[:len(l.rows):len(l.rows)], row)
		}
	}
}

func names(rows []messages.ShardRow) []string {
	list := make([]string, len(rows))
	for i := range rows {
		list[i] = string(rows[i].Shard)
	}
	return list
}

// states counts what rows are.
func states(rows []messages.ShardRow) string {
	ended, owned := 0, 0
	for i := range rows {
		switch {
		case rows[i].Ended:
			ended++
		case rows[i].Owner != "":
			owned++
		}
	}
	text := fmt.Sprintf("%d to read", len(rows)-ended)
	if ended > 0 {
		text += fmt.Sprintf(", %d read to the end", ended)
	}
	if owned > 0 {
		text += fmt.Sprintf("; %d are held by a process, or were when it was killed", owned)
	}
	return text
}

// nodeRow is the slot that a process takes: the configured one, or the lowest
// that is free.
func (p *Planner) nodeRow(r *Report, nodes []messages.NodeRow) {
	rows, held := map[string]messages.NodeRow{}, []string{}
	for _, n := range nodes {
		rows[n.Node] = n
		if n.Process != "" {
			held = append(held, n.Node)
		}
	}
	slot := p.node
	for k := 0; slot == ""; k++ {
		if id := fmt.Sprintf("node-%d", k); rows[id].Process == "" {
			slot = id
		}
	}
	taken := ""
	if len(held) > 0 {
		taken = fmt.Sprintf("; or one of %s, if its process is dead", strings.Join(held, ", "))
	}
	if _, there := rows[slot]; there {
		r.add(There, NodeRow, []string{slot}, "the process takes this slot%s", taken)
		return
	}
	r.add(Create, NodeRow, []string{slot}, "the process and its heartbeat%s", taken)
}

// adopted says what of another product's has to be vouched for.
func (p *Planner) adopted(r *Report, l *leases, there []messages.ShardRow) {
	var shards []string
	for i := range there {
		if actors.NeedsWord(&there[i]) {
			shards = append(shards, string(there[i].Shard))
		}
	}
	switch {
	case len(shards) == 0:
	case l.row.Drained:
		r.add(Alter, ShardRows, shards, "another product's, taken over where they are: somebody vouched that all its rows have landed")
	default:
		r.stops(messages.Stopped(messages.AdoptedUndrained, "", "%d shards were worked on by another product (Openflow, NiFi, a KCL): look at kinesnow migrate --plan", len(shards)))
	}
}

// consumer is that of enhanced fan-out.
func (p *Planner) consumer(ctx context.Context, r *Report) error {
	if p.cfg.Kinesis.ConsumerType != config.EnhancedFanOut {
		return nil
	}
	arn, err := p.stream.Registered(ctx)
	switch {
	case err != nil:
		return err
	case arn == "":
		r.add(Create, Consumer, []string{p.cfg.Application}, "enhanced fan-out: AWS bills each consumer by shard and hour")
	default:
		r.add(There, Consumer, []string{p.cfg.Application}, "%s", arn)
	}
	return nil
}

// channel names a shard's channel.
func (p *Planner) channel(l *leases, shard messages.ShardID) string {
	return supervisor.ChannelName(p.cfg.Application, l.stream, shard)
}
