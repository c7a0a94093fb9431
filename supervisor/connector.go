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
	met      bool      // some shard flowed: both ends were reached once
	still    time.Time // since when none does though some wait to; zero = it is not so

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
		if m.state.Phase == messages.PhaseFlowing {
			k.met, k.still = true, time.Time{}
		}
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

	case *messages.TableAltered, *messages.TableShrunk, *messages.SchemaTrouble, *messages.KeysCounted:
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
		s.Elsewhere, s.Unowned = k.node.Elsewhere, k.node.Unowned
		s.Channels = k.node.Channels
	}
	s.Total, s.Durable, s.Gaps = p.past, p.durable, p.gaps
	if k.order == nil {
		k.order = slices.Sorted(maps.Keys(k.shards))
	}
	if len(k.order) > 0 {
		s.Shards = make([]messages.ShardState, 0, len(k.order))
	}
	for _, id := range k.order {
		sh := k.shards[id]
		s.Shards = append(s.Shards, *sh)
		s.Total, s.Durable, s.Gaps = s.Total.Add(sh.Live), s.Durable.Add(sh.Durable()), s.Gaps+sh.Gaps
	}
	s.Total.Digest = ""
	k.schemaState(s)
	k.watch(s)
	s.Health, s.Why, s.Stop, s.Hint = k.judge(s)
	s.Ready = k.parked != nil || k.node != nil && k.reached(s)
	return s
}
