package supervisor

import (
	"runtime/debug"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/rs/zerolog"

	"github.com/kinesnow/kinesnow/actors"
)

// guard is the outermost middleware of every actor. A panic once an actor is
// stopping would resurrect it, or leave it waiting for its children for ever
// (specs/protoactor.md 2.1; the Terminated of a child that is handled by a
// panic is forgotten), so it is swallowed there. Every other panic becomes a
// fault with its stack.
//
// One guard belongs to one actor, whose messages come one at a time.
func guard(log zerolog.Logger) actor.ReceiverMiddleware {
	stopping := false
	return func(next actor.ReceiverFunc) actor.ReceiverFunc {
		return func(c actor.ReceiverContext, envelope *actor.MessageEnvelope) {
			switch envelope.Message.(type) {
			case *actor.Started:
				stopping = false
			case *actor.Stopping, *actor.Restarting:
				stopping = true
			}
			defer func() {
				r := recover()
				if r == nil {
					return
				}
				fault := actors.CrashFault(r, debug.Stack())
				if !stopping {
					panic(fault)
				}
				log.Error().Str("err", firstLine(fault.Error())).Str("actor", c.Self().Id).Msg("panic while stopping")
			}()
			next(c, envelope)
		}
	}
}

// props returns the Props of one of our actors: guarded, then whatever the
// host adds, which is where chaos tests hook in.
func (p *plant) props(produce actor.Producer) *actor.Props {
	middleware := append([]actor.ReceiverMiddleware{guard(p.log)}, p.host.Middleware...)
	options := append([]actor.PropsOption{actor.WithReceiverMiddleware(middleware...)}, p.host.Props...)
	return actor.PropsFromProducer(produce, options...)
}
