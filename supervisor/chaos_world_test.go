package supervisor

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/rs/zerolog"

	"github.com/kinesnow/kinesnow/actors"
	"github.com/kinesnow/kinesnow/actors/actorstest"
	"github.com/kinesnow/kinesnow/adapters/deadletter"
	"github.com/kinesnow/kinesnow/adapters/journal"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor/config"
)

// openShards lets a test's stream stand for Kinesis.
type openShards struct{ *actorstest.Stream }

func (o openShards) Open(shard messages.Shard, from messages.ReadFrom) actors.BlockSource {
	return o.Stream.Open(shard.ID, from)
}

// testPlant wires a connector to a cloud instead of the adapters.
func testPlant(cloud *actorstest.Cloud, name, process string, host Host) *plant {
	cfg := config.Defaults()
	cfg.Application, cfg.Kinesis.Stream = "app", "orders"
	p := &plant{
		name: name, cfg: cfg, host: host, log: host.Log, process: process,
		streams: openShards{cloud.Stream}, recounts: openShards{cloud.Stream}, table: cloud.Table, sink: cloud.Sink,
		dead: deadletter.Discard(), budget: messages.NewBudget(64 << 20), journal: newLateJournal(&journal.Memory{}), fleet: actors.NewFleet(),
	}
	p.book = actors.NewBook(p.journal, p.process, p.onEvent())
	return p
}

// quietSystem is an actor system that logs nothing.
func quietSystem() *actor.ActorSystem {
	return actor.NewActorSystem(actor.WithLoggerFactory(func(*actor.ActorSystem) *slog.Logger {
		return slog.New(slog.NewTextHandler(io.Discard, nil))
	}))
}

// dice are random numbers that several goroutines may draw.
type dice struct {
	mu     sync.Mutex
	source *rand.Rand
}

func newDice(seed uint64) *dice { return &dice{source: rand.New(rand.NewPCG(seed, 0x6b696e65))} }

func (d *dice) n(limit int) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.source.IntN(limit)
}

func (d *dice) chance(permille int) bool { return d.n(1000) < permille }

func (d *dice) upTo(limit time.Duration) time.Duration {
	return time.Duration(d.n(int(limit/time.Millisecond)+1)) * time.Millisecond
}

// storm is chaos that can be calmed: panics around messages, kills, and calls
// that go wrong.
type storm struct {
	dice  *dice
	panic int // of 1000 messages, before and after
	wrong int // of 1000 calls
	mu    sync.Mutex
	calm  bool
	blows map[string]int // what was done, by kind
}

func (s *storm) blowing(kind string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.calm {
		s.blows[kind]++
	}
	return !s.calm
}

// note counts something that was done.
func (s *storm) note(kind string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.blows[kind]++
}

func (s *storm) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calm = true
}

// panics is a middleware that lets an actor die before or after a message: the
// message is lost, or its effects stay without their sequel.
func (s *storm) panics(next actor.ReceiverFunc) actor.ReceiverFunc {
	return func(c actor.ReceiverContext, envelope *actor.MessageEnvelope) {
		switch envelope.Message.(type) {
		case *actor.Started, *actor.Stopping, *actor.Stopped, *actor.Restarting, *actor.Terminated:
			next(c, envelope)
			return
		}
		before, after := s.dice.chance(s.panic), s.dice.chance(s.panic)
		if before && s.blowing("panic before "+kindOf(c.Self())) {
			panic("chaos before " + fmt.Sprintf("%T", envelope.Message))
		}
		next(c, envelope)
		if after && s.blowing("panic after "+kindOf(c.Self())) {
			panic("chaos after " + fmt.Sprintf("%T", envelope.Message))
		}
	}
}

// kindOf is an actor's kind, without its shard and generation.
func kindOf(pid *actor.PID) string {
	name := pid.Id[strings.LastIndex(pid.Id, "/")+1:]
	if strings.HasPrefix(name, "shardId-") {
		return "unit"
	}
	kind, _, _ := strings.Cut(name, "-")
	return kind
}

