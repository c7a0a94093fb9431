package chaos

import (
	"math/rand/v2"
	"sync"

	"github.com/asynkron/protoactor-go/actor"
)

// Registry knows which actors live. Its Middleware must be in
// supervisor.Host.Middleware of one connector.
type Registry struct {
	reported func(Report) // called on the dying actor's goroutine
	mu       sync.Mutex
	live     map[string]*entry // by PID id
}

type entry struct {
	pid   *actor.PID
	root  *actor.RootContext
	kind  Kind
	shard string
	doom  *Order // a stop that was sent and has not arrived
}

// New returns a registry that tells of every death it caused.
func New(reported func(Report)) *Registry {
	return &Registry{reported: reported, live: map[string]*entry{}}
}

// die makes the actor that receives it panic. No actor ever sees it.
type die struct{ order Order }

// killed is what a dying actor panics with.
type killed struct{ id int64 }

func (killed) Error() string { return "killed by chaos" }

// Middleware registers actors as they start and ends those that are doomed.
func (r *Registry) Middleware() actor.ReceiverMiddleware {
	return func(next actor.ReceiverFunc) actor.ReceiverFunc {
		return func(c actor.ReceiverContext, envelope *actor.MessageEnvelope) {
			switch m := envelope.Message.(type) {
			case *actor.Started:
				r.started(c.Self(), c.ActorSystem().Root)
			case *actor.Stopping:
				r.stopping(c.Self())
			case *die:
				r.dying(c.Self(), m.order)
				panic(killed{m.order.ID})
			}
			next(c, envelope)
		}
	}
}

func (r *Registry) started(pid *actor.PID, root *actor.RootContext) {
	kind, shard := Identify(pid.Id)
	if kind == "" {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.live[pid.Id] = &entry{pid: pid, root: root, kind: kind, shard: shard}
}

// stopping forgets an actor, and reports the death if it was asked for.
func (r *Registry) stopping(pid *actor.PID) {
	r.mu.Lock()
	e := r.live[pid.Id]
	delete(r.live, pid.Id)
	r.mu.Unlock()
	if e != nil && e.doom != nil {
		r.report(e, *e.doom)
	}
}

func (r *Registry) dying(pid *actor.PID, o Order) {
	kind, shard := Identify(pid.Id)
	r.report(&entry{pid: pid, kind: kind, shard: shard}, o)
}

func (r *Registry) report(e *entry, o Order) {
	r.reported(Report{ID: o.ID, Kind: e.kind, Shard: e.shard, How: o.How, PID: e.pid.Id})
}

// Live counts the actors of a kind.
func (r *Registry) Live(k Kind) (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.live {
		if e.kind == k {
			n++
		}
	}
	return n
}

// Kill carries an order out. The connector itself is never stopped, for
// nobody would start it again: it panics.
func (r *Registry) Kill(o Order) {
	if o.Kill == Connector {
		o.How = Panic
	}
	e := r.choose(o)
	switch {
	case e == nil:
		r.reported(Report{ID: o.ID, Kind: o.Kill, Shard: o.Shard, How: o.How, Missed: true})
	case o.How == Stop:
		e.root.Stop(e.pid)
	default:
		e.root.Send(e.pid, &die{o})
	}
}

// choose picks an actor that fits and is not doomed yet.
func (r *Registry) choose(o Order) *entry {
	r.mu.Lock()
	defer r.mu.Unlock()
	var fit []*entry
	for _, e := range r.live {
		if e.kind == o.Kill && e.doom == nil && (o.Shard == "" || e.shard == o.Shard) {
			fit = append(fit, e)
		}
	}
	if len(fit) == 0 {
		return nil
	}
	e := fit[rand.IntN(len(fit))]
	if o.How == Stop {
		e.doom = &o
	}
	return e
}
