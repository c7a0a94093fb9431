package actors

import (
	"context"
	"io"
	"log/slog"
	"strconv"
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

	mu       sync.Mutex
	ends     []*messages.Fault // why generations ended
	started  []*messages.GenerationGranted
	events   []messages.Event
	progress messages.Progress
	finished []messages.ShardID
	lost     []*messages.LeaseLost
	held     *messages.LeasesHeld
	ready    *messages.NodeReady
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
	w := &world{t: t, cloud: cloud, plan: p, budget: messages.NewBudget(64 << 20)}
	w.book = NewBook(p.journal, p.process, func(_ string, e messages.Event) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.events = append(w.events, e)
	})
	w.system = actor.NewActorSystem(actor.WithLoggerFactory(func(*actor.ActorSystem) *slog.Logger {
		return slog.New(slog.NewTextHandler(io.Discard, nil))
	}))
	pid, err := w.system.Root.SpawnNamed(actor.PropsFromProducer(func() actor.Actor { return &testHost{world: w, units: map[messages.ShardID]*actor.PID{}} }), "host")
	if err != nil {
		t.Fatal(err)
	}
	w.root = pid
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
		w.t.Fatalf("%d generations ended, want 1: %v", len(ends), ends)
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
	units map[messages.ShardID]*actor.PID
}

