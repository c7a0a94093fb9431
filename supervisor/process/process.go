package process

import (
	"context"
	"net"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor"
	"github.com/kinesnow/kinesnow/supervisor/process/control"
)

const (
	lookEvery    = 250 * time.Millisecond
	lookPerShard = time.Millisecond // a look copies the state of each
	closeGrace   = time.Second      // for answers that are under way when the process ends
)

// Process is all connectors of one configuration file, and what surrounds them.
type Process struct {
	file     supervisor.File
	options  Options
	build    Build
	log      zerolog.Logger
	registry *prometheus.Registry
	budget   *messages.Budget
	found    findings
	crew     crew
	system   *actor.ActorSystem
	sockets  sockets
	every    time.Duration // from one look at the connectors to the next
	started  chan struct{} // HTTP and control socket answer

	seen     atomic.Pointer[seen]
	info     atomic.Pointer[control.Info]
	summary  Summary
	asked    sync.Once
	drainNow chan struct{} // closed when a drain was asked for
	draining atomic.Bool
	drained  chan struct{} // closed when it is over
	left     error         // what it left; read after drained
}

// seen is one look at every connector.
type seen struct {
	at    time.Time
	round []sighting
	pids  map[string]*actor.PID
}

// states are the answers that there were, by name.
func (s *seen) states() []*messages.State {
	states := make([]*messages.State, 0, len(s.round))
	for _, one := range s.round {
		if one.state != nil {
			states = append(states, one.state)
		}
	}
	return states
}

// New validates the file's connectors and prepares the process. Nothing is
// opened or called before Run. Errors are *config.Error where the configuration
// is wrong.
func New(file supervisor.File, o Options) (*Process, error) {
	if o.Stderr == nil {
		o.Stderr = os.Stderr
	}
	p := &Process{
		file: file, options: o, build: BuildInfo(o.Version), log: newLogger(file.Log, o.Stderr), every: lookEvery,
		budget:  messages.NewBudget(int64(file.Memory)),
		started: make(chan struct{}), drainNow: make(chan struct{}), drained: make(chan struct{}),
	}
	p.crew.pause, p.crew.within = respawnFirst, inspectWithin
	for _, warning := range file.Warnings() {
		p.log.Warn().Msg(warning)
	}
	p.registry = newRegistry(p.build)
	p.seen.Store(&seen{at: time.Now()})
	p.info.Store(&control.Info{PID: os.Getpid(), Version: p.build.Version, Config: file.Path(), Started: time.Now().UTC()})
	pace := &supervisor.StatusPace{}
	for _, name := range file.Names() {
		props, err := supervisor.New(name, file.Connectors[name], supervisor.Host{
			Log: p.log, Budget: p.budget, Metrics: p.registry, Middleware: o.Middleware, Pace: o.Pace, StatusPace: pace, OnEvent: p.onEvent,
			DataDir: file.DataDir, Node: file.Node, DrainTimeout: file.DrainTimeout, Version: p.build.Version,
		})
		if err != nil {
			return nil, err
		}
		p.crew.members = append(p.crew.members, &member{name: name, props: props})
	}
	return p, nil
}

func (p *Process) onEvent(connector string, e messages.Event) {
	p.found.note(e)
	if p.options.OnEvent != nil {
		p.options.OnEvent(connector, e)
	}
}

// Started is closed once HTTP and the control socket answer. It never is when
// Run ends before that.
func (p *Process) Started() <-chan struct{} { return p.started }

// Info says how the process is reached. HTTP and Socket are set once it started.
func (p *Process) Info() control.Info { return *p.info.Load() }

// Summary says how the process ended. Call it after Run.
func (p *Process) Summary() Summary { return p.summary }

// Run works until ctx ends, or nothing is left to do, drains, and returns the
// exit code (see the package documentation). Call it once.
func (p *Process) Run(ctx context.Context) int {
	limitMemory(p.log, int64(p.file.Memory))
	listener, err := listen(p.file.HTTP)
	if err != nil {
		p.log.Error().Err(err).Msg("kinesnow cannot start")
		p.summary = Summary{Reason: "could not start", Exit: ExitUnreachable}
		return ExitUnreachable
	}
	p.system = actor.NewActorSystem(actor.WithLoggerFactory(actorLogger(p.log)))
	p.crew.system, p.crew.log = p.system, p.log
	defer p.system.Shutdown()
	stop := p.serve(listener)
	if err := p.crew.spawn(); err != nil {
		p.log.Error().Err(err).Msg("kinesnow cannot start")
		stop()
		p.summary = Summary{Reason: "could not start", Exit: ExitFailure}
		return ExitFailure
	}
	p.look()
	close(p.started)
	p.log.Info().Str("version", p.build.Version).Str("http", p.Info().HTTP).
		Int("connectors", len(p.crew.members)).Msg("kinesnow runs")

	v := p.work(ctx)
	last := p.seen.Load()
	p.summary = p.conclude(v, last)
	p.drain()
	// A parked shard is always left, and was told of. What had caught up had
	// everything committed before.
	if v == goOn && p.left != nil && !parked(last.round) {
		p.log.Warn().Err(p.left).Msg("drained, but not to the end; nothing is lost")
		p.summary.Exit = ExitFailure
	}
	stop()
	p.log.Info().Str("reason", p.summary.Reason).Int("exit", p.summary.Exit).Msg("kinesnow ended")
	return p.summary.Exit
}

