package supervisor

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/cryptotest"
	"testing/synctest"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/rs/zerolog"

	"github.com/kinesnow/kinesnow/actors"
	"github.com/kinesnow/kinesnow/actors/actorstest"
	"github.com/kinesnow/kinesnow/adapters/journal"
	"github.com/kinesnow/kinesnow/messages"
)

// crashWorld is a small workload on whole connectors, and what is to befall
// them: one blow, or two.
type crashWorld struct {
	t      *testing.T
	cloud  *actorstest.Cloud
	serial *serial
	system *actor.ActorSystem
	log    zerolog.Logger
	want   map[messages.ShardID][]string           // rows, as put
	told   map[messages.ShardID]*messages.Counters // the same, counted

	poisoned int                       // records that cannot be appended
	aged     map[messages.ShardID]bool // ended, and an hour ago by AWS's clock

	configure func(*plant)

	nodes []*crashNode // every one that ever was, also those that are dead
	disks map[string]*journal.Memory

	mu      sync.Mutex
	counts  map[string]int
	visited []point // where the run came by, in order
	planned []blow
	landed  []time.Time // when they happened
	letters []messages.Letter
	closed  bool // the run is over: nothing counts any more
}

// crashNode is one process.
type crashNode struct {
	world   *crashWorld
	name    string // of the node; the process has a number beside it
	plant   *plant
	pid     *actor.PID
	dead    atomic.Bool
	leaving bool
	back    atomic.Int64 // it is started again so many ns after a kill; 0 = it is not
	born    time.Time
}

// Of the workload.
const (
	crashLease   = 6 * time.Second
	crashRenew   = 2 * time.Second
	crashCommit  = 400 * time.Millisecond
	crashSoon    = 700 * time.Millisecond // until a killed node is back: its leases and its slot still stand,
	crashLater   = 9 * time.Second        // or they are over
	crashSettled = 3 * time.Second        // a node that came late does no harm, either
	// crashBound is how long everything may take after the last record and the
	// last blow: a lease that runs out, an open that waits for uncommitted rows,
	// backoffs, the probe, and the same again where a node comes back late.
	crashBound = 75 * time.Second
)

// runCrash lets a workload happen with these blows. It returns what was wrong,
// and the world as it ended.
func runCrash(t *testing.T, work func(*crashWorld), log zerolog.Logger, blows ...blow) (w *crashWorld, wrong []string, took time.Duration) {
	t.Helper()
	firstSystem()
	cryptotest.SetGlobalRandom(t, 1)
	synctest.Test(t, func(t *testing.T) {
		w = &crashWorld{
			t: t, cloud: actorstest.NewCloud(), serial: newSerial(), system: smallSystem(), log: log, planned: blows,
			want: map[messages.ShardID][]string{}, told: map[messages.ShardID]*messages.Counters{}, counts: map[string]int{}, aged: map[messages.ShardID]bool{}, disks: map[string]*journal.Memory{},
		}
		w.cloud.Sink.CommitDelay = crashCommit
		w.configure = func(p *plant) {
			p.cfg.Lease.Duration, p.cfg.Lease.Renew, p.cfg.Snowflake.Linger = crashLease, crashRenew, 200*time.Millisecond
		}
		work(w)
		began := time.Now()
		wrong = w.settle(began)
		took = time.Since(w.since(began))
		w.end()
	})
	return w, wrong, took
}

// start starts a node, or starts it again.
func (w *crashWorld) start(name string) {
	n := &crashNode{world: w, name: name, born: time.Now()}
	process := name + "." + strconv.Itoa(len(w.nodes))
	w.nodes = append(w.nodes, n)
	p := testPlant(w.cloud, name, process, Host{
		Log: w.log.With().Str("process", process).Logger(), Middleware: []actor.ReceiverMiddleware{n.boundaries}, Props: []actor.PropsOption{w.serial.props()},
	})
	w.configure(p)
	p.streams, p.recounts, p.table, p.sink = crashStream{p.streams, n}, crashStream{p.recounts, n}, crashTable{p.table, n}, crashSink{p.sink, n}
	if p.columns != nil {
		p.columns.table = crashTarget{w.cloud.Target, n}
	}
	if w.disks[name] == nil {
		w.disks[name] = &journal.Memory{}
	}
	p.dead, p.journal = crashLetters{n}, newLateJournal(crashJournal{w.disks[name], n})
	p.book = actors.NewBook(p.journal, process, nil)
	n.plant = p
	n.pid = actor.NewPID(w.system.Address(), process)
	if _, err := w.system.Root.SpawnNamed(p.props(func() actor.Actor { return &connector{plant: p} }), process); err != nil {
		w.t.Fatal(err)
	}
}

