package actors

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// TestAMergedShardWaitsForBothParents (P22).
func TestAMergedShardWaitsForBothParents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := oneShard(10)
		cloud.Stream.AddShard(shard1)
		cloud.Stream.Put(shard1, 10)
		cloud.Stream.AddShard(shard2, shard0, shard1)
		cloud.Stream.Put(shard2, 10)
		cloud.Stream.Close(shard0, shard2)
		w := start(t, cloud, plan{})
		time.Sleep(30 * time.Second)
		if row := cloud.Table.Row(shard2); row != nil && row.Owner != "" || !cloud.Table.Row(shard0).Ended {
			t.Errorf("the child: %+v", row)
		}
		cloud.Stream.Close(shard1, shard2)
		time.Sleep(30 * time.Second)
		w.stop()
		w.whole()
	})
}

// TestLatestIsResolvedOnce: what came between the first start and a restart
// before the first commit is not skipped (P12).
func TestLatestIsResolvedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		latest := func(s *LeaseSettings) { s.Position = "LATEST" }
		cloud := oneShard(10) // before the start
		time.Sleep(time.Minute)
		cloud.Stream.Since = time.Now()
		w := start(t, cloud, plan{lease: latest})
		time.Sleep(5 * time.Second)
		w.stop()
		time.Sleep(time.Minute)
		cloud.Stream.Put(shard0, 5)
		time.Sleep(time.Minute)
		w = start(t, cloud, plan{lease: latest, process: "process-b"})
		time.Sleep(60 * time.Second)
		w.stop()
		rows := cloud.Sink.Rows(shard0)
		if want := []string{"105/0/0", "106/0/0", "107/0/0", "108/0/0", "109/0/0"}; !slices.Equal(rows, want) {
			t.Errorf("rows %v, want %v", rows, want)
		}
	})
}

// TestShardsFoundLaterStartAtTheirHorizon, also where the first ones started at
// LATEST (P12).
func TestShardsFoundLaterStartAtTheirHorizon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := oneShard(10)
		time.Sleep(time.Minute)
		cloud.Stream.Since = time.Now()
		w := start(t, cloud, plan{lease: func(s *LeaseSettings) { s.Position = "LATEST" }})
		time.Sleep(5 * time.Second)
		cloud.Stream.AddShard(shard1, shard0)
		cloud.Stream.Close(shard0, shard1)
		cloud.Stream.Put(shard1, 5)
		time.Sleep(60 * time.Second)
		w.stop()
		if rows := cloud.Sink.Rows(shard0); len(rows) != 0 {
			t.Errorf("rows from before LATEST: %v", rows)
		}
		if rows := cloud.Sink.Rows(shard1); len(rows) != 5 {
			t.Errorf("rows of the child: %v, want all 5", rows)
		}
	})
}

// TestAStreamThatWasCreatedAnewStopsTheConnector, or begins anew where that is
// wanted.
func TestAStreamThatWasCreatedAnewStopsTheConnector(t *testing.T) {
	for _, reset := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			cloud := oneShard(10)
			w := start(t, cloud, plan{})
			time.Sleep(10 * time.Second)
			w.stop()
			cloud.Stream.Info.CreatedAt = cloud.Stream.Info.CreatedAt.Add(time.Hour)
			w = start(t, cloud, plan{process: "process-b", lease: func(s *LeaseSettings) { s.Reset = reset }, generations: 1})
			time.Sleep(30 * time.Second)
			w.stop()
			switch {
			case !reset && (len(w.parked) == 0 || w.parked[0].Stop != messages.StreamRecreated || w.held != nil):
				t.Errorf("parked %v, leases %v", w.parked, w.held)
			case reset && (len(w.parked) != 0 || len(w.started) == 0 || w.started[0].Row.Committed != ""):
				t.Errorf("parked %v, started %v", w.parked, w.started)
			}
		})
	}
}
