package supervisor

import (
	"log/slog"
	"sync"
	"sync/atomic"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/asynkron/protoactor-go/eventstream"
)

// firstSystem is what every small system is a copy of. It is made outside of
// any bubble.
var firstSystem = sync.OnceValue(func() *actor.ActorSystem {
	return actor.NewActorSystem(actor.WithLoggerFactory(func(*actor.ActorSystem) *slog.Logger { return slog.New(slog.DiscardHandler) }))
})

// smallSystems counts them.
var smallSystems atomic.Int64

// smallSystem is an actor system of its own, for a run with some dozen actors.
// The engine's makes 32,768 maps for its registry, which took a third of the
// time of a run that splits a shard, and three quarters of one of six rows; this
// one makes do with a few of them, in turn. It shares with others what no actor
// changes: configuration, logger, and the channel that Shutdown closes, so that
// it must not be shut down. Its actors are all there is to end.
func smallSystem() *actor.ActorSystem {
	first := firstSystem()
	buckets := first.ProcessRegistry.LocalPIDs.LocalPIDs
	bucket := 1 + int(smallSystems.Add(1))%(len(buckets)-1)
	if buckets[bucket].Count() > 0 {
		buckets[bucket].Clear() // of names that the run which had it left behind
	}

	s := *first
	s.ProcessRegistry = &actor.ProcessRegistryValue{
		ActorSystem: &s, Address: first.Address(), LocalPIDs: &actor.SliceMap{LocalPIDs: buckets[bucket : bucket+1]},
	}
	s.Root = actor.NewRootContext(&s, actor.EmptyMessageHeader)
	s.Guardians = actor.NewGuardians(&s)
	s.EventStream = eventstream.NewEventStream()
	s.DeadLetter = actor.NewDeadLetter(&s)
	actor.SubscribeSupervision(&s)
	s.ProcessRegistry.Add(actor.NewEventStreamProcess(&s), "eventstream")
	return &s
}