// drain asks a node to leave in order, if it is there.
func (w *crashWorld) drain(name string) {
	for _, n := range w.nodes {
		if n.name == name && !n.dead.Load() {
			n.leaving = true
			w.system.Root.Send(n.pid, &messages.Drain{Within: 10 * time.Second})
		}
	}
}

// tell gives every node that is there a command, as a human does.
func (w *crashWorld) tell(command any) {
	for _, n := range w.nodes {
		if !n.dead.Load() {
			w.system.Root.Send(n.pid, command)
		}
	}
}

// steal gives a shard's lease to somebody who is never heard of again.
func (w *crashWorld) steal(shard int) {
	if w.cloud.Table.Row(actorstest.ShardID(shard)) != nil {
		w.cloud.Table.Edit(actorstest.ShardID(shard), func(row *messages.ShardRow) {
			row.Owner, row.Epoch, row.WriteNo, row.Counter = "node-9/thief", row.Epoch+1, 0, row.Counter+1
		})
	}
}

// shard opens a shard.
func (w *crashWorld) shard(n int, parents ...messages.ShardID) {
	id := actorstest.ShardID(n)
	w.cloud.Stream.AddShard(id, parents...)
	w.want[id], w.told[id] = nil, &messages.Counters{}
}

// age lets two hours pass by AWS's clock alone. Shards whose end is known by now
// lose their channels then.
func (w *crashWorld) age() {
	for id := range w.want {
		if row := w.cloud.Table.Row(id); row != nil && row.Final != nil {
			w.aged[id] = true
		}
	}
	w.cloud.Stream.Advance(2 * time.Hour)
}

// shards are the shards, by id.
func (w *crashWorld) shards() []messages.ShardID {
	return slices.Sorted(maps.Keys(w.want))
}

// stopChannel stops the channel of a shard's newest generation, wherever it is.
func (w *crashWorld) stopChannel(shard int) {
	row := w.cloud.Table.Row(actorstest.ShardID(shard))
	if row == nil {
		return
	}
	_, process, _ := strings.Cut(string(row.Owner), "/")
	w.system.Root.Stop(actor.NewPID(w.system.Address(), fmt.Sprintf("%s/%s/%s/channel-%d", process, nameShards, row.Shard, row.Epoch)))
}

// put puts one record.
func (w *crashWorld) put(shard int, users ...actorstest.User) {
	id := actorstest.ShardID(shard)
	seq := 95 + len(w.cloud.Stream.Records(id))
	w.cloud.Stream.PutRecord(id, users...)
	for sub, u := range users {
		w.told[id].Read++
		switch u.Fate {
		case messages.Discarded:
			w.told[id].Discarded++
		case messages.Filtered:
			w.told[id].Filtered++
		}
		for i := range u.Rows {
			w.want[id] = append(w.want[id], fmt.Sprintf("%d/%d/%d", seq, sub, i))
		}
	}
}

// poison puts a record that no append with it is taken.
func (w *crashWorld) poison(shard int) {
	id := actorstest.ShardID(shard)
	w.cloud.Stream.PutRecord(id, actorstest.User{Rows: 1, Bytes: 16}) // the only row that is padded
	w.told[id].Read++
	w.told[id].Discarded++
	w.poisoned++
	w.cloud.Sink.Refuse = func(rows []string) error {
		if slices.ContainsFunc(rows, isPoison) {
			return actorstest.Refusal(messages.Transient, messages.ReasonRefused, "")
		}
		return nil
	}
}

