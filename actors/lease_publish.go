package actors

import (
	"github.com/asynkron/protoactor-go/actor"

	"github.com/kinesnow/kinesnow/messages"
)

// publishSoon publishes at once, but while more claims are under way not more
// often than each publishPause: a thousand leases are taken in one rush.
func (l *Lease) publishSoon(c actor.Context) {
	switch {
	case len(l.taking) == 0:
		l.publish(c)
	case !l.telling:
		l.telling = true
		l.later(c, publishTimer, publishPause, &publishNow{})
	}
}

// publish tells the shards' subtree what it should be working on, and the
// connector how far things are.
func (l *Lease) publish(c actor.Context) {
	l.telling = false
	if l.stream == nil || l.leaving || l.retiring != nil {
		return
	}
	held := &messages.LeasesHeld{Stream: l.stream, Durable: l.durable(), Drained: l.streamRow.Drained, Pauses: l.pauses}
	for _, id := range inOrder(l.held) {
		held.Shards = append(held.Shards, messages.HeldShard{Shard: l.held[id].shard, First: l.held[id].first})
	}
	c.Send(l.Shards, held)
	c.Request(c.Parent(), &messages.NodeReady{
		Owner: l.owner, Node: l.me.Node, Stream: l.stream, Listed: len(l.listed), Done: l.done, Elsewhere: l.elsewhere, Idle: l.idle(), Unowned: l.unowned, Blind: l.blind, Pauses: l.pauses,
		Channels: l.channels,
	})
}

// idle reports whether the last look at the table left this process without a
// lease: it holds none, and no claim is under way.
func (l *Lease) idle() bool { return l.looked && len(l.held) == 0 && len(l.taking) == 0 }

// durable is where a shard of the first set starts while nothing was committed.
func (l *Lease) durable() messages.ReadFrom {
	if l.streamRow.Position == "TRIM_HORIZON" {
		return messages.ReadFrom{}
	}
	return messages.ReadFrom{Time: l.streamRow.Timestamp}
}

// finish lets go of a shard whose row is at SHARD_END, and looks for its
// children now.
func (l *Lease) finish(c actor.Context, m *messages.EndWritten) {
	if l.held[m.Shard] != nil {
		l.drop(c, m.Shard, "ended")
	}
	l.listNow = true
	l.discover(c)
}
