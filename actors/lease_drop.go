package actors

import (
	"maps"
	"slices"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/kinesnow/kinesnow/messages"
)

type retired struct{}

// lost lets go of a lease that is another's, and stops its unit.
func (l *Lease) lost(c actor.Context, shard messages.ShardID, why string) {
	l.Log.Warn().Str("shard", string(shard)).Str("why", why).Msg("lease lost")
	l.drop(c, shard, "lost")
	l.listNow = true // a begin that met the shard's own SHARD_END is refused, too, and then there are children
	c.Send(l.Shards, &messages.LeaseLost{Shard: shard, Why: why})
}

// ownEnd: the row is at SHARD_END by this process's own write, whose answer is
// still to come. The unit hears it, says EndWritten, and the lease goes with that
// (finish); one that has died has no need of it either.
func (l *Lease) ownEnd(c actor.Context, shard messages.ShardID, h *heldLease) {
	switch {
	case h.ended.IsZero():
		h.ended, l.listNow = time.Now(), true // there are children now
	case time.Since(h.ended) > callLimit:
		l.drop(c, shard, "ended")
	}
}

func (l *Lease) drop(c actor.Context, shard messages.ShardID, why string) {
	h := l.held[shard]
	delete(l.held, shard)
	l.dropped[shard] = time.Now()
	l.outbox.Add(c, &messages.LeaseDropped{Shard: shard, Epoch: h.epoch, Why: why, At: time.Now().UTC()})
}

func (l *Lease) dropAll(c actor.Context, why string) {
	for _, id := range inOrder(l.held) {
		l.lost(c, id, why)
	}
}

// retire gives the node slot up, so that the next process may have it at once.
func (l *Lease) retire(c actor.Context) {
	l.retiring = c.Sender()
	if l.me.Node == "" {
		c.Respond(&messages.Retired{})
		return
	}
	node, owner, left := l.me, l.owner, map[messages.ShardID]int64{}
	for id, h := range l.held {
		left[id] = h.epoch
	}
	run(l.ctx, c, func() any {
		for _, id := range inOrder(left) { // whose units could not do it
			if err := l.Table.Release(l.ctx, id, owner, left[id]); err != nil {
				l.Log.Debug().Err(err).Str("shard", string(id)).Msg("lease not released")
			}
		}
		if err := l.Table.RetireNode(l.ctx, node); err != nil {
			l.Log.Debug().Err(err).Msg("node slot not retired")
		}
		return &retired{}
	})
}

// inOrder lists the shards of a map by id: what is done for each of them is
// done in the same order every time.
func inOrder[V any](byShard map[messages.ShardID]V) []messages.ShardID {
	return slices.Sorted(maps.Keys(byShard))
}
