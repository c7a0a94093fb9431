package sim

import (
	"fmt"
	"io"
	"log/slog"
	"slices"
	"sync"
	"testing/synctest"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/rs/zerolog"

	"github.com/kinesnow/kinesnow/messages"
)

// World is one run: the cloud, the nodes, and what befalls them.
type World struct {
	plan      Plan
	cloud     *Cloud
	system    *actor.ActorSystem
	scheduler *Scheduler
	trace     *Trace
	ledger    *Ledger
	oracle    *Oracle
	menu      *Menu
	spite     *Spite
	log       zerolog.Logger
	host      *actor.PID // answers of connectors come here

	nodes  []*Node // that were ever started
	byName map[string]*Node
	born   int
	agenda agenda
	states map[string]*messages.State // by node, as last told

	numbers    int
	trims      int
	hours      int             // that went by at once
	dropped    map[string]bool // shards whose channel the storm took away
	foreign    map[string]bool // shards whose channel the storm opened
	denied     bool
	lettersMu  sync.Mutex
	lettersPut int

	failMu sync.Mutex
	failed string
	over   bool // what is wrong from now on is of no interest
}

func newWorld(p Plan, log io.Writer, all func(string)) (*World, error) {
	w := &World{
		plan: p, trace: &Trace{all: all}, ledger: newLedger(), byName: map[string]*Node{}, states: map[string]*messages.State{},
		dropped: map[string]bool{}, foreign: map[string]bool{}, log: zerolog.Nop(),
	}
	if log != nil {
		w.log = zerolog.New(zerolog.SyncWriter(log)).With().Timestamp().Logger()
	}
	w.oracle, w.menu = newOracle(w), newMenu(w)
	w.spite = newSpite(w)
	w.scheduler = newScheduler(p.Seed, w.trace)
	w.scheduler.begun = w.ledger.begun
	w.scheduler.frozen = w.frozen
	var err error
	if w.cloud, err = newCloud(p, w.oracle.committed); err != nil {
		return nil, err
	}
	w.system = actor.NewActorSystem(actor.WithLoggerFactory(func(*actor.ActorSystem) *slog.Logger { return slog.New(slog.DiscardHandler) }))
	w.host, err = w.system.Root.SpawnNamed(actor.PropsFromFunc(w.answered, w.scheduler.Props()), "host")
	return w, err
}

// fail ends the run with a verdict; the first one counts.
func (w *World) fail(format string, args ...any) {
	w.failMu.Lock()
	defer w.failMu.Unlock()
	if w.failed == "" && !w.over {
		w.failed = fmt.Sprintf(format, args...)
		w.trace.note("oracle", w.failed, "")
	}
}

func (w *World) verdict() string {
	w.failMu.Lock()
	defer w.failMu.Unlock()
	return w.failed
}

// nodeName is the k-th node's.
func nodeName(k int) string { return fmt.Sprintf("p%d", k) }

// nodeOf is the node that an actor belongs to; nil for the host's own.
func (w *World) nodeOf(actor string) *Node {
	for i := range len(actor) {
		if actor[i] == '/' {
			return w.byName[actor[:i]]
		}
	}
	return w.byName[actor]
}

func (w *World) frozen(actor string) bool {
	n := w.nodeOf(actor)
	return n != nil && n.isFrozen()
}

// run lets time pass until a moment, or a verdict: messages are handled one by
// one, whenever nothing else moves; in between, the agenda.
func (w *World) run(until time.Time) {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for w.verdict() == "" || w.over {
		synctest.Wait()
		if w.scheduler.step() {
			continue
		}
		now := time.Now()
		if !now.Before(until) {
			return
		}
		next := until
		if at, ok := w.agenda.next(); ok {
			if !now.Before(at) {
				w.agenda.take()()
				continue
			}
			if at.Before(next) {
				next = at
			}
		}
		timer.Reset(next.Sub(now))
		select {
		case <-w.scheduler.wake:
		case <-timer.C:
		}
	}
}

// live lists the nodes that are neither dead nor done.
func (w *World) live() []*Node {
	var live []*Node
	for _, n := range w.nodes {
		if !n.isDead() && w.exists(n.pid) {
			live = append(live, n)
		}
	}
	return live
}

// exists reports whether an actor is there: a connector that was drained is not.
func (w *World) exists(pid *actor.PID) bool {
	_, ok := w.system.ProcessRegistry.GetLocal(pid.Id)
	return ok
}

// staying lists those that were not asked to leave either.
func (w *World) staying() []*Node {
	var staying []*Node
	for _, n := range w.live() {
		if !n.leaving {
			staying = append(staying, n)
		}
	}
	return staying
}

// answered is the host actor: connectors answer it.
func (w *World) answered(c actor.Context) {
	switch m := c.Message().(type) {
	case *messages.State:
		w.states[m.Connector] = m
		w.operate(m)
	case *messages.Done:
		if m.Error != "" {
			w.trace.note("host", "a command fails:", m.Error)
		}
	}
}

// operate does what an operator would: a shard that is stopped because the
// storm took its channel or opened it goes on where the table ends. Any other
// stop is a false one.
func (w *World) operate(s *messages.State) {
	n := w.byName[s.Connector]
	if n.isDead() {
		return
	}
	parked := func(sh messages.ShardState) bool { return sh.Stop == s.Stop }
	if s.Stop == messages.AccessDenied {
		w.denied = true
	} else if s.Stop != "" && !slices.ContainsFunc(s.Shards, parked) {
		w.fail("FALSE STOP: %s is stopped: %s: %s", s.Connector, s.Stop, s.Why)
	}
	for i := range s.Shards {
		sh := &s.Shards[i]
		if sh.Phase != messages.PhaseParked {
			continue
		}
		id, from := string(sh.Shard), ""
		switch {
		case sh.Stop == messages.AccessDenied:
			w.denied = true
			continue
		case sh.Stop == messages.TokenLost && w.dropped[id]:
			from = w.oracle.end(id)
		case sh.Stop == messages.OtherWriter && w.foreign[id]:
			from = "token"
		default:
			w.fail("FALSE STOP: %s %s is stopped: %s: %s", s.Connector, id, sh.Stop, sh.Error)
			continue
		}
		w.system.Root.RequestWithCustomSender(n.pid, &messages.Resolve{Shard: sh.Shard, From: from, Who: "sim", Why: "the storm took it"}, w.host)
	}
}

// end is how far a shard's rows are in the table.
func (o *Oracle) end(shard string) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	if s := o.shard(shard); !s.token.IsZero() {
		return s.token.String()
	}
	return "checkpoint"
}
