package scenarios_test

import (
	"strings"
	"sync/atomic"
	"testing"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor/process"
	"github.com/kinesnow/kinesnow/supervisor/process/control"
)

func TestEveryRecordIsInTheTableOnceAndInOrder(t *testing.T) {
	w := newWorld(t, 4)
	w.putRecords(1000)
	j := w.run(process.Options{UntilCaughtUp: true})
	j.ends(process.ExitFine)
	w.expectExact()
	if s := j.Summary(); s.Reason != "caught up" || s.Gaps != 0 || s.RejectedRows != 0 {
		t.Errorf("summary %+v", s)
	}
}

func TestANewProcessGoesOnWhereADrainedOneStopped(t *testing.T) {
	w := newWorld(t, 2)
	w.putRecords(500)
	first := w.run(process.Options{})
	first.until("flowing", func(s *control.Snapshot) bool {
		return len(s.Connectors) == 1 && len(s.Connectors[0].Shards) == 2 && s.Connectors[0].Shards[0].Live.Committed > 0
	})
	w.putRecords(500)
	first.stop()
	first.ends(process.ExitFine)
	w.putRecords(500)
	w.run(process.Options{UntilCaughtUp: true}).ends(process.ExitFine)
	w.expectExact()
}

// TestActorsThatCrashLoseAndRepeatNothing lets every kind of actor of the data
// path panic now and then.
func TestActorsThatCrashLoseAndRepeatNothing(t *testing.T) {
	w := newWorld(t, 3)
	w.putRecords(2000)
	var seen, crashes atomic.Int64
	crash := func(next actor.ReceiverFunc) actor.ReceiverFunc {
		return func(c actor.ReceiverContext, envelope *actor.MessageEnvelope) {
			switch envelope.Message.(type) {
			case actor.SystemMessage, actor.AutoReceiveMessage:
			default:
				if victim(c.Self().Id) && seen.Add(1)%9 == 0 && crashes.Add(1) <= 15 {
					panic("killed by the scenario")
				}
			}
			next(c, envelope)
		}
	}
	w.run(process.Options{UntilCaughtUp: true, Middleware: []actor.ReceiverMiddleware{crash}}).ends(process.ExitFine)
	if crashes.Load() < 5 {
		t.Errorf("only %d actors crashed", crashes.Load())
	}
	w.expectExact()
}

// victim reports whether an actor belongs to a generation.
func victim(id string) bool {
	return strings.Contains(id, "/reader-") || strings.Contains(id, "/channel-") || strings.Contains(id, "/checkpoint-")
}

func TestAStreamThatIsReshardedMeanwhileStaysExact(t *testing.T) {
	w := newWorld(t, 2)
	w.putRecords(300)
	j := w.run(process.Options{})
	j.until("flowing", func(s *control.Snapshot) bool { return len(s.Connectors[0].Shards) == 2 })
	w.split("shardId-000000000000")
	w.putRecords(300)
	w.merge()
	w.putRecords(300)
	j.stop()
	j.ends(process.ExitFine)
	w.run(process.Options{UntilCaughtUp: true}).ends(process.ExitFine)
	w.expectExact()
}

// TestARestoredTableStopsTheShardAndResolveLetsItGoOn moves a channel's token
// back, as a restored table does.
func TestARestoredTableStopsTheShardAndResolveLetsItGoOn(t *testing.T) {
	w := newWorld(t, 1)
	w.putRecords(50)
	w.run(process.Options{UntilCaughtUp: true}).ends(process.ExitFine)
	first := w.Snowflake.Channels()[0]
	w.putRecords(50)
	w.run(process.Options{UntilCaughtUp: true}).ends(process.ExitFine)
	w.moveTokenBack(first)

	w.run(process.Options{UntilCaughtUp: true}).ends(process.ExitFindings)
	j := w.run(process.Options{})
	const shard = "shardId-000000000000"
	j.until("stopped", func(s *control.Snapshot) bool {
		return len(s.Connectors[0].Shards) == 1 && s.Connectors[0].Shards[0].Stop == messages.TokenRegressed
	})
	worker, err := control.FindWorker(t.Context(), w.dataDir(), "orders", shard)
	if err != nil {
		t.Fatal(err)
	}
	client, err := control.Dial(t.Context(), worker.Socket)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if err := client.Resolve(t.Context(), control.Resolve{Connector: "orders", Shard: shard, From: "checkpoint", Who: "scenario", Why: "the rows are still there"}); err != nil {
		t.Fatalf("resolve: %v", err)
	}
	w.putRecords(50)
	j.until("caught up", func(s *control.Snapshot) bool {
		return s.Connectors[0].CaughtUp() && s.Connectors[0].Shards[0].Live.Committed == 50
	})
	j.stop()
	j.ends(process.ExitFine)
	w.expectExact()
}
