package actors

import (
	"context"
	"io"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/rs/zerolog"

	"github.com/kinesnow/kinesnow/actors/actorstest"
	"github.com/kinesnow/kinesnow/messages"
)

const testChannel = "app-orders-0123456789-"

// world is one process at work on a Cloud: Lease, Commits, Ledger, and for
// every lease a unit with Checkpoint, Reader and Channel, wired as supervisor
// wires them. Start it inside a bubble.
type world struct {
	t     *testing.T
	cloud *actorstest.Cloud
	plan  plan
	book  *Book

	system *actor.ActorSystem
	root   *actor.PID
	budget *messages.Budget
	fleet  *Fleet

	mu       sync.Mutex
	ends     []*messages.Fault // why generations ended
	started  []*messages.GenerationGranted
	events   []messages.Event
	progress messages.Progress
	findings int64 // counter mismatches
	finished []messages.ShardID
	lost     []*messages.LeaseLost
	held     *messages.LeasesHeld
	ready    *messages.NodeReady
	idled    bool // some NodeReady said that this process has nothing to do
	parked   []*messages.Fault
	probe    Probe
	letters  []messages.Letter
}

// plan is how a world differs from the usual.
type plan struct {
	process     string // "" = process-a
	generations int    // of a shard, at most; 0 = as many as it takes
	lease       func(*LeaseSettings)
	channel     func(*ChannelSettings)
	reader      func(*ReaderSettings)
	recount     func(ctx context.Context, from, to messages.Position) (messages.Counters, error)
	journal     messages.Journal
	noLedger    bool
	middleware  actor.ReceiverMiddleware
}

// start begins to work. The test ends with stop.
func start(t *testing.T, cloud *actorstest.Cloud, p plan) *world {
	t.Helper()
	if p.process == "" {
		p.process = "process-a"
	}
	if p.journal == nil {
		p.journal = &tape{}
	}
	w := &world{t: t, cloud: cloud, plan: p, budget: messages.NewBudget(64 << 20), fleet: NewFleet()}
	w.book = NewBook(p.journal, p.process, func(_ string, e messages.Event) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.events = append(w.events, e)
	})
	w.system = actor.NewActorSystem(actor.WithLoggerFactory(func(*actor.ActorSystem) *slog.Logger {
		return slog.New(slog.NewTextHandler(io.Discard, nil))
	}))
	w.root = actor.NewPID(w.system.Address(), "host")
	props := actor.PropsFromProducer(func() actor.Actor { return &testHost{world: w, units: map[messages.ShardID]*actor.PID{}} })
	if _, err := w.system.Root.SpawnNamed(props, w.root.Id); err != nil {
		t.Fatal(err)
	}
	return w
}

// stop ends everything, and waits until its last timers are over.
func (w *world) stop() {
	w.t.Helper()
	if err := w.system.Root.StopFuture(w.root).Wait(); err != nil {
		w.t.Errorf("the tree does not stop: %v", err)
	}
	w.system.Shutdown()
	time.Sleep(2 * time.Second) // the dead-letter throttle keeps a ticker
	for _, p := range w.cloud.Problems() {
		w.t.Error(p)
	}
}

func (w *world) pid(name string) *actor.PID {
	return actor.NewPID(w.root.Address, w.root.Id+"/"+name)
}

// granted lists the generations that began.
func (w *world) granted() []*messages.GenerationGranted {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.started)
}

// note changes what the world has seen, under its lock.
func (w *world) note(change func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	change()
}

// endings is why generations ended so far.
func (w *world) endings() []*messages.Fault {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]*messages.Fault(nil), w.ends...)
}

// only is the one ending there should be.
func (w *world) only() *messages.Fault {
	w.t.Helper()
	ends := w.endings()
	if len(ends) != 1 {
		w.t.Fatalf("%d generations ended, want 1: %v", len(ends), ends[:min(3, len(ends))])
	}
	return ends[0]
}

// recorded are the events of one kind that the ledger kept, oldest first.
func recorded[E messages.Event](w *world) (found []E) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, e := range w.events {
		if e, ok := e.(E); ok {
			found = append(found, e)
		}
	}
	return found
}

