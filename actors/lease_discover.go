package actors

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/kinesnow/kinesnow/messages"
)

// discovered is one look at the table, and at the stream where it was due.
type discovered struct {
	began    time.Time
	table    messages.TableRows
	listed   []messages.Shard // nil = not asked this time
	stream   *messages.Stream // asked beside the list,
	answered time.Time        // and when
	made     []messages.Shard // rows that were made for shards found
	err      error
}

// discover reads the table, and the shard list each minute and whenever
// something ended (KP1), and makes rows for the shards that are new.
func (l *Lease) discover(c actor.Context) {
	if l.discovering {
		l.again = true
		return
	}
	l.discovering, l.again = true, false
	list := l.listNow || time.Since(l.lastList) >= listEvery
	l.listNow = false
	run(l.ctx, c, func() any {
		ctx, cancel := context.WithTimeout(l.ctx, discoverLimit)
		defer cancel()
		d := &discovered{began: time.Now()}
		if list {
			if d.stream, d.err = l.Streams.Describe(ctx); d.err != nil {
				return d
			}
			d.answered = time.Now()
			if d.listed, d.err = l.Streams.List(ctx); d.err != nil {
				return d
			}
		}
		if d.table, d.err = l.Table.Rows(ctx); d.err != nil || !list {
			return d
		}
		there := false
		for _, s := range unlisted(d.listed, byShard(d.table.Shards)) {
			row := shardRow(s)
			made, err := l.Table.CreateShard(ctx, row)
			if err != nil {
				d.err = err
				return d
			}
			if made {
				d.table.Shards, d.made = append(d.table.Shards, row), append(d.made, s)
			}
			there = there || !made
		}
		if there { // made since the table was read, and a parent perhaps
			d.table, d.err = l.Table.Rows(ctx)
		}
		return d
	})
}

// lookAtStream takes over what may change in the stream's row: what is paused,
// and whether an adopted table was drained. That word is taken back when no row
// needs it any more, for the table may be handed over again (P7).
func (l *Lease) lookAtStream(c actor.Context, row *messages.StreamRow, shards []messages.ShardRow) {
	if row == nil {
		return
	}
	l.pauses, l.streamRow.Drained = row.Pauses, row.Drained
	if !row.Drained || slices.ContainsFunc(shards, func(r messages.ShardRow) bool { return vouchedFor(&r) }) {
		return
	}
	run(l.ctx, c, func() any {
		ctx, cancel := context.WithTimeout(l.ctx, callLimit)
		defer cancel()
		if err := l.Table.ForgetDrained(ctx); err != nil { // else the next look tries again
			l.Log.Warn().Err(err).Msg("that the table was drained is still kept")
		}
		return nil
	})
}

func byShard(rows []messages.ShardRow) map[messages.ShardID]*messages.ShardRow {
	m := make(map[messages.ShardID]*messages.ShardRow, len(rows))
	for i := range rows {
		m[rows[i].Shard] = &rows[i]
	}
	return m
}

