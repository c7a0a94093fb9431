package actors

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"github.com/kinesnow/kinesnow/actors/actorstest"
	"github.com/kinesnow/kinesnow/messages"
)

// TestKP01AShardThatNothingAnnouncedIsFoundByTheList: no shard ends, nothing
// fails, and yet there is another one. The next full list is at most a minute
// away, as is the one after a list that could not be had.
func TestKP01AShardThatNothingAnnouncedIsFoundByTheList(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := oneShard(10)
		w := start(t, cloud, plan{})
		time.Sleep(10 * time.Second)
		cloud.Stream.AddShard(shard1)
		cloud.Stream.Put(shard1, 5)
		time.Sleep(75 * time.Second)
		if rows := cloud.Sink.Rows(shard1); len(rows) != 5 {
			t.Errorf("after 75 s: rows %v", rows)
		}
		lists := 0
		cloud.Play(func(op string, n int) actorstest.Effect {
			if op == "List" {
				if lists++; lists <= 2 {
					return actorstest.Effect{Err: actorstest.Unanswered(op, fmt.Errorf("500"))}
				}
			}
			return actorstest.Effect{}
		})
		cloud.Stream.AddShard(shard2)
		cloud.Stream.Put(shard2, 5)
		time.Sleep(150 * time.Second)
		w.stop()
		w.whole()
	})
}

// TestKP01ChildrenAreFoundThoughTheProcessThatSawTheEndDied right after it had
// written SHARD_END: the end alone announces nothing to others.
func TestKP01ChildrenAreFoundThoughTheProcessThatSawTheEndDied(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := oneShard(10)
		w := start(t, cloud, plan{})
		time.Sleep(10 * time.Second)
		cloud.Stream.AddShard(shard1, shard0)
		cloud.Stream.AddShard(shard2, shard0)
		cloud.Stream.Put(shard1, 5)
		cloud.Stream.Put(shard2, 5)
		cloud.Stream.Close(shard0, shard1, shard2)
		for range 1000 {
			if time.Sleep(20 * time.Millisecond); cloud.Table.Row(shard0).Ended {
				break
			}
		}
		w.stop()
		if !cloud.Table.Row(shard0).Ended {
			t.Fatal("the parent did not end")
		}
		w = start(t, cloud, plan{process: "process-b"})
		time.Sleep(time.Minute)
		w.stop()
		w.whole()
	})
}

// TestKP17AParentIsFinishedByItsRowAlone: that ListShards names its end, and
// its children, does not make it read. Here a process died in the middle of it,
// and the children have records since.
func TestKP17AParentIsFinishedByItsRowAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := oneShard(400)
		cloud.Stream.Answer = 10
		cloud.Stream.Latency = 300 * time.Millisecond
		cloud.Stream.AddShard(shard1, shard0)
		cloud.Stream.Put(shard1, 5)
		cloud.Stream.Close(shard0, shard1)
		w := start(t, cloud, plan{})
		for range 1000 {
			if time.Sleep(50 * time.Millisecond); len(cloud.Sink.Rows(shard0)) >= 100 {
				break
			}
		}
		w.stop()
		if n := len(cloud.Sink.Rows(shard0)); n < 100 || n == 400 || cloud.Table.Row(shard0).Ended || len(cloud.Sink.Rows(shard1)) > 0 {
			t.Fatalf("%d rows of the parent, %d of its child", n, len(cloud.Sink.Rows(shard1)))
		}
		w = start(t, cloud, plan{process: "process-b"})
		time.Sleep(2 * time.Minute)
		w.stop()
		w.whole() // the cloud watches that children begin after their parents
		if !cloud.Table.Row(shard0).Ended {
			t.Error("the parent's row does not say that it ended")
		}
	})
}

// TestKP23AnEndedParentIsNotReadAgain, neither by who ended it nor by another,
// as long as it is listed and after.
func TestKP23AnEndedParentIsNotReadAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := oneShard(10)
		cloud.Stream.AddShard(shard1, shard0)
		cloud.Stream.Put(shard1, 5)
		cloud.Stream.Close(shard0, shard1)
		for i := range 3 {
			w := start(t, cloud, plan{process: fmt.Sprint("process-", i)})
			time.Sleep(3 * time.Minute)
			cloud.Stream.Put(shard1, 5)
			time.Sleep(20 * time.Second)
			w.stop()
			w.whole()
			opened := recorded[*messages.Opened](w)
			again := slices.ContainsFunc(opened, func(e *messages.Opened) bool { return e.Shard == shard0 })
			if i > 0 && again || len(opened) == 0 {
				t.Errorf("process %d opened %+v", i, opened)
			}
		}
	})
}

// TestKP28AStreamOfTheSameNameElsewhereTouchesNothing: another account or
// another region, the same application, and the same table by some mistake.
func TestKP28AStreamOfTheSameNameElsewhereTouchesNothing(t *testing.T) {
	for _, arn := range []string{"arn:aws:kinesis:eu-west-1:111111111111:stream/orders", "arn:aws:kinesis:us-east-1:000000000000:stream/orders"} {
		synctest.Test(t, func(t *testing.T) {
			cloud := oneShard(10)
			w := start(t, cloud, plan{})
			time.Sleep(10 * time.Second)
			w.stop()
			before, own := *cloud.Table.Row(shard0), cloud.Stream.Info.ARN
			cloud.Stream.Info.ARN = arn
			cloud.Stream.Put(shard0, 5)
			reset := func(s *LeaseSettings) { s.Reset = true } // which is for a stream that was created anew, and no other
			w = start(t, cloud, plan{process: "process-b", lease: reset, generations: 1})
			time.Sleep(30 * time.Second)
			w.stop()
			after := *cloud.Table.Row(shard0)
			if len(w.parked) == 0 || w.parked[0].Stop != messages.StreamRecreated || w.held != nil || after.Committed != before.Committed || after.Epoch != before.Epoch {
				t.Errorf("parked %v, leases %v, row %+v", w.parked, w.held, after)
			}
			cloud.Stream.Info.ARN = own
			w = start(t, cloud, plan{process: "process-c"})
			time.Sleep(time.Minute)
			w.stop()
			w.whole()
		})
	}
}

// TestAnEditOfTheInitialPositionIsReportedAndIgnored, and only an edit is.
func TestAnEditOfTheInitialPositionIsReportedAndIgnored(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud, noon := oneShard(10), time.Now()
		at := func(moment time.Time) func(*LeaseSettings) {
			return func(s *LeaseSettings) { s.Position, s.Start = "AT_TIMESTAMP", moment }
		}
		for i, c := range []struct {
			settings func(*LeaseSettings)
			reported bool
		}{
			{at(noon), false}, // the first start
			{at(noon), false},
			{at(noon.Add(time.Hour)), true},
			{func(s *LeaseSettings) { s.Position = "LATEST" }, true},
			{func(s *LeaseSettings) { s.Position = "TRIM_HORIZON" }, true},
			{at(noon), false},
		} {
			var log bytes.Buffer
			w := start(t, cloud, plan{process: fmt.Sprint("process-", i), lease: func(s *LeaseSettings) {
				c.settings(s)
				s.Log = zerolog.New(&log)
			}})
			cloud.Stream.Put(shard0, 3)
			time.Sleep(time.Minute)
			w.stop()
			w.whole()
			if said := strings.Contains(log.String(), "initial_position is ignored"); said != c.reported {
				t.Errorf("start %d: reported %v\n%s", i, said, log.String())
			}
		}
	})
}