// serve opens HTTP and the control socket; stop closes both.
func (p *Process) serve(listener net.Listener) (stop func()) {
	info := p.Info()
	info.HTTP = baseURL(listener)
	p.info.Store(&info)
	server := p.newServer()
	var web sync.WaitGroup
	web.Go(func() {
		if err := server.Serve(listener); err != nil && err != http.ErrServerClosed {
			p.log.Error().Err(err).Msg("the HTTP port is closed")
		}
	})
	p.sockets.open(p)
	return func() {
		p.sockets.close()
		ctx, cancel := context.WithTimeout(context.Background(), closeGrace)
		defer cancel()
		if server.Shutdown(ctx) != nil {
			server.Close()
		}
		web.Wait()
	}
}

// work looks at the connectors until something ends it.
func (p *Process) work(ctx context.Context) verdict {
	ticker := time.NewTicker(p.every)
	defer ticker.Stop()
	last := goOn
	for {
		select {
		case <-ctx.Done():
			return goOn
		case <-p.drainNow:
			return goOn
		case <-ticker.C:
		}
		round := p.look()
		ticker.Reset(max(p.every, lookPerShard*time.Duration(shardsOf(round))))
		v := judge(round, p.options.UntilCaughtUp)
		if v != goOn && v == last {
			return v
		}
		last = v
	}
}

// look asks every connector how it is and keeps the answers for HTTP and the
// control socket.
func (p *Process) look() []sighting {
	round := p.crew.look()
	pids := make(map[string]*actor.PID, len(round))
	for _, m := range p.crew.members {
		pids[m.name] = m.pid
	}
	now := &seen{time.Now(), round, pids}
	p.seen.Store(now)
	p.sockets.settle(p, now.states())
	return round
}

// shardsOf is how many shards a look has seen.
func shardsOf(round []sighting) (n int) {
	for _, one := range round {
		if one.state != nil {
			n += len(one.state.Shards)
		}
	}
	return n
}

// tellStopped names the shards that other processes have stopped.
func (p *Process) tellStopped(connector string, shards []messages.StoppedShard) {
	for _, s := range shards {
		p.log.Warn().Str("connector", connector).Str("shard", string(s.Shard)).Str("owner", string(s.Owner)).Str("code", string(s.Stop)).Str("hint", s.Stop.Hint()).
			Msg("a shard is stopped on another process: what came since was not read")
	}
}

// conclude works the exit code out and says why nothing is left to do.
func (p *Process) conclude(v verdict, last *seen) Summary {
	s := Summary{
		Exit: exitCode(v, last.round, &p.found), Gaps: p.found.gaps.Load(), RejectedRows: p.found.rejected.Load(), Connectors: last.states(),
	}
	switch v {
	case goOn:
		s.Reason = "stopped"
		if p.options.UntilCaughtUp { // told to stop before that
			s.Exit = ExitFailure
		}
		return s
	case caughtUp:
		s.Reason = "caught up"
	case allOver:
		s.Reason = "parked"
	}
	for _, one := range last.round {
		if one.state != nil {
			p.tellStopped(one.name, one.state.Elsewhere.Stopped)
		}
		switch {
		case one.lost:
			p.log.Error().Str("connector", one.name).Msg("connector died and is not coming back")
		case one.state != nil && halted(one.state):
			p.log.Error().Str("connector", one.name).Str("stream", one.state.Stream).Str("code", string(one.state.Stop)).
				Str("err", one.state.Why).Str("hint", one.state.Hint).Msg("nothing is left to do: everything of this connector is stopped")
		case one.state != nil && len(pausedShards(one.state)) > 0:
			p.log.Warn().Str("connector", one.name).Int("shards", len(pausedShards(one.state))).Str("hint", "kinesnow resume "+one.name).
				Msg("shards are paused: what came since was not read")
		}
	}
	return s
}

func (p *Process) askDrain() { p.asked.Do(func() { close(p.drainNow) }) }

// drain stops every connector in order, and goes on to look at them meanwhile.
func (p *Process) drain() {
	p.draining.Store(true)
	p.crew.ending = true
	over := make(chan struct{})
	go func() {
		p.left = supervisor.Wait(p.system, p.crew.living(), p.file.DrainTimeout)
		close(over)
	}()
	ticker := time.NewTicker(p.every)
	defer ticker.Stop()
	for waiting := true; waiting; {
		select {
		case <-over:
			waiting = false
		case <-ticker.C:
			p.look()
		}
	}
	close(p.drained)
}
