package supervisor

import (
	"maps"
	"slices"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/kinesnow/kinesnow/actors"
	"github.com/kinesnow/kinesnow/messages"
)

// The names of a connector's children: fixed, so that a PID stays good when
// what it names is respawned.
const (
	nameLease   = "leases"
	nameCommits = "commits"
	nameLedger  = "ledger"
	nameDrops   = "drops"
	nameSchema  = "schema"
	nameShards  = "shards"
)

// connector is the exported root of one stream into one table: it starts and
// drains, keeps the other inner nodes alive, and answers what hosts ask. No
// data passes it. A host's strategy may restart it in place: everything below
// is stopped first and built again from durable truth.
type connector struct {
	plant    *plant
	children map[string]*actor.PID
	ports    ports
	node     *messages.NodeReady
	parked   *messages.Fault
	shards   map[messages.ShardID]*messages.ShardState
	order    []messages.ShardID // of shards, sorted; nil = to be made anew
	schema   messages.SchemaState
	ignored  messages.IgnoredKeys
	ledger   actors.ConnectorLedger // a fold over its own events
	outbox   actors.Outbox
	drain    *draining
	tick     *time.Timer // stopped with this instance: a restart in place brings its own
	down     bool

	publishedAt time.Time
	warned      time.Time // of a pause that lasts
}

// draining is a drain under way.
type draining struct {
	senders []*actor.PID
	waiting map[messages.ShardID]bool
	left    []messages.ShardID
	known   bool // which shards to wait for is known
	retired bool
	told    *messages.ConnectorDrained // the last that is to be recorded; nil = not yet
}

type (
	respawn    struct{ name string }
	drainLate  struct{}
	recordLate struct{}
	healthNow  struct{}
)

// Receive is the table of contents.
func (k *connector) Receive(c actor.Context) {
	if k.down {
		return // a child spawned while stopping would never be stopped
	}
	switch m := c.Message().(type) {
	case *actor.Started:
		k.started(c)
	case *respawn:
		k.spawn(c, m.name)
	case *actor.Terminated:
		k.terminated(c, m)
	case *messages.NodeReady:
		k.nodeReady(c, m)
	case *messages.ConnectorFault:
		k.fault(c, m)

	case *shardReport:
		if k.shards[m.state.Shard] == nil {
			k.order = nil
		}
		k.shards[m.state.Shard] = &m.state
		if time.Since(k.publishedAt) >= k.publishEvery() {
			k.publish(c) // else the next report, or the tick
		}
	case *unitGone:
		k.forget(m.shard)
		k.publish(c)
		k.unitGone(c, m)
	case *messages.Inspect:
		c.Respond(k.state())
	case *messages.Pause, *messages.Resume:
		k.changePauses(c, m)
	case *pausesChanged:
		k.pausesChanged(c, m)
	case *messages.Resolve:
		k.resolve(c, m)

	case *messages.TableAltered, *messages.SchemaTrouble, *messages.KeysCounted:
		k.schemaNews(c, m)

	case *messages.Drain:
		k.drainAll(c, m)
	case *windingShards:
		k.winding(c, m)
	case *windDone:
		k.windDone(c, m)
	case *drainLate:
		k.drained(c)
	case *messages.Retired:
		k.retired(c)

	case *healthNow:
		k.outbox.Repeat(c)
		k.warnOfPause(time.Now())
		k.publish(c)
		k.tick = actors.After(c, time.Second, m)
	case *messages.Recorded:
		k.outbox.Recorded(m)
		k.recorded(c)
	case *recordLate:
		k.leave(c)
	case *actor.Stopping, *actor.Restarting:
		k.down = true
		k.tick.Stop()
		k.plant.published.Store(nil)
	}
}

