package supervisor

import (
	"fmt"
	"reflect"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/kinesnow/kinesnow/actors"
	"github.com/kinesnow/kinesnow/actors/actorstest"
	"github.com/kinesnow/kinesnow/adapters/journal"
	"github.com/kinesnow/kinesnow/messages"
)

// TestStatesRebuildWhoeverDies: what Connector, Checkpoint and Lease know is what
// their events add up to, also where they themselves die and come back, where
// processes die and others go on in their journals, where shards are paused and
// the connector stands still for want of rights. Only the ledger and those who
// hand it events do not die within the same seconds: what is lost between them
// is a dropped entry.
func TestStatesRebuildWhoeverDies(t *testing.T) {
	kills, looks := map[string]int{}, map[messages.Health]int{}
	for seed := uint64(1); seed <= 10; seed++ {
		synctest.Test(t, func(t *testing.T) {
			w := newRebuildWorld(t, seed)
			w.run()
			for kind, n := range w.kills {
				kills[kind] += n
			}
			for health, n := range w.looks {
				looks[health] += n
			}
		})
	}
	for _, kind := range []string{"reader", "channel", "checkpoint", "unit", nameCommits, nameLedger, nameLease, nameShards, "process", "slot", "pause", "resume"} {
		if kills[kind] == 0 {
			t.Errorf("nothing ever befell this: %s", kind)
		}
	}
	for _, health := range []messages.Health{messages.Starting, messages.Flowing, messages.Halted} {
		if looks[health] == 0 {
			t.Errorf("no connector was ever looked at while it was %s", health)
		}
	}
}

// rebuildWorld is a cloud, and processes whose journals outlive them.
type rebuildWorld struct {
	*chaosWorld
	seed  uint64
	lives []*rebuildLife
	kills map[string]int
	looks map[messages.Health]int
}

// rebuildLife is a process, its connector's newest instance, and the journal of
// its node.
type rebuildLife struct {
	process *process
	disk    *journal.Memory

	mu        sync.Mutex // held while the connector acts: who looks at it from outside is no actor
	connector *connector
}

// observed is a connector that can be looked at between its messages.
type observed struct {
	*connector
	mu *sync.Mutex
}

func (o *observed) Receive(c actor.Context) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.connector.Receive(c)
}

const rebuildShards = 3

func newRebuildWorld(t *testing.T, seed uint64) *rebuildWorld {
	w := &rebuildWorld{chaosWorld: fleetOf(t, rebuildShards), seed: seed, kills: map[string]int{}, looks: map[messages.Health]int{}}
	w.storm.dice, w.storm.wrong = newDice(seed), 20
	w.cloud.Play(func(op string, n int) actorstest.Effect {
		if op == "Open" && n <= rebuildShards {
			return actorstest.Effect{Delay: 4 * time.Second} // somebody is still starting when it is looked at first
		}
		if op == "Prepare" && w.storm.dice.chance(150) && w.storm.blowing("denied") {
			return actorstest.Effect{Err: actorstest.Refusal(messages.Rejected, messages.ReasonRefused, messages.AccessDenied)}
		}
		return w.storm.calls(op, n)
	})
	return w
}

// start starts a process on a journal.
func (w *rebuildWorld) start(disk *journal.Memory) {
	w.born++
	name := fmt.Sprintf("p%d", w.born)
	p := testPlant(w.cloud, "", name, Host{})
	p.name, p.journal = "orders", newLateJournal(disk)
	p.book = actors.NewBook(p.journal, name, nil)
	l := &rebuildLife{disk: disk}
	pid, err := w.system.Root.SpawnNamed(p.props(func() actor.Actor {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.connector = &connector{plant: p}
		return &observed{l.connector, &l.mu}
	}), name)
	if err != nil {
		w.t.Fatal(err)
	}
	l.process = &process{p, pid}
	w.lives = append(w.lives, l)
	w.processes = append(w.processes, l.process)
}