// calls is a script under which calls go wrong.
func (s *storm) calls(op string, _ int) actorstest.Effect {
	if !s.dice.chance(s.wrong) || !s.blowing("call "+op) {
		return actorstest.Effect{Delay: s.dice.upTo(30 * time.Millisecond)}
	}
	switch s.dice.n(6) {
	case 0:
		return actorstest.Effect{Lose: true, Delay: s.dice.upTo(5 * time.Second)}
	case 1:
		return actorstest.Effect{Forget: true, Delay: s.dice.upTo(5 * time.Second)}
	case 2:
		return actorstest.Effect{Forget: true, Late: s.dice.upTo(40 * time.Second)}
	case 3:
		return actorstest.Effect{Delay: s.dice.upTo(25 * time.Second)}
	case 4:
		return actorstest.Effect{Err: actorstest.Refusal(messages.Transient, messages.ReasonThrottled, "")}
	}
	return actorstest.Effect{Err: actorstest.Unanswered(op, fmt.Errorf("503"))}
}

// process is one kinesnow process at work.
type process struct {
	plant *plant
	pid   *actor.PID
}

// chaosWorld is a cloud and the processes that work on it.
type chaosWorld struct {
	t         *testing.T
	cloud     *actorstest.Cloud
	storm     *storm
	system    *actor.ActorSystem
	processes []*process
	leaving   []*process // asked to drain
	born      int
	pausedTo  time.Time // when somebody means to resume what is paused
	log       zerolog.Logger
}

func (w *chaosWorld) spawn() {
	w.t.Helper()
	w.born++
	name := "p" + strconv.Itoa(w.born)
	p := testPlant(w.cloud, name, name, Host{Log: w.log.With().Str("process", name).Logger(), Middleware: []actor.ReceiverMiddleware{w.storm.panics}})
	pid, err := w.system.Root.SpawnNamed(p.props(func() actor.Actor { return &connector{plant: p} }), name)
	if err != nil {
		w.t.Fatal(err)
	}
	w.processes = append(w.processes, &process{p, pid})
}

// crash ends a process at once.
func (w *chaosWorld) crash(i int) {
	p := w.processes[i]
	w.processes = append(w.processes[:i:i], w.processes[i+1:]...)
	w.halt(p)
}

// halt stops a process. A stop that meets a restart in place is lost in the
// engine, so it is said again.
func (w *chaosWorld) halt(p *process) {
	var err error
	for range 3 {
		if err = w.system.Root.StopFuture(p.pid).Wait(); err == nil || errors.Is(err, actor.ErrDeadLetter) {
			return
		}
	}
	w.t.Errorf("%s does not stop: %v", p.pid.Id, err)
}

// drain asks a process to leave in order.
func (w *chaosWorld) drain(i int) {
	p := w.processes[i]
	w.processes = append(w.processes[:i:i], w.processes[i+1:]...)
	w.leaving = append(w.leaving, p)
	w.system.Root.Send(p.pid, &messages.Drain{Within: 2*time.Second + w.storm.dice.upTo(20*time.Second)})
}

// victim names a random actor of a random process: mostly one on the data
// path.
func (w *chaosWorld) victim() *actor.PID {
	p := w.processes[w.storm.dice.n(len(w.processes))]
	names := []string{nameLease, nameCommits, nameLedger, nameShards}
	if state := p.plant.published.Load(); state != nil && len(state.Shards) > 0 && !w.storm.dice.chance(150) {
		sh := &state.Shards[w.storm.dice.n(len(state.Shards))]
		unit, g := nameShards+"/"+string(sh.Shard), strconv.FormatInt(sh.Epoch, 10)
		names = []string{unit, unit + "/channel-" + g, unit + "/reader-" + g, unit + "/checkpoint-" + g}
	}
	return actor.NewPID(p.pid.Address, p.pid.Id+"/"+names[w.storm.dice.n(len(names))])
}

// operate does what an operator would: it resolves shards that were parked
// because their channel is gone, and resumes what is paused, as often as it
// takes. A process whose drain a crash has swallowed works on, so those that
// should be leaving are looked at, too.
func (w *chaosWorld) operate() {
	paused := time.Now().After(w.pausedTo) && !w.cloud.Table.Pauses().None()
	for _, p := range append(w.leaving[:len(w.leaving):len(w.leaving)], w.processes...) {
		if paused {
			w.system.Root.Send(p.pid, &messages.Resume{})
		}
		state := p.plant.published.Load()
		if state == nil {
			continue
		}
		for i := range state.Shards {
			if sh := &state.Shards[i]; sh.Stop == messages.TokenLost && sh.Phase == messages.PhaseParked {
				w.storm.note("resolved")
				w.system.Root.Send(p.pid, &messages.Resolve{Shard: sh.Shard, From: "checkpoint", Who: "storm", Why: "it was dropped at rest"})
			}
		}
	}
}
