package actors

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kinesnow/kinesnow/actors/actorstest"
	"github.com/kinesnow/kinesnow/messages"
)

// owned gives a shard to another process whose lease lasts 20 s.
func owned(row *messages.ShardRow) {
	row.Owner, row.Counter, row.Epoch, row.DurationMS, row.Settled = "node-9/other", 7, 3, 20_000, true
}

// until waits for something to become true, at most so long, and returns how
// long that took.
func until(within time.Duration, done func() bool) time.Duration {
	began := time.Now()
	for !done() && time.Since(began) < within {
		time.Sleep(100 * time.Millisecond)
	}
	return time.Since(began)
}

// TestADeadOwnersShardIsTakenAfterItsLeaseTimeAndNotBefore (P18).
func TestADeadOwnersShardIsTakenAfterItsLeaseTimeAndNotBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := oneShard(10)
		cloud.Table.Edit(shard0, owned)
		w := start(t, cloud, plan{})
		took := until(time.Minute, func() bool { return cloud.Table.Row(shard0).Owner != "node-9/other" })
		if took < 20*time.Second || took > 32*time.Second {
			t.Errorf("taken after %s, want 20 s and one look at the table", took)
		}
		time.Sleep(20 * time.Second)
		w.stop()
		w.whole()
		if taken := recorded[*messages.LeaseTaken](w); len(taken) != 1 || taken[0].From != "node-9/other" || taken[0].Epoch != 4 {
			t.Errorf("taken %+v", taken)
		}
	})
}

// TestALiveOwnersShardIsNeverTaken, however long the other looks, and though
// its expiry is long over by our clock.
func TestALiveOwnersShardIsNeverTaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := oneShard(10)
		cloud.Table.Edit(shard0, owned)
		w := start(t, cloud, plan{})
		for range 20 {
			time.Sleep(15 * time.Second)
			cloud.Table.Edit(shard0, func(row *messages.ShardRow) { row.Counter++ })
		}
		w.stop()
		if row := cloud.Table.Row(shard0); row.Owner != "node-9/other" {
			t.Errorf("taken by %s", row.Owner)
		}
	})
}

// TestAFreeShardIsTakenAtOnce.
func TestAFreeShardIsTakenAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := oneShard(10)
		cloud.Table.Edit(shard0, func(row *messages.ShardRow) { owned(row); row.Owner = "" })
		w := start(t, cloud, plan{})
		if took := until(time.Minute, func() bool { return cloud.Table.Row(shard0).Owner != "" }); took > time.Second {
			t.Errorf("taken after %s", took)
		}
		w.stop()
	})
}

// TestARenewalWithoutAnAnswerStopsNothing: its outcome is unknown, the channel
// keeps the data right (P19).
func TestARenewalWithoutAnAnswerStopsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := oneShard(10)
		w := start(t, cloud, plan{})
		time.Sleep(10 * time.Second)
		cloud.Play(func(op string, _ int) actorstest.Effect {
			return actorstest.Effect{Lose: op == "Renew" || op == "Beat" || op == "Rows"}
		})
		for range 12 {
			cloud.Stream.Put(shard0, 5)
			time.Sleep(5 * time.Second)
		}
		w.stop()
		w.whole()
		if len(w.lost) != 0 || len(w.endings()) != 0 || len(w.started) != 1 {
			t.Errorf("lost %v, ended %v, %d generations", w.lost, w.endings(), len(w.started))
		}
	})
}

// TestALeaseThatIsLostStopsItsUnit, at the next renewal at the latest, and
// nothing is written for the shard any more.
func TestALeaseThatIsLostStopsItsUnit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := oneShard(10)
		w := start(t, cloud, plan{})
		time.Sleep(10 * time.Second)
		cloud.Table.Edit(shard0, func(row *messages.ShardRow) {
			row.Owner, row.Epoch, row.WriteNo = "node-9/other", row.Epoch+1, 0
		})
		took := until(time.Minute, func() bool { return len(w.losses()) > 0 })
		if took > 6*time.Second {
			t.Errorf("noticed after %s, want one renewal", took)
		}
		reads := cloud.Calls("Next")
		cloud.Stream.Put(shard0, 10)
		time.Sleep(15 * time.Second)
		row := cloud.Table.Row(shard0)
		w.stop()
		if row.Owner != "node-9/other" || row.WriteNo != 0 {
			t.Errorf("row %+v", row)
		}
		if n := cloud.Calls("Next") - reads; n > 1 {
			t.Errorf("%d reads after the lease was lost", n)
		}
		if dropped := recorded[*messages.LeaseDropped](w); len(dropped) != 1 || dropped[0].Why != "lost" {
			t.Errorf("dropped %+v", dropped)
		}
	})
}