func (h *testHost) Receive(c actor.Context) {
	w := h.world
	switch m := c.Message().(type) {
	case *actor.Started:
		settings := LeaseSettings{
			Table: w.cloud.Table, Streams: w.cloud.Stream, Process: w.plan.process, Duration: 20 * time.Second, Renew: 5 * time.Second,
			Position: "TRIM_HORIZON", Shards: c.Self(), Ledger: w.pid("ledger"), Log: zerolog.Nop(),
		}
		if w.plan.lease != nil {
			w.plan.lease(&settings)
		}
		h.spawn(c, "leases", func() actor.Actor { return NewLease(settings) })
		h.spawn(c, "commits", func() actor.Actor { return NewCommits(w.cloud.Sink, zerolog.Nop()) })
		if !w.plan.noLedger {
			h.spawn(c, "ledger", func() actor.Actor { return NewLedger(w.book) })
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
		w.note(func() { w.ready = m })
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

// testUnit stands for a shard's unit: one generation after the other, each
// begun only when all three actors of the one before have ended.
type testUnit struct {
	world   *world
	shard   messages.Shard
	durable messages.ReadFrom
	live    map[string]*actor.PID
	share   *messages.Share
	fault   *messages.Fault
	over    bool
	begun   int
	before  messages.Position
	timer   *time.Timer
}

type wantNow struct{}

func (u *testUnit) Receive(c actor.Context) {
	w := u.world
	switch m := c.Message().(type) {
	case *actor.Started, *wantNow:
		if len(u.live) == 0 && !u.over {
			c.Request(w.pid("leases"), &messages.GenerationWanted{Shard: u.shard.ID, Generation: int64(u.begun + 1)})
			u.timer = after(c, repeatEvery, &wantNow{})
		}
	case *messages.GenerationGranted:
		if len(u.live) == 0 && !u.over {
			w.note(func() { w.started = append(w.started, m) })
			u.begin(c, m)
		}
	case *messages.LeaseLost:
		w.note(func() { w.lost = append(w.lost, m) })
		c.Stop(c.Self())
	case *messages.Progress:
		w.note(func() {
			if m.Flowing {
				u.before = m.Accepted
				counters, checkpoint := w.progress.Counters, w.progress.Checkpoint
				w.progress = *m
				if m.Counters == nil {
					w.progress.Counters, w.progress.Checkpoint = counters, checkpoint
				}
				w.probe = w.probe.Committed(m.Committed)
				return
			}
			w.progress.Counters, w.progress.Checkpoint = m.Counters, m.Checkpoint
		})
	case *messages.ShardFinished:
		w.note(func() { w.finished = append(w.finished, m.Shard) })
		u.over = true
		c.Send(w.pid("leases"), &messages.EndWritten{Shard: m.Shard})
		u.stopAll(c)
	case *messages.Flushed:
		c.Request(u.live["checkpoint"], &messages.Conclude{Settled: true})
	case *messages.Concluded:
		u.over = true
		u.stopAll(c)
	case *drainNow:
		u.over = true
		c.Request(u.live["channel"], &messages.Flush{})
	case *actor.Terminated:
		u.terminated(c, m)
	case *actor.Stopping:
		u.over = true
		if u.timer != nil {
			u.timer.Stop()
		}
	}
}

type drainNow struct{}

func (u *testUnit) begin(c actor.Context, m *messages.GenerationGranted) {
	w, epoch := u.world, m.Row.Epoch
	u.begun++
	u.fault, u.share = nil, w.budget.Join()
	name := func(kind string) string { return kind + "-" + strconv.FormatInt(epoch, 10) }
	checkpoint := CheckpointSettings{
		Shard: u.shard.ID, Owner: m.Owner, Epoch: epoch, Table: w.cloud.Table, Before: u.before, Lease: w.pid("leases"), Ledger: w.pid("ledger"), Log: zerolog.Nop(),
		Recount: func(ctx context.Context, from, to messages.Position) (messages.Counters, error) {
			if w.plan.recount != nil {
				return w.plan.recount(ctx, from, to)
			}
			return Recount(ctx, w.cloud.Stream.Open(u.shard.ID, messages.ReadFrom{After: from}), to)
		},
	}
	reader := ReaderSettings{
		Shard: u.shard.ID, Share: u.share, Retention: w.cloud.Stream.Info.Retention, Log: zerolog.Nop(),
		Open: func(from messages.ReadFrom) BlockSource { return w.cloud.Stream.Open(u.shard.ID, from) },
	}
	if w.plan.reader != nil {
		w.plan.reader(&reader)
	}
	u.live["checkpoint"] = spawn(c, w, name("checkpoint"), func() actor.Actor { return NewCheckpoint(checkpoint) })
	u.live["reader"] = spawn(c, w, name("reader"), func() actor.Actor { return NewReader(reader) })
	channel := ChannelSettings{
		Connector: "orders", Stream: "orders", Name: testChannel + string(u.shard.ID), Shard: u.shard.ID, Epoch: epoch,
		Sink: w.cloud.Sink, DeadLetter: w, Share: u.share, Durable: u.durable, Probe: w.probe,
		Linger: 500 * time.Millisecond, AppendRetry: 30 * time.Second,
		Lease: w.pid("leases"), Commits: w.pid("commits"), Checkpoint: u.live["checkpoint"], Reader: u.live["reader"], Log: zerolog.Nop(),
	}
	if w.plan.channel != nil {
		w.plan.channel(&channel)
	}
	u.live["channel"] = spawn(c, w, name("channel"), func() actor.Actor { return NewChannel(channel) })
}

func (u *testUnit) HandleFailure(_ *actor.ActorSystem, s actor.Supervisor, child *actor.PID, _ *actor.RestartStatistics, reason, _ any) {
	if u.fault == nil {
		u.fault = CrashFault(reason, nil)
	}
	s.StopChildren(child)
}

func (u *testUnit) terminated(c actor.Context, m *actor.Terminated) {
	for kind, pid := range u.live {
		if pid.Equal(m.Who) {
			delete(u.live, kind)
		}
	}
	if len(u.live) > 0 {
		u.stopAll(c)
		return
	}
	u.share.Close()
	w := u.world
	w.note(func() {
		if u.fault != nil {
			w.ends = append(w.ends, u.fault)
			w.probe = w.probe.Failed(u.fault, w.progress.Committed)
		}
	})
	if w.plan.generations > 0 && u.begun >= w.plan.generations {
		u.over = true
	}
	if !u.over {
		u.timer = after(c, 200*time.Millisecond, &wantNow{})
	}
}

func (u *testUnit) stopAll(c actor.Context) {
	for _, pid := range u.live {
		c.Stop(pid)
	}
}

// Put implements messages.DeadLetter.
func (w *world) Put(_ context.Context, letters []messages.Letter) error {
	w.note(func() { w.letters = append(w.letters, letters...) })
	return nil
}

// Close implements messages.DeadLetter.
func (w *world) Close() error { return nil }

// tape is a journal in memory.
type tape struct {
	mu      sync.Mutex
	entries map[string][]messages.Entry
	broken  error
}

func (j *tape) Append(_ context.Context, stream string, entries []messages.Entry) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.broken != nil {
		return j.broken
	}
	if j.entries == nil {
		j.entries = map[string][]messages.Entry{}
	}
	j.entries[stream] = append(j.entries[stream], entries...)
	return nil
}

func (j *tape) Read(_ context.Context, stream string, after uint64, yield func(messages.Entry) bool) error {
	j.mu.Lock()
	entries := j.entries[stream]
	j.mu.Unlock()
	for _, e := range entries[min(int(after), len(entries)):] {
		if !yield(e) {
			return nil
		}
	}
	return nil
}

func (j *tape) Close() error { return nil }
