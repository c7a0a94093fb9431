package actors

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kinesnow/kinesnow/actors/actorstest"
	"github.com/kinesnow/kinesnow/messages"
)

// TestAShardEndsOnlyWhenItsRowsAreCommitted is P23, and its children begin
// after that (P22; the cloud watches the order of commits).
func TestAShardEndsOnlyWhenItsRowsAreCommitted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := oneShard(10)
		cloud.Sink.CommitDelay = 8 * time.Second
		cloud.Stream.AddShard(shard1, shard0)
		cloud.Stream.AddShard(shard2, shard0)
		cloud.Stream.Close(shard0, shard1, shard2)
		cloud.Stream.Put(shard1, 5)
		cloud.Stream.PutRecord(shard2, filtered)
		w := start(t, cloud, plan{})
		time.Sleep(6 * time.Second)
		if cloud.Table.Row(shard0).Ended || cloud.Calls("Append") == 0 {
			t.Errorf("ended %v with %d appends that are not committed", cloud.Table.Row(shard0).Ended, cloud.Calls("Append"))
		}
		if row := cloud.Table.Row(shard1); row != nil && row.Owner != "" {
			t.Errorf("a child was leased to %s before its parent ended", row.Owner)
		}
		time.Sleep(40 * time.Second)
		w.stop()
		w.whole()
		row := cloud.Table.Row(shard0)
		if !row.Ended || row.Trimmed || !row.Settled || row.Owner != "" || !slices.Equal(row.Children, []messages.ShardID{shard1, shard2}) || row.Committed != cloud.Sink.Token(channel0) {
			t.Errorf("row %+v", row)
		}
		if !slices.Contains(w.finished, shard0) {
			t.Errorf("finished: %v", w.finished)
		}
		if ended := recorded[*messages.ShardEnded](w); len(ended) != 1 || ended[0].Last != whole("104") || ended[0].Trimmed {
			t.Errorf("events %+v", ended)
		}
		if s := cloud.Table.Row(shard2).Skipped; s == "" {
			t.Error("a child without rows made no progress")
		}
	})
}

// TestAShardEndsThroughATailWithoutRows and as an empty one.
func TestAShardEndsThroughATailWithoutRows(t *testing.T) {
	for name, users := range map[string][]actorstest.User{
		"a tail without rows": {{Rows: 1}, filtered},
		"only such records":   {filtered, discarded},
		"no record at all":    nil,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cloud := actorstest.NewCloud()
				cloud.Stream.AddShard(shard0)
				for _, u := range users {
					cloud.Stream.PutRecord(shard0, u)
				}
				cloud.Stream.Close(shard0)
				w := start(t, cloud, plan{})
				time.Sleep(20 * time.Second)
				w.stop()
				w.whole()
				if row := cloud.Table.Row(shard0); !row.Ended || row.Trimmed || row.Counters.Read != int64(len(users)) {
					t.Errorf("row %+v", row)
				}
			})
		})
	}
}

// TestAShardThatExpiredUnreadEndsAsTrimmedWithAGap (P22).
func TestAShardThatExpiredUnreadEndsAsTrimmedWithAGap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := oneShard(10)
		cloud.Stream.Expire(shard0)
		w := start(t, cloud, plan{})
		time.Sleep(20 * time.Second)
		w.stop()
		if row := cloud.Table.Row(shard0); !row.Ended || !row.Trimmed {
			t.Errorf("row %+v", row)
		}
		if gaps := recorded[*messages.GapDetected](w); len(gaps) != 1 || gaps[0].Shard != shard0 {
			t.Errorf("gaps %+v", gaps)
		}
	})
}

// TestTheEndIsWrittenAgainUntilItIsAnswered: a lost answer ends nothing twice.
func TestTheEndIsWrittenAgainUntilItIsAnswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := actorstest.NewCloud()
		cloud.Stream.AddShard(shard0)
		cloud.Stream.Close(shard0)
		forget := actorstest.Effect{Forget: true}
		cloud.Play(on("WritePosition", forget, forget, forget))
		w := start(t, cloud, plan{})
		time.Sleep(30 * time.Second)
		w.stop()
		if row := cloud.Table.Row(shard0); !row.Ended || len(w.finished) != 1 || len(w.endings()) != 0 {
			t.Errorf("ended %v, finished %v, faults %v", row.Ended, w.finished, w.endings())
		}
	})
}

// TestAChildWaitsForAParentWhoseRowSomebodyElseMakes: two nodes find the same
// shards at the same time, and one meets a row that it did not see when it read
// the table (P22).
func TestAChildWaitsForAParentWhoseRowSomebodyElseMakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := oneShard(10)
		cloud.Sink.CommitDelay = 3 * time.Second
		cloud.Stream.AddShard(shard1, shard0)
		cloud.Stream.AddShard(shard2, shard1)
		cloud.Stream.Close(shard0, shard1)
		cloud.Stream.Put(shard1, 5)
		cloud.Stream.Close(shard1, shard2)
		cloud.Stream.Put(shard2, 5)
		cloud.Play(func(op string, n int) actorstest.Effect {
			if op == "CreateShard" && n == 2 { // the first is the first set's
				cloud.Table.Edit(shard1, func(row *messages.ShardRow) { row.Parents, row.Settled = []messages.ShardID{shard0}, true })
			}
			return actorstest.Effect{}
		})
		w := start(t, cloud, plan{})
		for range 300 {
			time.Sleep(100 * time.Millisecond)
			one, two := cloud.Table.Row(shard1), cloud.Table.Row(shard2)
			if one != nil && two != nil && !one.Ended && two.Owner != "" {
				t.Fatalf("%s is worked on before its parent has ended", shard2)
			}
		}
		w.stop()
		w.whole()
	})
}

// TestChildrenBeginSoonThoughARenewalMetTheEndFirst: the end's own answer never
// comes, and a renewal is refused because of it. Nobody is left who could say that
// the shard has ended; the children are found by the next look all the same.
func TestChildrenBeginSoonThoughARenewalMetTheEndFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := oneShard(10)
		lists := 0
		cloud.Play(func(op string, n int) actorstest.Effect {
			if op == "List" {
				lists = n
			}
			return actorstest.Effect{Forget: op == "WritePosition" && n > 1 && lists <= 2} // the first set, and the first look
		})
		w := start(t, cloud, plan{})
		time.Sleep(5 * time.Second)
		cloud.Stream.AddShard(shard1, shard0)
		cloud.Stream.Put(shard1, 5)
		cloud.Stream.Close(shard0, shard1)
		time.Sleep(25 * time.Second)
		if row := cloud.Table.Row(shard1); row == nil || row.Owner == "" {
			t.Errorf("25 s after the parent's end the child's row is %+v", row)
		}
		time.Sleep(20 * time.Second)
		w.stop()
		w.whole()
	})
}