func (w *rebuildWorld) run() {
	w.start(&journal.Memory{})
	w.start(&journal.Memory{})
	quiet := 0 // ticks until somebody may die again
	for tick := range 120 {
		w.flowFor(rebuildShards, time.Second)
		if quiet--; quiet > 0 {
			continue
		}
		if tick == 1 || tick%6 == 5 {
			w.connectorsRebuilt()
		}
		if w.storm.dice.chance(400) {
			quiet = w.strikeOne()
		}
	}
	w.storm.end()
	w.cloud.Play(nil)
	for range 24 { // a shard that is paused tells nothing of what others did on it
		w.operate()
		w.flowFor(rebuildShards, 5*time.Second)
	}
	time.Sleep(12 * time.Minute) // what waits for a human's rights is tried again; what rests is settled
	w.connectorsRebuilt()
	for _, p := range w.processes {
		w.rebuilt(p, rebuildShards, w.seed)
	}
	w.endWhole()
}

// strikeOne lets something befall somebody. It returns how many ticks it is
// quiet then.
func (w *rebuildWorld) strikeOne() (quiet int) {
	d := w.storm.dice
	i := d.n(len(w.lives))
	l := w.lives[i]
	kind := []string{"reader", "channel", "checkpoint", "unit", nameCommits, nameLedger, nameLease, nameShards, "process", "slot", "pause", "resume"}[d.n(12)]
	w.kills[kind]++
	switch kind {
	case "process":
		w.lives = slices.Delete(w.lives, i, i+1)
		w.crash(slices.Index(w.processes, l.process))
		w.start(l.disk)
	case "slot":
		if state := l.process.plant.published.Load(); state != nil && state.Node != "" {
			w.cloud.Table.StealNode(state.Node, "a thief")
		}
	case "pause":
		w.system.Root.Send(l.process.pid, &messages.Pause{Shards: []messages.ShardID{actorstest.ShardID(d.n(rebuildShards))}})
	case "resume":
		w.system.Root.Send(l.process.pid, &messages.Resume{})
	case nameLedger:
		w.system.Root.Stop(actor.NewPID(l.process.pid.Address, l.process.pid.Id+"/"+kind))
		return 4 // until everything is repeated that it was handed
	case nameCommits, nameLease, nameShards:
		w.system.Root.Stop(actor.NewPID(l.process.pid.Address, l.process.pid.Id+"/"+kind))
	default:
		w.killShards(l.process, kind)
	}
	return 0
}

// killShards kills an actor of a kind on a random shard.
func (w *rebuildWorld) killShards(p *process, kind string) {
	state := p.plant.published.Load()
	if state == nil || len(state.Shards) == 0 {
		return
	}
	sh := &state.Shards[w.storm.dice.n(len(state.Shards))]
	name := fmt.Sprintf("%s/%s/%s", p.pid.Id, nameShards, sh.Shard)
	if kind != "unit" {
		name += fmt.Sprintf("/%s-%d", kind, sh.Epoch)
	}
	w.system.Root.Stop(actor.NewPID(p.pid.Address, name))
}

// connectorsRebuilt holds what each connector knows of itself to what its
// stream adds up to.
func (w *rebuildWorld) connectorsRebuilt() {
	w.t.Helper()
	synctest.Wait()
	for _, l := range w.lives {
		l.mu.Lock()
		live, told := l.connector.ledger, folded(w.t, l.process, "connector/orders", actors.ConnectorLedger{})
		w.looks[live.Health]++
		told.Started, live.Started = told.Started.UTC(), live.Started.Round(0).UTC()
		told.Since, live.Since = told.Since.UTC(), live.Since.Round(0).UTC()
		told.Paused.Since, live.Paused.Since = told.Paused.Since.UTC(), live.Paused.Since.Round(0).UTC()
		if !reflect.DeepEqual(live, told) {
			w.t.Errorf("seed %d, %s: its events add up to\n%+v\nit knows\n%+v", w.seed, l.process.plant.process, told, live)
		}
		if state := l.process.plant.published.Load(); state != nil && (state.Health != told.Health || state.Stop != told.Stop) {
			w.t.Errorf("seed %d, %s: its events say %s %s, its state %s %s", w.seed, l.process.plant.process, told.Health, told.Stop, state.Health, state.Stop)
		}
		l.mu.Unlock()
	}
}
