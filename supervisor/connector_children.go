package supervisor

import (
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/kinesnow/kinesnow/actors"
	"github.com/kinesnow/kinesnow/messages"
)

// HandleFailure implements actor.SupervisorStrategy: a failed child is stopped;
// Terminated spawns it again.
func (k *connector) HandleFailure(_ *actor.ActorSystem, supervisor actor.Supervisor, child *actor.PID, _ *actor.RestartStatistics, reason, _ any) {
	k.plant.log.Error().Str("actor", child.Id).Str("err", firstLine(actors.CrashFault(reason, nil).Error())).Msg("actor failed")
	supervisor.StopChildren(child)
}

// spawn makes a child, unless it is there. While the connector drains, only
// those that a drain needs are made again.
func (k *connector) spawn(c actor.Context, name string) {
	if k.children[name] != nil || k.drain != nil && (name == nameShards || name == nameDrops || k.drain.retired) {
		return
	}
	var produce actor.Producer
	switch name {
	case nameLease:
		produce = func() actor.Actor {
			return k.plant.newLease(k.ports, actor.NewPID(c.Self().Address, c.Self().Id+"/"+nameShards))
		}
	case nameCommits:
		produce = func() actor.Actor { return actors.NewCommits(k.plant.sink, k.plant.log) }
	case nameLedger:
		produce = func() actor.Actor { return actors.NewLedger(k.plant.book) }
	case nameDrops:
		produce = func() actor.Actor { return k.plant.newDrops() }
	case nameSchema:
		self := c.Self()
		produce = func() actor.Actor { return k.plant.newSchema(self) }
	case nameShards:
		self := c.Self()
		produce = func() actor.Actor { return &shardManager{plant: k.plant, ports: k.ports, connector: self} }
	}
	pid, err := c.SpawnNamed(k.plant.props(produce), name)
	if err != nil {
		panic(err) // the name is free once Terminated was seen, so this is a bug of ours
	}
	k.children[name] = pid
}

// terminated spawns a child again, after a moment, so that a child that cannot
// live does not spin.
func (k *connector) terminated(c actor.Context, t *actor.Terminated) {
	for name, pid := range k.children {
		if pid.Equal(t.Who) {
			delete(k.children, name)
			if name == nameShards {
				for id := range k.shards {
					k.forget(id)
				}
				k.shardsGone(c)
			}
			actors.After(c, respawnPause, &respawn{name})
		}
	}
}

// respawnPause keeps an inner node that dies at once from spinning.
const respawnPause = 50 * time.Millisecond

// forget lets go of a shard that is not worked on any more; what this process
// did for it stays in the totals.
func (k *connector) forget(shard messages.ShardID) {
	if s := k.shards[shard]; s != nil {
		k.plant.past = k.plant.past.Add(s.Live)
		k.plant.past.Digest = ""
		k.plant.durable = k.plant.durable.Add(s.Durable())
		k.plant.gaps += s.Gaps
		delete(k.shards, shard)
		k.order = nil
	}
}

// nodeReady: the node's slot is known, so its journal can be opened and the
// rest of the tree can begin.
func (k *connector) nodeReady(c actor.Context, m *messages.NodeReady) {
	first := k.node == nil
	k.node = m
	if first {
		if err := k.plant.openJournal(m.Node); err != nil {
			k.plant.log.Error().Err(err).Msg("the journal is kept in memory until its folder can be opened")
		}
		k.plant.log.Info().Str("node", m.Node).Str("arn", m.Stream.ARN).Str("target", k.plant.target()).Msg("connector begins")
	}
	k.plant.held, k.plant.slot = m.Owner, m.Node
	k.notePauses(c, m.Pauses)
	if k.plant.columns != nil {
		k.spawn(c, nameSchema)
	}
	for _, name := range []string{nameCommits, nameDrops, nameShards} {
		k.spawn(c, name)
	}
	k.publish(c)
}
