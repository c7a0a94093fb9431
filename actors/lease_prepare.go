package actors

import (
	"strconv"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/kinesnow/kinesnow/messages"
)

// probeParked is how often a parked connector is tried again: credentials and
// grants heal when somebody mends them (P11).
const probeParked = 5 * time.Minute

// prepared is the result of everything that comes before the first lease.
type prepared struct {
	stream *messages.Stream
	row    messages.StreamRow
	node   messages.NodeRow
	err    error
}

// nodeID is the id of slot k.
func nodeID(k int) string { return "node-" + strconv.Itoa(k) }

// prepare makes table, __stream__ row and first set, and claims a node slot;
// all of it may be repeated.
func (l *Lease) prepare(c actor.Context) {
	run(l.ctx, c, func() any {
		p := &prepared{}
		if p.err = l.Table.Prepare(l.ctx); p.err != nil {
			return p
		}
		if p.stream, p.err = l.Streams.Describe(l.ctx); p.err != nil {
			return p
		}
		if p.row, p.err = l.streamState(p.stream); p.err != nil {
			return p
		}
		if !p.row.Initialised {
			if p.err = l.firstRows(p.row); p.err != nil {
				return p
			}
		}
		p.node, p.err = l.claimNode()
		return p
	})
}

// reportEdit says that initial_position was changed after the first start,
// which decides nothing any more (P12).
func (l *Lease) reportEdit(row *messages.StreamRow) {
	moved := l.Position == "AT_TIMESTAMP" && row.Timestamp.UnixMilli() != l.Start.UnixMilli()
	if row.Initialised && (row.Position != l.Position || moved) {
		l.Log.Warn().Str("kept", row.Position).Time("from", row.Timestamp).Str("configured", l.Position).
			Msg("initial_position is ignored: the application started before")
	}
}

// streamState reads or writes once what was decided for the whole stream: its
// identity, and where LATEST was (P12). LATEST is never resolved twice.
func (l *Lease) streamState(s *messages.Stream) (messages.StreamRow, error) {
	fresh := messages.StreamRow{
		ARN: s.ARN, CreatedAt: s.CreatedAt, Position: l.Position, Timestamp: l.Start, Schema: messages.SchemaVersion,
	}
	if l.Position == "LATEST" {
		fresh.Timestamp = s.Now
	}
	row, err := l.Table.Stream(l.ctx)
	if err != nil {
		return messages.StreamRow{}, err
	}
	if row == nil {
		if row, err = l.Table.CreateStream(l.ctx, fresh); err != nil {
			return messages.StreamRow{}, err
		}
	}
	switch {
	case row.ARN != s.ARN:
		return messages.StreamRow{}, messages.Stopped(messages.StreamRecreated, "", "the lease table belongs to stream %s, not %s", row.ARN, s.ARN)
	case row.CreatedAt.Unix() == s.CreatedAt.Unix():
		l.reportEdit(row)
		return *row, nil
	case !l.Reset:
		return messages.StreamRow{}, messages.Stopped(messages.StreamRecreated, "",
			"the stream was created %s, but the lease table was made for the one of %s", s.CreatedAt.UTC().Format(time.RFC3339), row.CreatedAt.UTC().Format(time.RFC3339))
	}
	l.Log.Warn().Time("created", s.CreatedAt).Msg("the stream was created anew: its shards start over")
	return fresh, l.Table.ResetStream(l.ctx, *row, fresh)
}

// firstRows makes the rows of the first set. Ancestors of it that are still
// listed get none: they count as ended before the start.
func (l *Lease) firstRows(row messages.StreamRow) error {
	shards, err := l.Streams.ListAt(l.ctx, row.Timestamp)
	if err != nil {
		return err
	}
	for _, s := range unlisted(shards, nil) {
		if _, err := l.Table.CreateShard(l.ctx, shardRow(s)); err != nil {
			return err
		}
	}
	return l.Table.MarkInitialised(l.ctx)
}

func shardRow(s messages.Shard) messages.ShardRow {
	return messages.ShardRow{Shard: s.ID, Parents: s.Parents, HashFrom: s.HashFrom, HashTo: s.HashTo, Settled: true}
}

// claimNode takes a node slot, or keeps the one that this process has (P20).
func (l *Lease) claimNode() (messages.NodeRow, error) {
	node := messages.NodeRow{Node: l.Slot, Process: l.Process, Host: l.Host, Version: l.Version}
	if l.Slot != "" {
		err := l.Table.Beat(l.ctx, node)
		if err == nil || messages.AsFault("beat", err).Class != messages.Fenced {
			return node, err
		}
	}
	fleet := NewFleet()
	for {
		rows, err := l.Table.Rows(l.ctx)
		if err != nil {
			return node, err
		}
		now := time.Now()
		fleet.look(nil, rows.Nodes, now)
		id, seen, ok := fleet.slot(rows.Nodes, l.Node, l.Duration, now)
		if ok {
			node.Node = id
			if seen != nil {
				node.Counter = seen.Counter
			}
			err := l.Table.ClaimNode(l.ctx, seen, node)
			if err == nil {
				return node, nil
			}
			if messages.AsFault("node", err).Class != messages.Fenced {
				return node, err
			}
			continue // somebody was faster
		}
		l.Log.Info().Str("node", id).Msg("waiting for the node slot to become free")
		if !sleep(l.ctx, l.Renew) {
			return node, l.ctx.Err()
		}
	}
}

// begin starts to hold leases, or tries again: at once what time heals, rarely
// what waits for a human.
func (l *Lease) begin(c actor.Context, m *prepared) {
	if m.err != nil {
		f := messages.AsFault("prepare", m.err)
		pause := l.retry.Next()
		if f.Class == messages.Rejected {
			pause = probeParked
			c.Send(c.Parent(), &messages.ConnectorFault{Fault: f})
		} else {
			l.Log.Warn().Err(f).Dur("again", pause).Msg("cannot begin yet")
		}
		l.later(c, prepareTimer, pause, &prepareNow{})
		return
	}
	l.retry.Reset()
	if l.began.IsZero() {
		l.began = m.stream.Now
	}
	l.claiming, l.denied, l.refused = false, false, time.Time{}
	c.Send(c.Parent(), &messages.ConnectorFault{})
	l.stream, l.described, l.streamRow, l.me = m.stream, time.Time{}, m.row, m.node
	owner := messages.MakeOwner(m.node.Node, l.Process)
	if l.owner != "" && l.owner != owner {
		l.dropAll(c, "node slot lost")
	}
	l.owner, l.Slot = owner, m.node.Node
	l.outbox.Add(c, &messages.NodeClaimed{Node: m.node.Node, Process: l.Process, At: time.Now().UTC()})
	l.listNow = true
	l.discover(c)
	l.later(c, renewTimer, l.Renew, &renewNow{})
}
