package supervisor

import (
	"context"
	"slices"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/kinesnow/kinesnow/actors"
	"github.com/kinesnow/kinesnow/messages"
)

// retireGrace is how long a drain waits for the node slot to be given up.
const retireGrace = 2 * time.Second

// drainAll stops reading, commits, checkpoints, and releases every lease, then
// stops the connector itself. Whatever does not make it in time is read again
// by the next owner: its opening fences this one.
func (k *connector) drainAll(c actor.Context, m *messages.Drain) {
	if k.drain != nil {
		k.drain.senders = append(k.drain.senders, c.Sender())
		return
	}
	within := m.Within
	if within <= 0 {
		within = k.plant.drainTimeout()
	}
	k.drain = &draining{senders: []*actor.PID{c.Sender()}, waiting: map[messages.ShardID]bool{}}
	k.plant.leaving = true
	k.publish(c)
	if lease := k.children[nameLease]; lease != nil {
		c.Send(lease, &messages.Leaving{})
	}
	if k.children[nameShards] == nil {
		k.drained(c)
		return
	}
	actors.After(c, within+retireGrace, &drainLate{})
	c.Send(k.children[nameShards], &windDown{release: true, within: within})
}

func (k *connector) winding(c actor.Context, m *windingShards) {
	if k.drain == nil || k.drain.known {
		return
	}
	k.drain.known = true
	k.drain.left = append(k.drain.left, m.left...)
	for _, id := range m.shards {
		k.drain.waiting[id] = true
	}
	k.checkDrained(c)
}

func (k *connector) windDone(c actor.Context, m *windDone) {
	if k.drain == nil {
		return
	}
	delete(k.drain.waiting, m.shard)
	if !m.clean {
		k.drain.left = append(k.drain.left, m.shard)
	}
	k.checkDrained(c)
}

// unitGone gives up on one shard: its unit left without a word.
func (k *connector) unitGone(c actor.Context, m *unitGone) {
	if k.drain != nil && k.drain.waiting[m.shard] {
		k.windDone(c, &windDone{shard: m.shard})
	}
}

// shardsGone gives up on what a drain still waited for: nobody can answer.
func (k *connector) shardsGone(c actor.Context) {
	if k.drain == nil || k.drain.retired {
		return
	}
	k.drained(c)
}

func (k *connector) checkDrained(c actor.Context) {
	if k.drain.known && len(k.drain.waiting) == 0 {
		k.drained(c)
	}
}

// drained gives the node slot up; Retired ends the drain.
func (k *connector) drained(c actor.Context) {
	if k.drain == nil || k.drain.retired {
		return // a restart in place has forgotten the drain, but not its timer
	}
	k.drain.retired = true
	for id := range k.drain.waiting {
		k.drain.left = append(k.drain.left, id)
	}
	slices.Sort(k.drain.left)
	k.drain.left = slices.Compact(k.drain.left) // a unit may have answered twice: with less than all, then late
	if lease := k.children[nameLease]; lease != nil {
		c.Request(lease, &messages.Retire{})
		actors.After(c, retireGrace, &messages.Retired{})
		return
	}
	k.retired(c)
}

// retired records that the drain is over. The answer to that is the last of the
// ledger's: whatever anybody had for it is in the journal then.
func (k *connector) retired(c actor.Context) {
	if k.drain == nil || !k.drain.retired || k.drain.told != nil {
		return
	}
	k.drain.told = &messages.ConnectorDrained{Clean: len(k.drain.left) == 0, Left: k.drain.left, At: time.Now().UTC()}
	k.record(c, k.drain.told)
	if k.children[nameLedger] == nil {
		k.leave(c)
		return
	}
	actors.After(c, recordGrace, &recordLate{})
}

// recordGrace is how long the end of a drain waits for the ledger: evidence
// never holds anybody up for long (P25).
const recordGrace = time.Second

// recorded: the ledger has answered.
func (k *connector) recorded(c actor.Context) {
	if k.drain != nil && k.drain.told != nil && k.outbox.Unanswered() == nil {
		k.leave(c)
	}
}

// leave answers who asked for the drain, and stops the connector.
func (k *connector) leave(c actor.Context) {
	if k.drain == nil || k.drain.told == nil {
		return // a restart in place has forgotten the drain, but not its timer
	}
	if left := k.outbox.Unanswered(); left != nil {
		k.plant.book.Keep(context.Background(), left) // it leaves out what it has
	}
	k.plant.close()
	d := k.drain
	for _, sender := range d.senders {
		if sender != nil {
			c.Send(sender, &messages.Drained{Clean: d.told.Clean, Left: d.left})
		}
	}
	c.Stop(c.Self())
}
