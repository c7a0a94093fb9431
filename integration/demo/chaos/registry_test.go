package chaos

import (
	"log/slog"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// parent keeps one child of each name alive, and never restarts in place.
type parent struct {
	names []string
	child *actor.Props
	ended chan string
}

func (p *parent) Receive(c actor.Context) {
	switch m := c.Message().(type) {
	case *actor.Started:
		for _, name := range p.names {
			if _, err := c.SpawnNamed(p.child, name); err != nil {
				panic(err)
			}
		}
	case *actor.Terminated:
		p.ended <- m.Who.Id
	}
}

func (p *parent) HandleFailure(_ *actor.ActorSystem, s actor.Supervisor, child *actor.PID, _ *actor.RestartStatistics, _, _ any) {
	s.StopChildren(child)
}

// tree starts "quakes" with the given children, all of them registered.
func tree(t *testing.T, names ...string) (r *Registry, reports chan Report, ended chan string) {
	t.Helper()
	reports, ended = make(chan Report, 16), make(chan string, 16)
	r = New(func(report Report) { reports <- report })
	system := actor.NewActorSystem(actor.WithLoggerFactory(func(*actor.ActorSystem) *slog.Logger { return slog.New(slog.DiscardHandler) }))
	child := actor.PropsFromFunc(func(actor.Context) {}, actor.WithReceiverMiddleware(r.Middleware()))
	props := actor.PropsFromProducer(func() actor.Actor { return &parent{names, child, ended} }, actor.WithReceiverMiddleware(r.Middleware()))
	pid, err := system.Root.SpawnNamed(props, "quakes")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = system.Root.StopFuture(pid).Wait()
		system.Shutdown()
	})
	for deadline := time.Now().Add(60 * time.Second); r.Live(Connector) == 0 || len(names) > 0 && r.Live(Ledger) == 0; {
		if time.Now().After(deadline) {
			t.Fatal("the tree did not start")
		}
		time.Sleep(time.Millisecond)
	}
	return r, reports, ended
}

func receive[T any](t *testing.T, from chan T) (v T) {
	t.Helper()
	select {
	case v = <-from:
	case <-time.After(60 * time.Second):
		t.Fatal("nothing came")
	}
	return v
}

func TestNamesTellTheKind(t *testing.T) {
	for id, want := range map[string]struct {
		kind  Kind
		shard string
	}{
		"quakes":                             {Connector, ""},
		"quakes/leases":                      {Leases, ""},
		"quakes/commits":                     {Commits, ""},
		"quakes/ledger":                      {Ledger, ""},
		"quakes/shards":                      {Shards, ""},
		"quakes/shards/shardId-000000000003": {Unit, "shardId-000000000003"},
		"quakes/shards/shardId-000000000003/checkpoint-12": {Checkpoint, "shardId-000000000003"},
		"quakes/shards/shardId-000000000003/channel-12":    {Channel, "shardId-000000000003"},
		"quakes/shards/shardId-000000000003/reader-12":     {Reader, "shardId-000000000003"},
		"quakes/something": {"", ""},
	} {
		if kind, shard := Identify(id); kind != want.kind || shard != want.shard {
			t.Errorf("%s is %q of %q, want %q of %q", id, kind, shard, want.kind, want.shard)
		}
	}
}

func TestAnActorDiesInEitherWay(t *testing.T) {
	for _, how := range []How{Panic, Stop} {
		r, reports, ended := tree(t, "ledger")
		r.Kill(Order{ID: 7, Kill: Ledger, How: how})
		if got, want := receive(t, reports), (Report{ID: 7, Kind: Ledger, How: how, PID: "quakes/ledger"}); got != want {
			t.Errorf("%s: report is %+v, want %+v", how, got, want)
		}
		if id := receive(t, ended); id != "quakes/ledger" || r.Live(Ledger) != 0 {
			t.Errorf("%s: %s ended, %d ledgers live", how, id, r.Live(Ledger))
		}
	}
}

func TestTheConnectorPanicsAndComesBack(t *testing.T) {
	r, reports, _ := tree(t, "ledger")
	r.Kill(Order{ID: 1, Kill: Connector, How: Stop})
	if got := receive(t, reports); got.How != Panic || got.Kind != Connector {
		t.Errorf("report is %+v", got)
	}
	r.Kill(Order{ID: 2, Kill: Connector, How: Panic})
	if got := receive(t, reports); got.ID != 2 || got.Missed {
		t.Errorf("the restarted connector was not found: %+v", got)
	}
}

func TestAnOrderForNobodyIsMissed(t *testing.T) {
	r, reports, _ := tree(t)
	r.Kill(Order{ID: 3, Kill: Channel, Shard: "shardId-000000000001", How: Panic})
	if got := receive(t, reports); !got.Missed || got.ID != 3 {
		t.Errorf("report is %+v", got)
	}
}
