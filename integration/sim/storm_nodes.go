package sim

import (
	"strconv"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/kinesnow/kinesnow/messages"
)

// What befalls nodes and their actors.

func (w *World) kill(d dice) bool {
	live := w.live()
	if len(live) == 0 {
		return false
	}
	n := pick(d, live...)
	w.ledger.strike(&Blow{kind: "node killed", node: n.name, slow: true})
	n.die()
	if len(w.staying()) == 0 || d.chance(500) {
		w.agenda.in(odd(d, 10*time.Millisecond, 30*time.Second), func() { w.start() })
	}
	return true
}

func (w *World) join(d dice) bool {
	if len(w.live()) >= 3 {
		return false
	}
	n := w.start()
	w.ledger.strike(&Blow{kind: "node joined", node: n.name, within: 2 * memory})
	return true
}

func (w *World) freeze(d dice) bool {
	live := w.live()
	if len(live) == 0 {
		return false
	}
	n := pick(d, live...)
	if n.isFrozen() {
		return false
	}
	length := odd(d, time.Second, 3*w.plan.LeaseDuration)
	w.ledger.strike(&Blow{kind: "node frozen", node: n.name, within: length + memory})
	w.trace.note("storm", n.name, "stands still for "+length.String())
	n.freeze(length)
	return true
}

func (w *World) drain(d dice) bool {
	staying := w.staying()
	if len(staying) < 2 {
		return false
	}
	n := pick(d, staying...)
	n.leaving = true
	w.ledger.strike(&Blow{kind: "node drained", node: n.name, slow: true})
	w.system.Root.RequestWithCustomSender(n.pid, &messages.Drain{Within: odd(d, 2*time.Second, 25*time.Second)}, w.host)
	return true
}

// endActor ends an actor of a node: mostly one on the data path.
func (w *World) endActor(d dice, kind string, end func(*actor.PID)) bool {
	live := w.live()
	if len(live) == 0 {
		return false
	}
	n := pick(d, live...)
	var mine []string
	for _, shard := range w.ledger.worked() {
		if w.ledger.worker(shard) == n.name {
			mine = append(mine, shard)
		}
	}
	b := &Blow{kind: kind, node: n.name}
	name := n.name + "/" + pick(d, "leases", "commits", "ledger", "shards")
	if len(mine) > 0 && !d.chance(200) {
		shard := pick(d, mine...)
		name = n.name + "/shards/" + shard
		if s := w.states[n.name]; s != nil && d.chance(850) {
			for i := range s.Shards {
				if string(s.Shards[i].Shard) == shard {
					name += pick(d, "/channel-", "/reader-", "/checkpoint-") + strconv.FormatInt(s.Shards[i].Epoch, 10)
				}
			}
		}
		b.shard = shard
	}
	b.actor = name
	w.ledger.strike(b)
	end(actor.NewPID(n.pid.Address, name))
	return true
}

// pause pauses what a node works on. It holds for all of them, so anybody who is
// there then ends it.
func (w *World) pause(d dice) bool {
	staying := w.staying()
	if len(staying) == 0 {
		return false
	}
	n := pick(d, staying...)
	var mine []messages.ShardID
	for _, shard := range w.ledger.worked() {
		if w.ledger.worker(shard) == n.name {
			mine = append(mine, messages.ShardID(shard))
		}
	}
	if len(mine) > 0 {
		w.ledger.strike(&Blow{kind: "paused and resumed", node: n.name, shard: string(mine[0])})
	}
	w.system.Root.RequestWithCustomSender(n.pid, &messages.Pause{Shards: mine}, w.host)
	w.agenda.in(odd(d, time.Millisecond, 20*time.Second), func() { w.resume(3) })
	return true
}

// resume ends every pause, and says so times times: what says it may be lost on
// the way, or a pause come late.
func (w *World) resume(times int) {
	for _, n := range w.live() {
		w.system.Root.RequestWithCustomSender(n.pid, &messages.Resume{}, w.host)
	}
	if times > 1 {
		w.agenda.in(10*time.Second|5, func() { w.resume(times - 1) })
	}
}