// HandleFailure implements actor.SupervisorStrategy: a failed child is stopped;
// Terminated spawns it again.
func (k *connector) HandleFailure(_ *actor.ActorSystem, supervisor actor.Supervisor, child *actor.PID, _ *actor.RestartStatistics, reason, _ any) {
	k.plant.log.Error().Str("actor", child.Id).Str("err", firstLine(actors.CrashFault(reason, nil).Error())).Msg("actor failed")
	supervisor.StopChildren(child)
}

func (k *connector) started(c actor.Context) {
	k.children, k.shards, k.order = map[string]*actor.PID{}, map[messages.ShardID]*messages.ShardState{}, nil
	at := func(name string) *actor.PID { return actor.NewPID(c.Self().Address, c.Self().Id+"/"+name) }
	k.ports = ports{lease: at(nameLease), commits: at(nameCommits), ledger: at(nameLedger), drops: at(nameDrops), schema: at(nameSchema)}
	k.plant.leaving = false // a restart in place has forgotten the drain
	k.outbox = actors.NewOutbox(k.ports.ledger, ledgerStream(k.plant.name), k.plant.process+"/connector/"+time.Now().UTC().Format(time.RFC3339Nano))
	k.record(c, &messages.Started{
		Connector: k.plant.name, Version: k.plant.version, Stream: k.plant.cfg.Kinesis.StreamName(), Target: k.plant.target(), At: time.Now().UTC(),
	})
	k.spawn(c, nameLedger) // what keeps a connector from beginning is told, too
	k.spawn(c, nameLease)
	k.tick = actors.After(c, time.Second, &healthNow{})
}

// record keeps events: in the state, and in the ledger.
func (k *connector) record(c actor.Context, events ...messages.Event) {
	for _, e := range events {
		k.ledger = k.ledger.Evolve(e)
	}
	k.outbox.Add(c, events...)
}

// ledgerStream is the journal stream of a connector's own ledger.
func ledgerStream(name string) string { return "connector/" + name }

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

// fault parks the connector, or takes that back.
func (k *connector) fault(c actor.Context, m *messages.ConnectorFault) {
	if m.Fault != nil && (k.parked == nil || k.parked.Stop != m.Fault.Stop || k.parked.Op != m.Fault.Op) {
		k.plant.log.Error().Str("code", string(m.Fault.Stop)).Str("err", firstLine(m.Fault.Error())).Msg("connector stopped")
	}
	k.parked = m.Fault
	k.publish(c)
}

func (k *connector) resolve(c actor.Context, m *messages.Resolve) {
	if k.children[nameShards] == nil {
		c.Respond(&messages.Done{Error: "the connector is not ready"})
		return
	}
	c.Send(k.children[nameShards], &resolveShard{m, c.Sender()})
}

// state is the answer to Inspect.
func (k *connector) state() *messages.State {
	p := k.plant
	s := &messages.State{
		Connector: p.name, Process: p.process, Stream: p.cfg.Kinesis.StreamName(), Region: p.cfg.AWS.Region, Target: p.target(),
		Journal: p.book.State(), Letters: p.letters(), Memory: p.budget.State(), At: time.Now().UTC(),
	}
	if k.node != nil {
		s.Node, s.Retention, s.Listed, s.Done = k.node.Node, k.node.Stream.Retention, k.node.Listed, k.node.Done
		s.Unowned = k.node.Unowned
		s.Channels = k.node.Channels
	}
	s.Total, s.Gaps = p.past, p.gaps
	if k.order == nil {
		k.order = slices.Sorted(maps.Keys(k.shards))
	}
	if len(k.order) > 0 {
		s.Shards = make([]messages.ShardState, 0, len(k.order))
	}
	for _, id := range k.order {
		sh := k.shards[id]
		s.Shards = append(s.Shards, *sh)
		s.Total, s.Gaps = s.Total.Add(sh.Live), s.Gaps+sh.Gaps
	}
	s.Total.Digest = ""
	k.schemaState(s)
	s.Health, s.Why, s.Stop, s.Hint = k.judge(s)
	s.Ready = k.parked != nil || k.node != nil && k.reached(s)
	return s
}
