package supervisor

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/kinesnow/kinesnow/actors/actorstest"
	"github.com/kinesnow/kinesnow/messages"
)

// oneConnector runs a connector on a cloud, through what happens to it, and
// demands that in the end everything is in the table and the connector stops.
func oneConnector(t *testing.T, cloud *actorstest.Cloud, host Host, happens func(system *actor.ActorSystem, pid *actor.PID)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		system := quietSystem()
		p := testPlant(cloud, "orders", "p", host)
		pid, err := system.Root.SpawnNamed(p.props(func() actor.Actor { return &connector{plant: p} }), "orders")
		if err != nil {
			t.Fatal(err)
		}
		happens(system, pid)
		time.Sleep(40 * time.Second)
		for _, text := range append(cloud.Missing(), cloud.Problems()...) {
			t.Error(text)
		}
		if err := system.Root.StopFuture(pid).Wait(); err != nil {
			t.Errorf("the connector does not stop: %v", err)
		}
		system.Shutdown()
		time.Sleep(time.Minute)
	})
}

// TestAManagerThatStopsSpawnsNothing: mail that arrives while it waits for its
// units to stop is still handed to it. A unit spawned then is never told to
// stop, and the manager would wait for it for ever.
func TestAManagerThatStopsSpawnsNothing(t *testing.T) {
	cloud := actorstest.NewCloud()
	for n := range 8 {
		cloud.Stream.AddShard(actorstest.ShardID(n))
		cloud.Stream.Put(actorstest.ShardID(n), 10)
	}
	last := &messages.LeasesHeld{}
	late := func(next actor.ReceiverFunc) actor.ReceiverFunc {
		return func(c actor.ReceiverContext, e *actor.MessageEnvelope) {
			next(c, e)
			if kindOf(c.Self()) != nameShards {
				return
			}
			switch m := e.Message.(type) {
			case *messages.LeasesHeld:
				last = m
			case *actor.Stopping:
				more := *last
				more.Shards = append([]messages.HeldShard{{Shard: messages.Shard{ID: "shardId-late"}}}, more.Shards...)
				c.ActorSystem().Root.Send(c.Self(), &more)
			}
		}
	}
	oneConnector(t, cloud, Host{Middleware: []actor.ReceiverMiddleware{late}}, func(system *actor.ActorSystem, pid *actor.PID) {
		for range 5 {
			time.Sleep(5 * time.Second)
			system.Root.Stop(actor.NewPID(pid.Address, pid.Id+"/"+nameShards))
		}
	})
}

// TestAResumeOnTheWayToAPauseIsHeard: the shard still waits for its commit.
func TestAResumeOnTheWayToAPauseIsHeard(t *testing.T) {
	cloud := actorstest.NewCloud()
	cloud.Sink.CommitDelay = 6 * time.Second
	cloud.Stream.AddShard(actorstest.ShardID(0))
	cloud.Stream.Put(actorstest.ShardID(0), 10)
	oneConnector(t, cloud, Host{}, func(system *actor.ActorSystem, pid *actor.PID) {
		time.Sleep(3 * time.Second)
		system.Root.Send(pid, &messages.Pause{})
		time.Sleep(time.Second)
		system.Root.Send(pid, &messages.Resume{})
		cloud.Stream.Put(actorstest.ShardID(0), 10)
	})
}

// TestAPauseOutlivesItsLease: the shard comes back, is still paused, is resumed,
// and flows.
func TestAPauseOutlivesItsLease(t *testing.T) {
	cloud := actorstest.NewCloud()
	id := actorstest.ShardID(0)
	cloud.Stream.AddShard(id)
	cloud.Stream.Put(id, 10)
	oneConnector(t, cloud, Host{}, func(system *actor.ActorSystem, pid *actor.PID) {
		time.Sleep(10 * time.Second)
		system.Root.Send(pid, &messages.Pause{Shards: []messages.ShardID{id}})
		time.Sleep(10 * time.Second)
		cloud.Table.Edit(id, func(row *messages.ShardRow) {
			row.Owner, row.Epoch, row.Counter = "node-9/other", row.Epoch+1, row.Counter+1
		})
		time.Sleep(10 * time.Second)
		cloud.Table.Edit(id, func(row *messages.ShardRow) { row.Owner = "" })
		cloud.Stream.Put(id, 10)
		time.Sleep(10 * time.Second)
		if row := cloud.Table.Row(id); row.Owner == "" || len(cloud.Sink.Rows(id)) != 10 {
			t.Errorf("the shard came back to %q, %d rows", row.Owner, len(cloud.Sink.Rows(id)))
		}
		system.Root.Send(pid, &messages.Resume{Shards: []messages.ShardID{id}})
		cloud.Stream.Put(id, 10)
	})
}

// TestAPausedShardIsLeftAloneUntilItIsResumed, its lease renewed meanwhile.
func TestAPausedShardIsLeftAloneUntilItIsResumed(t *testing.T) {
	cloud := actorstest.NewCloud()
	id := actorstest.ShardID(0)
	cloud.Stream.AddShard(id)
	cloud.Stream.Put(id, 10)
	oneConnector(t, cloud, Host{}, func(system *actor.ActorSystem, pid *actor.PID) {
		time.Sleep(10 * time.Second)
		system.Root.Send(pid, &messages.Pause{})
		time.Sleep(10 * time.Second)
		row := cloud.Table.Row(id)
		if !row.Settled || row.Owner == "" {
			t.Errorf("a paused shard is settled %v, owned by %q", row.Settled, row.Owner)
		}
		cloud.Stream.Put(id, 10)
		time.Sleep(2 * time.Minute)
		after := cloud.Table.Row(id)
		if after.Committed != row.Committed || after.Owner != row.Owner || after.Counter == row.Counter {
			t.Errorf("while it was paused the row went from %+v to %+v", row, after)
		}
		system.Root.Send(pid, &messages.Resume{})
	})
}

// TestADrainLeavesEverythingCommittedAndFree: rows, leases and the node slot.
func TestADrainLeavesEverythingCommittedAndFree(t *testing.T) {
	cloud := actorstest.NewCloud()
	cloud.Sink.CommitDelay = 5 * time.Second
	id := actorstest.ShardID(0)
	cloud.Stream.AddShard(id)
	cloud.Stream.Put(id, 10)
	oneConnector(t, cloud, Host{}, func(system *actor.ActorSystem, pid *actor.PID) {
		time.Sleep(2 * time.Second)
		answer, err := system.Root.RequestFuture(pid, &messages.Drain{Within: 20 * time.Second}, time.Minute).Result()
		if d, ok := answer.(*messages.Drained); err != nil || !ok || !d.Clean || len(d.Left) != 0 {
			t.Errorf("drained %+v, %v", answer, err)
		}
		row := cloud.Table.Row(id)
		if !row.Settled || row.Owner != "" || row.Committed != cloud.Sink.Token(channel0(cloud)) || row.Committed == "" {
			t.Errorf("row %+v", row)
		}
		if nodes := cloud.Table.Nodes(); len(nodes) != 1 || nodes[0].Process != "" {
			t.Errorf("nodes %+v", nodes)
		}
	})
}

// channel0 is the channel of shard 0.
func channel0(cloud *actorstest.Cloud) string {
	info := cloud.Stream.Info
	return ChannelName("app", &info, actorstest.ShardID(0))
}
