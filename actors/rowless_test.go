package actors

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/kinesnow/kinesnow/actors/actorstest"
	"github.com/kinesnow/kinesnow/messages"
)

var (
	filtered  = actorstest.User{Fate: messages.Filtered}
	discarded = actorstest.User{Fate: messages.Discarded}
)

// TestATailWithoutRowsMovesS is P17: S, K and settled = true in one write, once
// everything before is committed; the next generation starts behind it.
func TestATailWithoutRowsMovesS(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := oneShard(10) // 95 to 104
		cloud.Sink.CommitDelay = 8 * time.Second
		w := start(t, cloud, plan{})
		time.Sleep(3 * time.Second)
		for range 5 { // 105 to 109
			cloud.Stream.PutRecord(shard0, filtered)
			cloud.Stream.PutRecord(shard0, discarded)
		}
		time.Sleep(4 * time.Second)
		if row := cloud.Table.Row(shard0); row.Skipped != "" {
			t.Errorf("S is %q before the rows in front of it were committed", row.Skipped)
		}
		time.Sleep(20 * time.Second)
		w.stop()
		row := cloud.Table.Row(shard0)
		skipped, err := messages.ParseToken(row.Skipped, shard0)
		if err != nil || skipped.Position != whole("114") || !row.Settled || row.Committed != cloud.Sink.Token(channel0) {
			t.Errorf("S %q, settled %v, K %q", row.Skipped, row.Settled, row.Committed)
		}
		if c := row.Counters; c.Read != 20 || c.Filtered != 5 || c.Discarded != 5 || c.Committed != 10 {
			t.Errorf("counters %+v", c)
		}
		if d, f := recorded[*messages.RecordsDiscarded](w), recorded[*messages.RecordsFiltered](w); len(d) != 1 || d[0].Count != 5 || d[0].Cause != "scripted" || len(f) != 1 || f[0].Count != 5 {
			t.Errorf("discarded %+v, filtered %+v", d, f)
		}

		cloud.Stream.Put(shard0, 10)
		w = start(t, cloud, plan{process: "process-b"})
		time.Sleep(60 * time.Second)
		w.stop()
		w.whole()
		if opened := recorded[*messages.Opened](w); len(opened) == 0 || opened[0].Start != whole("114") || opened[0].From != "skipped" {
			t.Errorf("the next generation started at %+v", opened)
		}
		if c := cloud.Table.Row(shard0).Counters; c.Read != 30 || c.Committed != 20 {
			t.Errorf("counters after all %+v", c)
		}
	})
}

// TestAShardThatNeverHadARowMovesSAlone: there is no T, and no K.
func TestAShardThatNeverHadARowMovesSAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := actorstest.NewCloud()
		cloud.Stream.AddShard(shard0)
		cloud.Stream.PutRecord(shard0, filtered, filtered)
		w := start(t, cloud, plan{generations: 1})
		time.Sleep(20 * time.Second)
		w.stop()
		row := cloud.Table.Row(shard0)
		if s, err := messages.ParseToken(row.Skipped, shard0); err != nil || s.Position != whole("95") || row.Committed != "" || !row.Settled {
			t.Errorf("S %q, K %q, settled %v", row.Skipped, row.Committed, row.Settled)
		}
		if n := cloud.Calls("Append"); n != 0 {
			t.Errorf("%d appends of nothing", n)
		}
	})
}

// TestRecordsWithoutRowsRideAlongBetweenRows: the token covers them, S is not
// needed.
func TestRecordsWithoutRowsRideAlongBetweenRows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := actorstest.NewCloud()
		cloud.Stream.AddShard(shard0)
		for range 5 {
			cloud.Stream.PutRecord(shard0, filtered, actorstest.User{Rows: 2}, discarded)
			cloud.Stream.PutRecord(shard0, discarded)
		}
		w := start(t, cloud, plan{generations: 1})
		time.Sleep(20 * time.Second)
		w.stop()
		w.whole()
		row := cloud.Table.Row(shard0)
		if k, err := messages.ParseToken(row.Committed, shard0); err != nil || k.Position != whole("104") || row.Skipped != "" {
			t.Errorf("K %q, S %q", row.Committed, row.Skipped)
		}
		if c := row.Counters; c.Read != 20 || c.Filtered != 5 || c.Discarded != 10 || c.Committed != 10 {
			t.Errorf("counters %+v", c)
		}
	})
}

// TestAnAppendAfterSNeedsSettledFalseAnew (P7, P17): the cloud watches it.
func TestAnAppendAfterSNeedsSettledFalseAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := oneShard(3)
		w := start(t, cloud, plan{generations: 1})
		for range 6 {
			time.Sleep(5 * time.Second)
			cloud.Stream.PutRecord(shard0, filtered)
			time.Sleep(5 * time.Second)
			if !cloud.Table.Row(shard0).Settled {
				t.Error("S did not settle the row")
			}
			cloud.Stream.Put(shard0, 1)
		}
		time.Sleep(20 * time.Second)
		w.stop()
		w.whole()
	})
}