// TestARenewalThatMeetsTheShardsOwnEndLosesNoLease: SHARD_END is in the row, and
// the checkpoint that wrote it has no answer yet.
func TestARenewalThatMeetsTheShardsOwnEndLosesNoLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := oneShard(10)
		w := start(t, cloud, plan{})
		time.Sleep(10 * time.Second)
		cloud.Play(func(op string, _ int) actorstest.Effect {
			return actorstest.Effect{Forget: op == "WritePosition", Lose: op == "Rows"}
		})
		cloud.Stream.AddShard(shard1, shard0)
		cloud.Stream.Close(shard0, shard1)
		if until(time.Minute, func() bool { return cloud.Table.Row(shard0).Ended }) >= time.Minute {
			t.Fatal("the shard did not end")
		}
		time.Sleep(7 * time.Second) // more than a renewal
		cloud.Play(nil)
		time.Sleep(20 * time.Second)
		finished := len(w.finished)
		w.stop()
		if lost := w.losses(); len(lost) != 0 || finished != 1 {
			t.Errorf("lost %+v, finished %d times", lost, finished)
		}
		if dropped := recorded[*messages.LeaseDropped](w); len(dropped) == 0 || dropped[0].Why != "ended" {
			t.Errorf("dropped %+v", dropped)
		}
	})
}

func (w *world) losses() (lost []*messages.LeaseLost) {
	w.note(func() { lost = slices.Clone(w.lost) })
	return lost
}

// TestANodeThatLostItsSlotStopsEverythingAndClaimsAnother, one only (P20). The
// shards wait until the lease of the old slot is over.
func TestANodeThatLostItsSlotStopsEverythingAndClaimsAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := oneShard(10)
		w := start(t, cloud, plan{})
		time.Sleep(10 * time.Second)
		if nodes := cloud.Table.Nodes(); len(nodes) != 1 || nodes[0].Node != "node-0" || nodes[0].Process != "process-a" {
			t.Fatalf("nodes %+v", nodes)
		}
		cloud.Play(on("ClaimNode", actorstest.Effect{}, actorstest.Effect{Delay: 12 * time.Second})) // slow, over two renewals
		cloud.Table.StealNode("node-0", "process-x")
		time.Sleep(20 * time.Second)
		if losses := w.losses(); len(losses) == 0 {
			t.Error("the unit was not told")
		}
		cloud.Stream.Put(shard0, 10)
		time.Sleep(60 * time.Second)
		w.stop()
		w.whole()
		nodes := cloud.Table.Nodes()
		if len(nodes) != 2 || nodes[0].Process != "process-x" || nodes[1].Process != "process-a" {
			t.Errorf("nodes %+v, want one new slot", nodes)
		}
		if row := cloud.Table.Row(shard0); row.Owner != "node-1/process-a" {
			t.Errorf("owner %s", row.Owner)
		}
	})
}

// TestKP08AClaimWithoutAnAnswerIsHeldAfterTheNextLook.
func TestKP08AClaimWithoutAnAnswerIsHeldAfterTheNextLook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := oneShard(10)
		cloud.Play(on("Claim", actorstest.Effect{Forget: true}))
		w := start(t, cloud, plan{})
		time.Sleep(30 * time.Second)
		w.stop()
		w.whole()
	})
}

// TestCheckpointsRideOnSlowRenewalsToo: each is answered for, though a newer
// one is always waiting.
func TestCheckpointsRideOnSlowRenewalsToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := oneShard(10)
		cloud.Play(func(op string, _ int) actorstest.Effect {
			if op == "Renew" {
				return actorstest.Effect{Delay: 3 * time.Second}
			}
			return actorstest.Effect{}
		})
		w := start(t, cloud, plan{})
		var seen []messages.Position
		for range 30 {
			cloud.Stream.Put(shard0, 1)
			time.Sleep(time.Second)
			w.note(func() { seen = append(seen, w.progress.Checkpoint) })
		}
		w.stop()
		moves := 0
		for i := 1; i < len(seen); i++ {
			if c := seen[i].Compare(seen[i-1]); c > 0 {
				moves++
			} else if c < 0 {
				t.Errorf("the checkpoint went back from %s to %s", seen[i-1], seen[i])
			}
		}
		if moves < 3 {
			t.Errorf("%d checkpoints in 30 s of commits: %v", moves, seen)
		}
	})
}

// TestKP08ARespawnedLeaseTakesBackWhatItsProcessHolds, and the flow goes on.
func TestKP08ARespawnedLeaseTakesBackWhatItsProcessHolds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := oneShard(10)
		w := start(t, cloud, plan{})
		for range 3 {
			time.Sleep(10 * time.Second)
			w.system.Root.Stop(w.pid("leases"))
			cloud.Stream.Put(shard0, 10)
		}
		time.Sleep(60 * time.Second)
		w.stop()
		w.whole()
	})
}
