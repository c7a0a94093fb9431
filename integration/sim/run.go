package sim

import (
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/cryptotest"
	"testing/synctest"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// Result is what came of one seed.
type Result struct {
	Seed    uint64
	Hash    string // of the trace
	Failed  string // the first thing that was wrong; "" = nothing
	Tail    string // of the trace, where something was
	Tallies map[string]*Tally

	Steps, Calls int64
	Puts         int
	Rows         int64
	Gaps, Nodes  int
	Shards       int
	Virtual      time.Duration
	Settled      time.Duration // from the last blow until everything was there
	Goroutines   int           // more than before
	Repeats      int           // runs of it that left another trace than the first
}

// Counted is how many blows mattered.
func (r *Result) Counted() (n int64) {
	for _, t := range r.Tallies {
		n += t.Counted
	}
	return n
}

// How far to look, and for how long to wait.
const (
	settleWithin = 3 * time.Minute // after the last blow
	deniedWithin = 6 * time.Minute // the same where a credential was refused twice: probed every 5 min
	stateEvery   = 5 * time.Second
)

// Options are for looking closer at one seed.
type Options struct {
	Log   io.Writer    // of the connectors
	Lines func(string) // told of every line of the trace
}

// Run lets a plan happen. It must be called from a test that runs alone, for
// it replaces the system's random source.
func Run(t *testing.T, p Plan, o Options) (r Result) {
	if _, err := key(); err != nil { // before the random source is the seed's
		t.Fatal(err)
	}
	before := runtime.NumGoroutine()
	t.Run(fmt.Sprint("seed ", p.Seed), func(t *testing.T) {
		cryptotest.SetGlobalRandom(t, p.Seed)
		synctest.Test(t, func(t *testing.T) { r = rage(t, p, o) })
	})
	r.Goroutines = leftover(before)
	return r
}

// leftover counts the goroutines beside those of before. The one that ran the
// seed may have reported and not ended yet.
func leftover(before int) (n int) {
	for range 1000 {
		if n = runtime.NumGoroutine() - before; n <= 0 {
			return 0
		}
		time.Sleep(time.Millisecond)
	}
	return n
}

func rage(t *testing.T, p Plan, o Options) Result {
	w, err := newWorld(p, o.Log, o.Lines)
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	w.begin()
	w.run(began.Add(p.Storm))
	calmed := time.Now()
	w.calm()
	w.settle()
	settled := time.Since(calmed)
	if w.verdict() == "" {
		w.farewell()
	}
	r := w.result()
	r.Virtual, r.Settled = time.Since(began), settled
	w.end()
	return r
}

// begin starts the nodes, the producer, the storm, and the operator's rounds.
func (w *World) begin() {
	if w.plan.FanOut {
		w.pushFaults()
	}
	for range w.plan.Nodes {
		w.start()
		w.run(time.Now().Add(time.Millisecond))
	}
	d := throw(w.plan.Seed, "producer")
	end := time.Now().Add(w.plan.Storm)
	var put func()
	put = func() {
		if time.Now().After(end) {
			return
		}
		w.put(d, w.plan.Records, "")
		pause := odd(d, w.plan.Put/2, 2*w.plan.Put)
		if d.chance(15) {
			pause += d.between(5*time.Second, 70*time.Second) // a rest
		}
		w.agenda.in(pause, put)
	}
	w.agenda.in(odd(d, time.Millisecond, time.Second), put)
	w.rounds()
	w.storm()
}

// rounds asks every node for its state, now and then.
func (w *World) rounds() {
	w.agenda.in(stateEvery|3, func() {
		for _, n := range w.live() {
			w.system.Root.RequestWithCustomSender(n.pid, &messages.Inspect{}, w.host)
		}
		w.rounds()
	})
}

// calm ends the storm: everything works from now on, and somebody is there.
func (w *World) calm() {
	w.menu.calm.Store(true)
	w.agenda.clear()
	w.rounds()
	w.cloud.Snowflake.StallCommits(false)
	if w.verdict() != "" {
		return
	}
	for _, n := range w.live() {
		n.thaw(nil)
	}
	if len(w.staying()) == 0 {
		w.start()
	}
	w.resume(9)
	w.trace.note("storm", "calm", "")
	if d := throw(w.plan.Seed, "last hour"); d.chance(300) {
		w.hours = 0
		w.hour(d)
	}
	w.put(throw(w.plan.Seed, "last"), 30, "")
}

// settle waits until everything is there.
func (w *World) settle() {
	for began := time.Now(); w.verdict() == ""; {
		wrong := w.oracle.missing()
		if wrong == "" {
			wrong = w.oracle.unfinished()
		}
		if wrong == "" {
			return
		}
		within := settleWithin
		if w.denied {
			within = deniedWithin
		}
		if time.Since(began) > within {
			w.fail("%s, %v after the last blow", wrong, within)
			return
		}
		w.run(time.Now().Add(time.Second | 7))
	}
}

// farewell drains every node. Those that were asked before are asked again: a
// connector that its host restarted in place has forgotten.
func (w *World) farewell() {
	for _, n := range w.live() {
		n.leaving = true
		w.system.Root.RequestWithCustomSender(n.pid, &messages.Drain{}, w.host)
	}
	for end := time.Now().Add(40 * time.Second); len(w.live()) > 0 && time.Now().Before(end) && w.verdict() == ""; {
		w.run(time.Now().Add(time.Second | 7))
	}
	for _, n := range w.live() {
		w.fail("STUCK: %s does not answer its drain", n.name)
	}
}

// end stops everything, and waits until nothing moves.
func (w *World) end() {
	w.menu.calm.Store(true)
	w.agenda.clear()
	w.failMu.Lock()
	w.over = true
	w.failMu.Unlock()
	for range 3 { // a stop that meets a restart in place is lost in the engine
		for _, n := range w.nodes {
			n.die()
		}
		w.run(time.Now().Add(3 * time.Minute))
	}
	w.system.Root.Stop(w.host)
	w.run(time.Now().Add(time.Minute))
	w.system.Shutdown()
	w.cloud.close()
	time.Sleep(10 * time.Minute) // late requests, timers, and the dead-letter throttle
}

func (w *World) result() Result {
	r := Result{
		Seed: w.plan.Seed, Hash: fmt.Sprintf("%016x", w.trace.hash), Failed: w.verdict(), Tallies: w.ledger.tallies,
		Steps: int64(w.scheduler.steps), Puts: w.oracle.puts, Rows: w.oracle.rows, Gaps: w.oracle.gaps, Nodes: w.born, Shards: len(w.shards()),
	}
	r.Calls = int64(w.trace.lines) - r.Steps
	if r.Failed != "" {
		var b strings.Builder
		for _, n := range w.live() {
			if s := w.states[n.name]; s != nil {
				fmt.Fprintf(&b, "%s %s %s %s\n", n.name, s.Node, s.Health, s.Why)
				for i := range s.Shards {
					sh := &s.Shards[i]
					fmt.Fprintf(&b, "    %s %s epoch %d, read %s committed %s: %s %s\n", sh.Shard, sh.Phase, sh.Epoch, sh.ReadAt, sh.CommittedAt, sh.Stop, sh.Error)
				}
			}
		}
		r.Tail = w.trace.Tail() + b.String()
	}
	return r
}
