package supervisor

import (
	"context"
	"maps"
	"runtime/debug"
	"slices"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/kinesnow/kinesnow/actors"
	"github.com/kinesnow/kinesnow/messages"
)

const (
	pauseWithin = 20 * time.Second // for one change of what is paused
	pauseWarned = time.Hour        // between warnings of a pause that lasts
)

// pauseTable keeps pauses where every node sees them. A pause is a decision
// about the stream, not about a process: a shard that moves, or a process that
// starts anew, stays paused. So nobody here keeps what is paused: Lease reads it
// with each look at the table, and tells it beside the leases.
type pauseTable interface {
	Pause(ctx context.Context, shards []messages.ShardID, who string) (messages.Pauses, error)
	Resume(ctx context.Context, shards []messages.ShardID, who string) (messages.Pauses, error)
}

// pausesChanged is the result of a change.
type pausesChanged struct {
	sender *actor.PID
	err    error
}

// changePauses carries a *messages.Pause or *messages.Resume out, outside of the
// mailbox.
func (k *connector) changePauses(c actor.Context, command any) {
	self, root, sender, table := c.Self(), c.ActorSystem().Root, c.Sender(), k.plant.table
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), pauseWithin)
		defer cancel()
		r := &pausesChanged{sender: sender}
		defer func() {
			if p := recover(); p != nil {
				r.err = actors.CrashFault(p, debug.Stack())
			}
			root.Send(self, r)
		}()
		switch m := command.(type) {
		case *messages.Pause:
			_, r.err = table.Pause(ctx, m.Shards, m.Who)
		case *messages.Resume:
			_, r.err = table.Resume(ctx, m.Shards, m.Who)
		}
	}()
}

// pausesChanged answers whoever asked; what is to be done follows from the look.
func (k *connector) pausesChanged(c actor.Context, m *pausesChanged) {
	done := &messages.Done{}
	if m.err != nil {
		done.Error = firstLine(m.err.Error())
	} else if lease := k.children[nameLease]; lease != nil {
		c.Send(lease, &messages.LookWanted{})
	}
	if m.sender != nil {
		c.Send(m.sender, done)
	}
}

// notePauses records what the table says by now.
func (k *connector) notePauses(c actor.Context, now messages.Pauses) {
	if events := k.ledger.Paused.Change(now, time.Now().UTC()); len(events) > 0 {
		k.record(c, events...)
		k.plant.log.Info().Bool("all", now.All).Int("shards", len(now.Shards)).Str("who", now.Who).Msg("what is paused has changed")
	}
}

// pauses winds down what is paused now and was not, and the other way round; a
// shard whose lot stays the same is left alone.
func (m *shardManager) pauses(c actor.Context, now messages.Pauses) {
	was := m.paused
	m.paused = now
	for _, id := range slices.Sorted(maps.Keys(m.units)) {
		unit := m.units[id]
		switch now, before := now.Has(id), was.Has(id); {
		case now && !before:
			c.Request(unit, &windDown{within: m.plant.drainTimeout()})
		case before && !now:
			c.Send(unit, &resumeShard{})
		}
	}
}

// resumeShard lets a paused unit go on.
type resumeShard struct{}

// pauseLasts says that a pause has lasted for half of the retention, "" while it
// has not: what is not read in the other half is lost.
func (k *connector) pauseLasts(now time.Time) string {
	if k.node == nil || k.node.Pauses.None() || k.node.Pauses.Since.IsZero() || k.node.Stream.Retention == 0 {
		return ""
	}
	lasted, retention := now.Sub(k.node.Pauses.Since), k.node.Stream.Retention
	if lasted < retention/2 {
		return ""
	}
	left := "records are being lost"
	if lasted < retention {
		left = "records are lost in " + (retention - lasted).Round(time.Minute).String()
	}
	return "paused for " + lasted.Round(time.Minute).String() + " of a retention of " + retention.String() + ": " + left
}

// warnOfPause logs it now and then.
func (k *connector) warnOfPause(now time.Time) {
	why := k.pauseLasts(now)
	if why == "" || now.Sub(k.warned) < pauseWarned {
		return
	}
	k.warned = now
	k.plant.log.Warn().Str("who", k.node.Pauses.Who).Msg(why)
}
