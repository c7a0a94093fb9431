package sim

import (
	"fmt"
	"strings"

	"github.com/asynkron/protoactor-go/actor"
)

// panics lets actors of a node die before or after a message: the message is
// lost, or its effects stay without their sequel.
func (w *World) panics(n *Node) actor.ReceiverMiddleware {
	return func(next actor.ReceiverFunc) actor.ReceiverFunc {
		return func(c actor.ReceiverContext, envelope *actor.MessageEnvelope) {
			switch envelope.Message.(type) {
			case *actor.Started, *actor.Stopping, *actor.Stopped, *actor.Restarting, *actor.Terminated:
				next(c, envelope)
				return
			}
			if w.menu.calm.Load() || w.plan.Panics == 0 {
				next(c, envelope)
				return
			}
			draw := scatter(scatter(w.plan.Seed^w.scheduler.steps) ^ mixText(offset64, c.Self().Id))
			if int(draw%10000) < w.plan.Panics {
				w.crash(n, c.Self().Id, "panic before a message")
				panic(fmt.Sprintf("before %T", envelope.Message))
			}
			next(c, envelope)
			if int(draw>>32%10000) < w.plan.Panics {
				w.crash(n, c.Self().Id, "panic after a message")
				panic(fmt.Sprintf("after %T", envelope.Message))
			}
		}
	}
}

// crash notes an actor's end.
func (w *World) crash(n *Node, name, kind string) {
	b := &Blow{kind: kind, node: n.name, actor: name}
	if _, rest, ok := strings.Cut(name, "/shards/"); ok {
		b.shard, _, _ = strings.Cut(rest, "/")
	}
	w.ledger.strike(b)
	w.trace.note("storm", kind, name)
}