// look compares what the table says with what is held, and claims what is free.
func (l *Lease) look(c actor.Context, d *discovered) {
	l.discovering = false
	next := min(discoverEvery, l.Duration/4) // two looks tell a dead owner
	if d.err != nil {
		f := messages.AsFault("discover", d.err)
		l.Log.Warn().Err(f).Msg("discovery failed")
		if f.Class == messages.Rejected {
			c.Send(c.Parent(), &messages.ConnectorFault{Fault: f})
			next = probeParked / 10
		} else {
			l.blinded(c, f, time.Now())
		}
		if l.looked && d.listed != nil && d.table.Stream != nil { // some row cannot be made
			l.watchOwners(c, d, time.Now())
			l.publish(c)
		}
		l.listNow = true
		l.later(c, discoverTimer, next, &discoverNow{})
		return
	}
	l.sees()
	if l.claiming { // there is no owner to hold or claim anything for
		l.listNow = l.listNow || d.listed != nil
		l.later(c, discoverTimer, next, &discoverNow{})
		return
	}
	if d.stream != nil {
		if d.stream.CreatedAt.Unix() != l.stream.CreatedAt.Unix() {
			l.recreated(c, d.stream)
			return
		}
		l.stream, l.described = d.stream, d.answered // its retention may have changed
	}
	l.watchChannels(c, d.table.Shards)
	now := time.Now()
	l.Fleet.look(d.table.Shards, d.table.Nodes, now)
	if d.listed != nil {
		l.lastList = now
		clear(l.listed)
		for _, s := range d.listed {
			l.listed[s.ID] = s
		}
	}
	for _, s := range d.made {
		l.outbox.Add(c, &messages.ShardDiscovered{Shard: s.ID, Parents: s.Parents, At: now.UTC()})
	}
	rows := byShard(d.table.Shards)
	l.reconcile(c, d, rows)
	l.looked = true
	l.countDone(rows)
	l.countElsewhere(rows)
	l.nodes = d.table.Nodes
	l.lookAtStream(c, d.table.Stream, d.table.Shards)
	for i := range d.table.Shards {
		l.notice(c, &d.table.Shards[i])
	}
	l.watchOwners(c, d, now)
	l.even(c, d.table.Shards, now)
	l.tellEnded(c, d.table.Shards, now)
	l.publish(c)
	l.outbox.Repeat(c)
	if l.again {
		l.discover(c)
		return
	}
	l.later(c, discoverTimer, l.lookEvery(len(d.table.Shards)), &discoverNow{})
}

// recreated: the stream was deleted and created anew under a running process.
// Channel names carry the creation time (P3), so nothing that runs fits any
// more: let go of everything and begin again, or stop there.
func (l *Lease) recreated(c actor.Context, stream *messages.Stream) {
	l.Log.Error().Time("created", stream.CreatedAt).Msg("the stream was created anew")
	l.dropAll(c, "the stream was created anew")
	l.prepare(c)
}

// reconcile lets go of what the table gives to somebody else, and takes back
// what it gives to this process and is not held: what another node handed
// over, and everything where Lease was respawned, for it begins empty-handed
// (KP8). A look that began before a lease was let go of still shows it as this
// process's, and says nothing about it.
func (l *Lease) reconcile(c actor.Context, d *discovered, rows map[messages.ShardID]*messages.ShardRow) {
	for _, id := range inOrder(l.held) {
		h, r := l.held[id], rows[id]
		if h.since.Before(d.began) && !h.busy && r != nil && (r.Owner != l.owner || r.Ended) {
			switch {
			case r.Ended && r.Epoch == h.epoch:
				l.ownEnd(c, id, h)
			case r.Ended:
				l.drop(c, id, "ended")
				l.listNow = true
			default:
				l.lost(c, id, "the row names "+string(r.Owner))
			}
		}
	}
	for _, id := range inOrder(rows) {
		r := rows[id]
		if r.Owner == l.owner && !r.Ended && l.held[id] == nil && !l.claims(id) && !l.dropped[id].After(d.began) {
			l.hold(r, rows, d.began)
			l.outbox.Add(c, &messages.LeaseTaken{Shard: id, Epoch: r.Epoch, At: time.Now().UTC()})
		}
	}
	maps.DeleteFunc(l.dropped, func(_ messages.ShardID, at time.Time) bool { return !at.After(d.began) })
	for id, h := range l.held {
		if r := rows[id]; r != nil {
			h.first = firstSet(r, rows)
		}
	}
}

// countDone counts listed shards that are finished, or ended before the start.
func (l *Lease) countDone(rows map[messages.ShardID]*messages.ShardRow) {
	l.done = 0
	for id := range l.listed {
		if r := rows[id]; r == nil || r.Ended {
			l.done++
		}
	}
}
