package supervisor

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"github.com/kinesnow/kinesnow/actors/actorstest"
	"github.com/kinesnow/kinesnow/messages"
)

// fleetOf is a cloud with so many shards, and nobody who works on it yet.
func fleetOf(t *testing.T, shards int) *chaosWorld {
	t.Helper()
	cloud := actorstest.NewCloud()
	for i := range shards {
		cloud.Stream.AddShard(actorstest.ShardID(i))
		cloud.Stream.Put(actorstest.ShardID(i), 10)
	}
	return &chaosWorld{t: t, cloud: cloud, storm: &storm{dice: newDice(1), blows: map[string]int{}}, system: quietSystem(), log: zerolog.Nop()}
}

// owners counts the shards of each process.
func (w *chaosWorld) owners(shards int) map[string]int {
	owned := map[string]int{}
	for i := range shards {
		if row := w.cloud.Table.Row(actorstest.ShardID(i)); row != nil && !row.Ended {
			_, process, _ := strings.Cut(string(row.Owner), "/")
			owned[process]++
		}
	}
	return owned
}

// flowFor puts records into every shard, once a second.
func (w *chaosWorld) flowFor(shards int, d time.Duration) {
	for range int(d / time.Second) {
		for i := range shards {
			w.cloud.Stream.Put(actorstest.ShardID(i), 2)
		}
		time.Sleep(time.Second)
	}
}

// end stops everybody and demands that the table is whole.
func (w *chaosWorld) endWhole() {
	w.t.Helper()
	time.Sleep(20 * time.Second)
	for len(w.processes) > 0 {
		w.crash(0)
	}
	w.system.Shutdown()
	time.Sleep(2 * time.Second)
	for _, text := range append(w.cloud.Problems(), w.cloud.Missing()...) {
		w.t.Error(text)
	}
}

// demand checks how the shards are spread.
func (w *chaosWorld) demand(when string, shards int, want map[string]int) {
	w.t.Helper()
	if got := w.owners(shards); fmt.Sprint(got) != fmt.Sprint(want) {
		w.t.Errorf("%s: %v, want %v", when, got, want)
	}
}

// TestKP09ANodeThatJoinsIsHandedItsPart (P21): nobody fences anybody, and no row is
// read twice for it.
func TestKP09ANodeThatJoinsIsHandedItsPart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const shards = 8
		w := fleetOf(t, shards)
		w.spawn()
		w.flowFor(shards, 10*time.Second)
		w.demand("alone", shards, map[string]int{"p1": 8})
		w.spawn()
		w.flowFor(shards, 30*time.Second)
		w.demand("two", shards, map[string]int{"p1": 4, "p2": 4})
		w.spawn()
		w.flowFor(shards, 30*time.Second)
		w.demand("three", shards, map[string]int{"p1": 3, "p2": 3, "p3": 2})
		opened := w.cloud.Calls("Open")
		w.flowFor(shards, 120*time.Second)
		if n := w.cloud.Calls("Open") - opened; n != 0 {
			t.Errorf("%d shards were moved though all is even", n)
		}
		w.endWhole()
		if n := w.cloud.Calls("HandOff"); n != 4+2 {
			t.Errorf("%d hand-offs, want 4 and then 2", n)
		}
	})
}

// TestANodeThatLeavesGivesItsShardsAwayAtOnce: three seconds after its last
// commit others append (issue's figure for SIGTERM).
func TestANodeThatLeavesGivesItsShardsAwayAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const shards = 6
		w := fleetOf(t, shards)
		for range 3 {
			w.spawn()
			time.Sleep(time.Second)
		}
		w.flowFor(shards, 60*time.Second)
		w.demand("before", shards, map[string]int{"p1": 2, "p2": 2, "p3": 2})
		w.drain(2)
		w.flowFor(shards, 8*time.Second)
		w.demand("after", shards, map[string]int{"p1": 3, "p2": 3})
		w.endWhole()
	})
}

// TestADeadNodesShardsAreSplit once its leases are over.
func TestADeadNodesShardsAreSplit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const shards = 6
		w := fleetOf(t, shards)
		for range 3 {
			w.spawn()
			time.Sleep(time.Second)
		}
		w.flowFor(shards, 60*time.Second)
		w.crash(0)
		w.flowFor(shards, 40*time.Second)
		w.demand("after", shards, map[string]int{"p2": 3, "p3": 3})
		w.endWhole()
	})
}

// TestAPausedShardStaysWhereItWasPaused while another node joins.
func TestAPausedShardStaysWhereItWasPaused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const shards = 2
		w := fleetOf(t, shards)
		w.spawn()
		w.flowFor(shards, 10*time.Second)
		w.system.Root.Send(w.processes[0].pid, &messages.Pause{})
		time.Sleep(10 * time.Second)
		w.spawn()
		time.Sleep(2 * time.Minute)
		w.demand("paused", shards, map[string]int{"p1": 2})
		w.system.Root.Send(w.processes[0].pid, &messages.Resume{})
		w.flowFor(shards, 2*time.Minute)
		w.demand("resumed", shards, map[string]int{"p1": 1, "p2": 1})
		w.endWhole()
	})
}

// TestAPausedShardsTimeRunsOutAndIsToldAtHalf: records keep coming, and Kinesis
// forgets what nobody reads.
func TestAPausedShardsTimeRunsOutAndIsToldAtHalf(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := fleetOf(t, 1)
		w.cloud.Stream.Info.Retention = time.Hour
		w.spawn()
		w.flowFor(1, 10*time.Second)
		look := func() *messages.State {
			answer, err := w.system.Root.RequestFuture(w.processes[0].pid, &messages.Inspect{}, time.Second).Result()
			if err != nil {
				t.Fatal(err)
			}
			return answer.(*messages.State)
		}
		left := func() time.Duration {
			loss, _ := look().UntilLoss()
			return loss.Round(time.Minute)
		}
		if got := left(); got != time.Hour {
			t.Errorf("%s are left while it flows", got)
		}
		w.system.Root.Send(w.processes[0].pid, &messages.Pause{Who: "ada"})
		time.Sleep(20 * time.Minute)
		if s := look(); left() != 40*time.Minute || s.Health != messages.Flowing {
			t.Errorf("after 20 minutes %s are left, health %s: %s", left(), s.Health, s.Why)
		}
		time.Sleep(15 * time.Minute)
		if s := look(); left() != 25*time.Minute || s.Health != messages.Degraded || !strings.Contains(s.Why, "paused for 35m0s of a retention of 1h0m0s: records are lost in 25m0s") {
			t.Errorf("after 35 minutes %s are left, health %s: %s", left(), s.Health, s.Why)
		}
		w.system.Root.Send(w.processes[0].pid, &messages.Resume{})
		w.flowFor(1, time.Minute)
		if s := look(); left() != time.Hour || s.Health != messages.Flowing {
			t.Errorf("after it was resumed %s are left, health %s: %s", left(), s.Health, s.Why)
		}
		w.endWhole()
	})
}