func isPoison(row string) bool { return strings.HasSuffix(row, " ") }

// wait lets time pass. Somebody is always there: where every node is dead or
// leaves, a spare one starts; one that is to be back is started when it is
// time.
func (w *crashWorld) wait(d time.Duration) {
	for deadline := time.Now().Add(d); time.Now().Before(deadline); time.Sleep(min(100*time.Millisecond, time.Until(deadline))) {
		w.staff()
	}
}

func (w *crashWorld) staff() {
	alive := 0
	for _, n := range w.nodes {
		if back := time.Duration(n.back.Load()); n.dead.Load() && back > 0 && time.Since(w.since(time.Time{})) >= back {
			n.back.Store(0)
			w.start(n.name)
		}
		if !n.dead.Load() && !n.leaving || n.back.Load() > 0 {
			alive++
		}
	}
	if alive == 0 {
		w.start("spare")
	}
}

// since is when the last blow landed, or an earlier time.
func (w *crashWorld) since(began time.Time) time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, at := range w.landed {
		if at.After(began) {
			began = at
		}
	}
	return began
}

// end stops everybody.
func (w *crashWorld) end() {
	w.mu.Lock()
	w.closed = true
	w.mu.Unlock()
	for _, n := range w.nodes {
		n.kill()
		for range 3 {
			if err := w.system.Root.StopFuture(n.pid).Wait(); err == nil || errors.Is(err, actor.ErrDeadLetter) {
				break
			}
		}
	}
	time.Sleep(70 * time.Second) // late requests, and the dead-letter throttle
	w.serial.end()
}

// count numbers what happens at a place, from 1.
func (w *crashWorld) count(where, what string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.counts[where+" "+what]++
	return w.counts[where+" "+what]
}

// reach comes by a point, and deals the blow that is planned for it.
func (w *crashWorld) reach(n *crashNode, at point) {
	w.mu.Lock()
	if w.closed {
		w.mu.Unlock()
		return
	}
	w.visited = append(w.visited, at)
	i := slices.IndexFunc(w.planned, func(b blow) bool { return b.at == at })
	if i < 0 {
		w.mu.Unlock()
		return
	}
	b := w.planned[i]
	w.planned = slices.Delete(slices.Clone(w.planned), i, i+1)
	w.landed = append(w.landed, time.Now())
	w.mu.Unlock()
	w.log.Warn().Str("blow", b.String()).Msg("")
	switch b.kind {
	case "panic":
		panic("crash test: " + b.String())
	case "restart":
		back := crashLater
		if at.n%2 == 0 {
			back = crashSoon
		}
		n.back.Store(int64(back))
	}
	n.kill()
}

// kill ends a process at once: from here on it handles no message, makes no
// call and hears no answer.
func (n *crashNode) kill() {
	if !n.dead.Swap(true) {
		n.world.system.Root.Stop(n.pid)
	}
}

// boundaries is the middleware that makes every message a pair of points.
func (n *crashNode) boundaries(next actor.ReceiverFunc) actor.ReceiverFunc {
	return func(c actor.ReceiverContext, envelope *actor.MessageEnvelope) {
		if n.dead.Load() {
			n.bury(next, c, envelope)
			return
		}
		if _, now := envelope.Message.(*panicNow); now {
			panic("as the scenario says")
		}
		where, what := placeOf(n.name, c.Self()), typeName(envelope.Message)
		number := n.world.count(where, what)
		n.world.reach(n, point{where, what, number, false})
		if n.dead.Load() {
			n.bury(next, c, envelope)
			return
		}
		next(c, envelope)
		if !n.dead.Load() {
			n.world.reach(n, point{where, what, number, true})
		}
	}
}

// bury lets an actor of a dead node stop, so that its timers and goroutines
// end; it is told nothing else.
func (n *crashNode) bury(next actor.ReceiverFunc, c actor.ReceiverContext, envelope *actor.MessageEnvelope) {
	switch envelope.Message.(type) {
	case *actor.Stopping, *actor.Stopped:
		next(c, envelope)
	}
}