// whole demands that the table has every row once and in order.
func (w *world) whole() {
	w.t.Helper()
	for _, text := range w.cloud.Missing() {
		w.t.Error(text)
	}
}

// testHost stands for connector and shard manager.
type testHost struct {
	world *world
	inner map[string]actor.Producer // leases, commits, ledger
	units map[messages.ShardID]*actor.PID
	down  bool
}

func (h *testHost) Receive(c actor.Context) {
	w := h.world
	if h.down {
		return
	}
	switch m := c.Message().(type) {
	case *actor.Started:
		settings := LeaseSettings{
			Table: w.cloud.Table, Streams: w.cloud.Stream, Process: w.plan.process, Duration: 20 * time.Second, Renew: 5 * time.Second,
			Position: "TRIM_HORIZON", Shards: c.Self(), Ledger: w.pid("ledger"), Drops: w.pid("drops"), Fleet: w.fleet, Log: zerolog.Nop(),
		}
		if w.plan.lease != nil {
			w.plan.lease(&settings)
		}
		h.inner = map[string]actor.Producer{
			"leases":  func() actor.Actor { return NewLease(settings) },
			"commits": func() actor.Actor { return NewCommits(w.cloud.Sink, zerolog.Nop()) },
			"ledger":  func() actor.Actor { return NewLedger(w.book) },
			"drops": func() actor.Actor {
				return NewDrops(DropsSettings{
					Sink: w.cloud.Sink, Table: w.cloud.Table, Clock: w.cloud.Stream, Log: zerolog.Nop(),
					Channel: func(_ *messages.Stream, id messages.ShardID) string { return testChannel + string(id) },
				})
			},
		}
		if w.plan.noLedger {
			delete(h.inner, "ledger")
		}
		for name, produce := range h.inner {
			h.spawn(c, name, produce)
		}
	case *messages.LeasesHeld:
		w.note(func() { w.held = m })
		for _, s := range m.Shards {
			if h.units[s.Shard.ID] == nil {
				durable := messages.ReadFrom{}
				if s.First {
					durable = m.Durable
				}
				h.units[s.Shard.ID] = h.spawn(c, string(s.Shard.ID), func() actor.Actor {
					return &testUnit{world: w, shard: s.Shard, durable: durable, live: map[string]*actor.PID{}}
				})
			}
		}
	case *messages.LeaseLost:
		w.note(func() { w.lost = append(w.lost, m) })
		if unit := h.units[m.Shard]; unit != nil {
			c.Stop(unit)
		}
	case *messages.NodeReady:
		w.note(func() { w.ready, w.idled = m, w.idled || m.Idle })
	case *messages.ConnectorFault:
		if m.Fault != nil {
			w.note(func() { w.parked = append(w.parked, m.Fault) })
		}
	case *actor.Terminated:
		for id, pid := range h.units {
			if pid.Equal(m.Who) {
				delete(h.units, id)
			}
		}
		for name, produce := range h.inner {
			if w.pid(name).Equal(m.Who) && !h.down {
				h.spawn(c, name, produce) // as the connector does
			}
		}
	case *actor.Stopping:
		h.down = true
	}
}

func (h *testHost) HandleFailure(_ *actor.ActorSystem, s actor.Supervisor, child *actor.PID, _ *actor.RestartStatistics, reason, _ any) {
	h.world.t.Errorf("%s failed: %v", child.Id, reason)
	s.StopChildren(child)
}

func (h *testHost) spawn(c actor.Context, name string, produce actor.Producer) *actor.PID {
	return spawn(c, h.world, name, produce)
}

func spawn(c actor.Context, w *world, name string, produce actor.Producer) *actor.PID {
	var options []actor.PropsOption
	if w.plan.middleware != nil {
		options = append(options, actor.WithReceiverMiddleware(w.plan.middleware))
	}
	pid, err := c.SpawnNamed(actor.PropsFromProducer(produce, options...), name)
	if err != nil {
		panic(err)
	}
	return pid
}

// Put implements messages.DeadLetter.
func (w *world) Put(_ context.Context, letters []messages.Letter) error {
	w.note(func() { w.letters = append(w.letters, letters...) })
	return nil
}

// Close implements messages.DeadLetter.
func (w *world) Close() error { return nil }
