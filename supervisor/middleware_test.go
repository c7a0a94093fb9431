package supervisor

import (
	"bytes"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/rs/zerolog"

	"github.com/kinesnow/kinesnow/actors/actorstest"
	"github.com/kinesnow/kinesnow/messages"
)

// everyActor is what a connector is made of, and a message that each of them
// must be seen to get: its work, not only its life's.
var everyActor = map[string]any{
	"*supervisor.connector":    &messages.Inspect{},
	"*actors.Lease":            &messages.ShardsReady{},
	"*actors.Commits":          &messages.CommitWanted{},
	"*actors.Ledger":           &messages.RecordEvents{},
	"*supervisor.shardManager": &messages.LeasesHeld{},
	"*supervisor.shardUnit":    &messages.GenerationGranted{},
	"*actors.Checkpoint":       &messages.GenerationStarted{},
	"*actors.Channel":          &messages.RowBlock{},
	"*actors.Reader":           &messages.Credit{},
	"*actors.Drops":            &messages.ShardsEnded{},
}

// sightings are the messages that each kind of actor was seen to get.
type seenMessages struct {
	mu    sync.Mutex
	kinds map[string]map[string]bool // by actor
}

func (s *seenMessages) look(next actor.ReceiverFunc) actor.ReceiverFunc {
	return func(c actor.ReceiverContext, envelope *actor.MessageEnvelope) {
		s.mu.Lock()
		kind := fmt.Sprintf("%T", c.Actor())
		if s.kinds[kind] == nil {
			s.kinds[kind] = map[string]bool{}
		}
		s.kinds[kind][fmt.Sprintf("%T", envelope.Message)] = true
		s.mu.Unlock()
		next(c, envelope)
	}
}

// TestTheHostsMiddlewareReachesEveryActor, whatever spawned it: also those that
// are spawned again. Whoever adds an actor adds it here; one that is spawned
// without the plant's props is found in the process registry, but not seen.
func TestTheHostsMiddlewareReachesEveryActor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		seen := &seenMessages{kinds: map[string]map[string]bool{}}
		cloud, system := actorstest.NewCloud(), quietSystem()
		cloud.Stream.AddShard(actorstest.ShardID(0))
		cloud.Stream.Put(actorstest.ShardID(0), 20)
		cloud.Stream.AddShard(actorstest.ShardID(1))
		cloud.Stream.Close(actorstest.ShardID(1)) // which leaves a channel
		p := testPlant(cloud, "node-0", "p", Host{Middleware: []actor.ReceiverMiddleware{seen.look}})
		before := registered(system)
		pid, err := system.Root.SpawnNamed(p.props(func() actor.Actor { return &connector{plant: p} }), "c")
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Second)
		system.Root.Stop(actor.NewPID(pid.Address, "c/"+nameLedger)) // the next one is reached, too
		cloud.Stream.Put(actorstest.ShardID(0), 20)
		time.Sleep(10 * time.Second)
		system.Root.Request(pid, &messages.Inspect{})
		time.Sleep(time.Second)

		seen.mu.Lock()
		for kind, message := range everyActor {
			if want := reflect.TypeOf(message).String(); !seen.kinds[kind][want] || !seen.kinds[kind]["*actor.Started"] {
				t.Errorf("%s was seen with %v, want *actor.Started and %s", kind, slices.Sorted(maps.Keys(seen.kinds[kind])), want)
			}
		}
		for kind := range seen.kinds {
			if everyActor[kind] == nil {
				t.Errorf("%s is not in this test's list", kind)
			}
		}
		if actors := registered(system) - before; actors != len(everyActor) {
			t.Errorf("%d actors live, %d kinds are known: one was spawned without the host's middleware", actors, len(everyActor))
		}
		seen.mu.Unlock()
		system.Root.Stop(pid)
		time.Sleep(time.Second)
		system.Shutdown()
		time.Sleep(2 * time.Second)
	})
}

// registered counts the processes of a system that are a connector's.
func registered(system *actor.ActorSystem) (n int) {
	for _, bucket := range system.ProcessRegistry.LocalPIDs.LocalPIDs {
		n += len(slices.DeleteFunc(bucket.Keys(), func(id string) bool { return id != "c" && !strings.HasPrefix(id, "c/") }))
	}
	return n
}

// TestAMiddlewareMayPanicAnywhere: before and after every kind of message of
// every kind of actor, the engine's own included, even while an actor stops.
// What it costs is a generation, or an actor's life; never a row.
func TestAMiddlewareMayPanicAnywhere(t *testing.T) {
	struck := map[string]bool{}
	for seed := uint64(1); seed <= 12; seed++ {
		synctest.Test(t, func(t *testing.T) {
			w := fleetOf(t, 2)
			var journal bytes.Buffer
			d := newDice(seed)
			mu, calm := sync.Mutex{}, false
			blow := func(c actor.ReceiverContext, message any, when string) {
				mu.Lock()
				defer mu.Unlock()
				if kind := fmt.Sprintf("%T", message); !calm && d.chance(5) {
					struck[when+" "+kind] = true
					panic("chaos " + when + " " + kind + " of " + c.Self().Id)
				}
			}
			chaos := func(next actor.ReceiverFunc) actor.ReceiverFunc {
				return func(c actor.ReceiverContext, envelope *actor.MessageEnvelope) {
					blow(c, envelope.Message, "before")
					next(c, envelope)
					blow(c, envelope.Message, "after")
				}
			}
			p := testPlant(w.cloud, "node-0", "p", Host{Log: zerolog.New(zerolog.SyncWriter(&journal)).With().Timestamp().Logger(), Middleware: []actor.ReceiverMiddleware{chaos}})
			pid, err := w.system.Root.SpawnNamed(p.props(func() actor.Actor { return &connector{plant: p} }), "p")
			if err != nil {
				t.Fatal(err)
			}
			w.processes = append(w.processes, &process{p, pid})
			w.flowFor(2, time.Minute)
			mu.Lock()
			calm = true
			mu.Unlock()
			w.flowFor(2, time.Minute)
			time.Sleep(3 * time.Minute)
			w.endWhole()
			if t.Failed() {
				t.Logf("seed %d\n%s", seed, journal.String())
			}
		})
	}
	for _, kind := range []string{"before *actor.Started", "after *actor.Stopping", "before *actor.Stopped", "before *actor.Terminated", "after *messages.RowBlock", "before *messages.RecordEvents"} {
		if !struck[kind] {
			t.Errorf("nothing ever struck %s", kind)
		}
	}
}
