package supervisor

import (
	"github.com/asynkron/protoactor-go/actor"

	"github.com/kinesnow/kinesnow/actors"
	"github.com/kinesnow/kinesnow/messages"
)

// ports are the connector's inner nodes as their peers address them. The names
// never change, so a PID stays good when what it names is respawned.
type ports struct{ lease, commits, ledger, drops, schema *actor.PID }

// shardManager keeps one unit for every lease that this node holds, and none
// for any other.
type shardManager struct {
	plant     *plant
	ports     ports
	connector *actor.PID
	units     map[messages.ShardID]*actor.PID
	held      map[messages.ShardID]messages.HeldShard
	last      *messages.LeasesHeld
	paused    messages.Pauses // as Lease last saw it in the table
	drain     *windDown
	down      bool
}

// unitAgain respawns a unit that ended though its lease is held.
type unitAgain struct{ shard messages.ShardID }

// unitGone tells the connector that a shard is not worked on any more.
type unitGone struct{ shard messages.ShardID }

// Receive is the table of contents.
func (m *shardManager) Receive(c actor.Context) {
	if m.down {
		return // a child spawned while stopping would never be stopped
	}
	switch msg := c.Message().(type) {
	case *actor.Started:
		m.units, m.held = map[messages.ShardID]*actor.PID{}, map[messages.ShardID]messages.HeldShard{}
		c.Request(m.ports.lease, &messages.ShardsReady{})
	case *messages.LeasesHeld:
		m.reconcile(c, msg)
	case *messages.LeaseLost:
		delete(m.held, msg.Shard)
		if unit := m.units[msg.Shard]; unit != nil {
			c.Send(unit, msg)
		}
	case *messages.HandoffWanted:
		m.handOff(c, msg)
	case *unitAgain:
		m.ensure(c, msg.shard)
	case *actor.Terminated:
		m.terminated(c, msg)
	case *windDown:
		m.windAll(c, msg)
	case *resolveShard:
		m.resolve(c, msg)
	case *windDone:
		if m.drain != nil {
			c.Send(m.connector, msg)
		}
	case *unitGone:
		c.Send(m.connector, msg)
	case *actor.Stopping:
		m.down = true
	}
}

// HandleFailure implements actor.SupervisorStrategy: a failed unit is stopped;
// Terminated respawns it.
func (m *shardManager) HandleFailure(_ *actor.ActorSystem, supervisor actor.Supervisor, child *actor.PID, _ *actor.RestartStatistics, reason, _ any) {
	m.plant.log.Error().Str("actor", child.Id).Str("err", firstLine(actors.CrashFault(reason, nil).Error())).Msg("shard unit failed")
	supervisor.StopChildren(child)
}

// reconcile makes the units match the leases, and what is paused of them.
func (m *shardManager) reconcile(c actor.Context, held *messages.LeasesHeld) {
	m.last = held
	m.pauses(c, held.Pauses)
	clear(m.held)
	for _, h := range held.Shards {
		m.held[h.Shard.ID] = h
		m.ensure(c, h.Shard.ID)
	}
	for id, unit := range m.units {
		if _, ok := m.held[id]; !ok {
			c.Send(unit, &messages.LeaseLost{Shard: id, Why: "Lease does not hold it"})
		}
	}
}

// ensure spawns a shard's unit unless there is one.
func (m *shardManager) ensure(c actor.Context, id messages.ShardID) {
	h, held := m.held[id]
	if !held || m.units[id] != nil || m.drain != nil {
		return
	}
	// Not m.last itself: the closure lives as long as the unit, and a thousand of
	// them would keep a thousand lists.
	durable, drained, stream := m.last.Durable, m.last.Drained, m.last.Stream
	pid, err := c.SpawnNamed(m.plant.props(func() actor.Actor {
		return &shardUnit{
			plant: m.plant, ports: m.ports, shard: h.Shard, first: h.First, durable: durable, drained: drained,
			stream: stream, connector: m.connector,
		}
	}), string(id))
	if err != nil {
		panic(err) // the name is free once Terminated was seen, so this is a bug of ours
	}
	m.units[id] = pid
	if m.paused.Has(id) {
		c.Request(pid, &windDown{within: m.plant.drainTimeout()})
	}
}

// terminated forgets a unit, and spawns it again soon where its lease is still
// held: Lease says otherwise in time if it is not.
func (m *shardManager) terminated(c actor.Context, t *actor.Terminated) {
	for id, unit := range m.units {
		if !unit.Equal(t.Who) {
			continue
		}
		delete(m.units, id)
		c.Send(c.Self(), &unitGone{id}) // behind the unit's own last words, which Terminated overtakes
		if _, held := m.held[id]; held && m.drain == nil {
			actors.After(c, respawnAfter, &unitAgain{id})
		}
	}
}

// handOff ends a shard's work here in order and gives its lease to who asked.
// A paused shard stays where it was paused: nobody would work on it elsewhere.
func (m *shardManager) handOff(c actor.Context, h *messages.HandoffWanted) {
	unit := m.units[h.Shard]
	if unit == nil || m.drain != nil || m.paused.Has(h.Shard) {
		return // Lease says it again
	}
	c.Request(unit, &windDown{release: true, to: h.To, within: handoffWithin})
}

// windAll drains every unit. Each answers for itself.
func (m *shardManager) windAll(c actor.Context, w *windDown) {
	m.drain = w
	winding := &windingShards{}
	for id, unit := range m.units {
		winding.shards = append(winding.shards, id)
		c.Request(unit, w)
	}
	for id := range m.held {
		if m.units[id] == nil {
			winding.left = append(winding.left, id)
		}
	}
	c.Send(m.connector, winding)
}

// windingShards names the shards that a drain waits for, and those whose unit
// had just crashed.
type windingShards struct{ shards, left []messages.ShardID }

func (m *shardManager) resolve(c actor.Context, r *resolveShard) {
	unit := m.units[r.command.Shard]
	if unit == nil {
		c.Send(r.sender, &messages.Done{Error: "shard " + string(r.command.Shard) + " is not worked on by this process"})
		return
	}
	c.Send(unit, r)
}
