package supervisor

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/kinesnow/kinesnow/actors"
	"github.com/kinesnow/kinesnow/actors/actorstest"
	"github.com/kinesnow/kinesnow/messages"
)

// folded tells a stream of a process's journal to its end.
func folded[S interface{ Evolve(messages.Event) S }](t *testing.T, p *process, stream string, state S) S {
	t.Helper()
	err := p.plant.journal.Read(t.Context(), stream, 0, func(e messages.Entry) bool {
		event, err := messages.Decode(e.Kind, e.Body)
		if err != nil {
			t.Error(err)
			return false
		}
		state = state.Evolve(event)
		return true
	})
	if err != nil {
		t.Error(err)
	}
	return state
}

// TestStatesRebuildFromTheirStreams: what Checkpoint and Lease know and what the
// lease table says is what their events add up to, wherever everybody who
// writes events lived long enough to hand them over (design.md 4). Readers,
// channels, Commits and the ledger itself die all the time meanwhile, calls go
// wrong, nodes join, leave and hand over.
func TestStatesRebuildFromTheirStreams(t *testing.T) {
	for seed := uint64(1); seed <= 12; seed++ {
		synctest.Test(t, func(t *testing.T) { rebuild(t, seed) })
	}
}

func rebuild(t *testing.T, seed uint64) {
	const shards = 4
	w := fleetOf(t, shards)
	w.storm.dice, w.storm.wrong = newDice(seed), 30
	w.cloud.Play(w.storm.calls)
	w.spawn()
	for tick := range 60 {
		w.flowFor(shards, time.Second)
		switch {
		case tick == 15 || tick == 20:
			w.spawn()
		case tick == 40:
			w.drain(0)
		case w.storm.dice.chance(300):
			w.killOne([]string{"reader", "channel", nameCommits, nameLedger}[w.storm.dice.n(4)])
		}
	}
	w.storm.end()
	w.cloud.Play(nil)
	time.Sleep(2 * time.Minute) // until what rests is settled
	for _, p := range w.processes {
		w.rebuilt(p, shards, seed)
	}
	w.endWhole()
}

// wroteIn is the epoch of the newest checkpoint in a stream.
type wroteIn int64

func (w wroteIn) Evolve(e messages.Event) wroteIn {
	if c, ok := e.(*messages.Checkpointed); ok {
		return wroteIn(c.Epoch)
	}
	return w
}

// killOne kills an actor of a kind on a random shard of a random process.
func (w *chaosWorld) killOne(kind string) {
	p := w.processes[w.storm.dice.n(len(w.processes))]
	state := p.plant.published.Load()
	if state == nil || len(state.Shards) == 0 {
		return
	}
	sh := &state.Shards[w.storm.dice.n(len(state.Shards))]
	name := p.pid.Id + "/" + kind
	if kind == "reader" || kind == "channel" {
		name = fmt.Sprintf("%s/%s/%s/%s-%d", p.pid.Id, nameShards, sh.Shard, kind, sh.Epoch)
	}
	w.system.Root.Stop(actor.NewPID(p.pid.Address, name))
}

// rebuilt holds a process's streams to the lease table.
func (w *chaosWorld) rebuilt(p *process, shards int, seed uint64) {
	w.t.Helper()
	lease := folded(w.t, p, "leases/"+p.plant.process, actors.LeaseLedger{})
	for i := range shards {
		row := w.cloud.Table.Row(actorstest.ShardID(i))
		mine := row.Owner == messages.MakeOwner(lease.Node, p.plant.process)
		if lease.Held[row.Shard] != mine {
			w.t.Errorf("seed %d, %s: its events say %v of %s, the table %v", seed, p.plant.process, lease.Held[row.Shard], row.Shard, mine)
		}
		if !mine {
			continue
		}
		s := folded(w.t, p, actors.ShardStream(row.Shard), actors.ShardLedger{})
		newest := s.Checkpoint
		if s.Skipped.Covers(newest) {
			newest = s.Skipped
		}
		// A generation that found the row settled and wrote nothing says nothing of it.
		settled := s.Settled == row.Settled || folded(w.t, p, actors.ShardStream(row.Shard), wroteIn(0)) != wroteIn(row.Epoch)
		if newest != row.Newest() || s.Counters != row.Counters || !settled || s.Epoch != row.Epoch || s.Ended != row.Ended {
			w.t.Errorf("seed %d, %s, %s: its events add up to %s %+v settled %v epoch %d, the row is at %s %+v settled %v epoch %d",
				seed, p.plant.process, row.Shard, newest, s.Counters, s.Settled, s.Epoch, row.Newest(), row.Counters, row.Settled, row.Epoch)
		}
	}
}
