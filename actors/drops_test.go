package actors

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kinesnow/kinesnow/actors/actorstest"
	"github.com/kinesnow/kinesnow/messages"
)

// endedShard is a cloud whose only shard has ended with its rows, and a child
// that has records still.
func endedShard() *actorstest.Cloud {
	cloud := oneShard(10)
	cloud.Stream.AddShard(shard1, shard0)
	cloud.Stream.Put(shard1, 5)
	cloud.Stream.Close(shard0, shard1)
	return cloud
}

// dropped waits until the row says that the channel is no more.
func (w *world) dropped(id messages.ShardID, within time.Duration) {
	w.t.Helper()
	for deadline := time.Now().Add(within); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		if row := w.cloud.Table.Row(id); row != nil && row.DroppedAt != 0 {
			return
		}
	}
	w.t.Errorf("the channel of %s is not dropped within %s: %+v", id, within, w.cloud.Table.Row(id))
}

// TestTheChannelOfAnEndedShardIsDroppedAnHourLater is P23: not before its
// counters are in the row (the cloud watches that), and the child's goes on.
func TestTheChannelOfAnEndedShardIsDroppedAnHourLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := endedShard()
		w := start(t, cloud, plan{})
		time.Sleep(59 * time.Minute)
		row := cloud.Table.Row(shard0)
		if !row.Ended || row.DroppedAt != 0 || cloud.Calls("Drop") != 0 {
			t.Errorf("an hour is not over: %+v", row)
		}
		if row.Final == nil || row.Final.RowsInserted != 10 || row.Final.RowsErrors != 0 || row.Final.CreatedMS != 1 {
			t.Errorf("Snowflake's counters in the row: %+v", row.Final)
		}
		w.dropped(shard0, 5*time.Minute)
		time.Sleep(10 * time.Second)
		w.stop()
		w.whole()
		if cloud.Sink.Exists(channel0) || !cloud.Sink.Exists(testChannel+string(shard1)) || cloud.Calls("Drop") != 1 {
			t.Errorf("channels %v, %v after %d drops", cloud.Sink.Exists(channel0), cloud.Sink.Exists(testChannel+string(shard1)), cloud.Calls("Drop"))
		}
		if w.ready.Channels != (messages.ChannelUse{Open: 1}) {
			t.Errorf("channels in use: %+v", w.ready.Channels)
		}
	})
}

// TestTheHourIsOneOfAWSsClock: clocks of nodes decide nothing, and a process
// that has just begun knows how long ago it was.
func TestTheHourIsOneOfAWSsClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := endedShard()
		w := start(t, cloud, plan{})
		time.Sleep(20 * time.Second)
		w.stop()
		cloud.Stream.Advance(time.Hour)
		w = start(t, cloud, plan{process: "process-b"})
		w.dropped(shard0, 30*time.Second)
		w.stop()
		w.whole()
	})
}

// TestADropIsDoneAgainWhereverItWasCutOff loses the request, or the answer, of
// each call that belongs to it.
func TestADropIsDoneAgainWhereverItWasCutOff(t *testing.T) {
	for name, script := range map[string]actorstest.Script{
		"the time not told":          on("Describe", actorstest.Effect{}, actorstest.Effect{}, actorstest.Effect{Lose: true}, actorstest.Effect{Lose: true}),
		"counters not written":       on("NoteFinal", actorstest.Effect{Lose: true}),
		"counters, answer lost":      on("NoteFinal", actorstest.Effect{Forget: true}),
		"drop not made":              on("Drop", actorstest.Effect{Lose: true}),
		"drop, answer lost":          on("Drop", actorstest.Effect{Forget: true}),
		"drop that arrives late":     on("Drop", actorstest.Effect{Forget: true, Late: 90 * time.Second}),
		"mark not written":           on("MarkDropped", actorstest.Effect{Lose: true}),
		"mark, answer lost":          on("MarkDropped", actorstest.Effect{Forget: true}),
		"refused: 403":               on("Drop", actorstest.Effect{Err: actorstest.Refusal(messages.Rejected, messages.ReasonDenied, messages.AccessDenied)}),
		"refused: 404 of the pipe":   on("Drop", actorstest.Effect{Err: actorstest.Refusal(messages.Transient, messages.ReasonInvalidated, "")}),
		"refused: rows on their way": on("Drop", actorstest.Effect{Err: actorstest.Refusal(messages.Transient, messages.ReasonUncommitted, "")}),
		"refused: 429":               on("Drop", actorstest.Effect{Err: actorstest.Refusal(messages.Transient, messages.ReasonThrottled, "")}),
		"refused: 5xx":               on("Drop", actorstest.Effect{Err: actorstest.Unanswered("Drop", errors.New("503"))}),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cloud := endedShard()
				cloud.Play(script)
				w := start(t, cloud, plan{})
				time.Sleep(90 * time.Second)
				cloud.Stream.Advance(2 * time.Hour)
				w.dropped(shard0, 10*time.Minute)
				cloud.Stream.Put(shard1, 5)
				time.Sleep(10 * time.Second)
				w.stop()
				w.whole()
				if len(w.endings()) != 0 || cloud.Sink.Exists(channel0) {
					t.Errorf("channel there: %v, generations ended: %v", cloud.Sink.Exists(channel0), w.endings())
				}
			})
		})
	}
}

// TestOneChannelThatCannotBeDroppedDoesNotKeepTheOthers.
func TestOneChannelThatCannotBeDroppedDoesNotKeepTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := endedShard()
		cloud.Stream.Close(shard1)
		w := start(t, cloud, plan{})
		time.Sleep(30 * time.Second)
		cloud.Sink.SetToken(channel0, tokenOf(whole("999")))
		cloud.Stream.Advance(2 * time.Hour)
		w.dropped(shard1, 5*time.Minute)
		time.Sleep(10 * time.Minute)
		w.stop()
		if row := cloud.Table.Row(shard0); row.DroppedAt != 0 || !cloud.Sink.Exists(channel0) {
			t.Errorf("a channel whose token moved after SHARD_END was dropped: %+v", row)
		}
	})
}

// TestTwoNodesAtItDoNoHarm, and the one that leaves leaves it to the other.
func TestTwoNodesAtItDoNoHarm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := endedShard()
		a := start(t, cloud, plan{})
		b := start(t, cloud, plan{process: "process-b"})
		time.Sleep(30 * time.Second)
		cloud.Stream.Advance(2 * time.Hour)
		ended := &messages.ShardsEnded{Stream: &cloud.Stream.Info, Rows: []*messages.ShardRow{cloud.Table.Row(shard0)}}
		for range 3 {
			a.system.Root.Send(a.pid("drops"), ended)
			b.system.Root.Send(b.pid("drops"), ended)
			time.Sleep(time.Millisecond)
		}
		a.dropped(shard0, 5*time.Minute)
		time.Sleep(2 * time.Minute)
		a.stop()
		b.stop()
		a.whole()
		if n := cloud.Calls("Drop"); n > 2 {
			t.Errorf("%d drops by two nodes", n)
		}
	})
}

// TestStepAfterEnd is the table of what comes next.
func TestStepAfterEnd(t *testing.T) {
	now := time.UnixMilli(10_000_000_000)
	final := func(created, rows, errs int64, ago time.Duration) *messages.ChannelFinal {
		return &messages.ChannelFinal{CreatedMS: created, RowsInserted: rows, RowsErrors: errs, At: now.Add(-ago).UnixMilli()}
	}
	channel := func(token string, created, rows, errs int64) *messages.ChannelStatus {
		return &messages.ChannelStatus{Token: token, CreatedMS: created, RowsInserted: rows, RowsErrors: errs}
	}
	k := tokenOf(whole("100"))
	for name, c := range map[string]struct {
		final  *messages.ChannelFinal
		status *messages.ChannelStatus
		want   endStep
	}{
		"not counted yet":                         {nil, channel(k, 1, 9, 1), endNote},
		"just counted":                            {final(1, 9, 1, time.Hour-time.Millisecond), channel(k, 1, 9, 1), endWait},
		"an hour ago":                             {final(1, 9, 1, time.Hour), channel(k, 1, 9, 1), endDrop},
		"counted on since":                        {final(1, 9, 1, 2*time.Hour), channel(k, 1, 10, 1), endNote},
		"rejected more since":                     {final(1, 9, 1, 2*time.Hour), channel(k, 1, 9, 2), endNote},
		"gone, never counted":                     {nil, nil, endMark},
		"gone, counted":                           {final(1, 9, 1, time.Minute), nil, endMark},
		"its token moved, not counted":            {nil, channel(tokenOf(whole("101")), 1, 9, 1), endLeave},
		"its token moved since":                   {final(1, 9, 1, 2*time.Hour), channel(tokenOf(whole("101")), 1, 9, 1), endLeave},
		"its token went back":                     {final(1, 9, 1, 2*time.Hour), channel(tokenOf(whole("99")), 1, 9, 1), endLeave},
		"made anew before the end":                {nil, channel("", 2, 0, 0), endNote},
		"made anew by a late open, soon":          {final(1, 9, 1, time.Minute), channel("", 2, 0, 0), endWait},
		"made anew by a late open, an hour ago":   {final(1, 9, 1, time.Hour), channel("", 2, 0, 0), endDrop},
		"made anew, and somebody wrote into it":   {final(1, 9, 1, time.Hour), channel("", 2, 1, 0), endLeave},
		"made anew, and somebody moved its token": {final(1, 9, 1, time.Hour), channel(k, 2, 0, 0), endLeave},
	} {
		row := &messages.ShardRow{Shard: shard0, Epoch: 3, Ended: true, Settled: true, Committed: k, Final: c.final}
		if got := stepAfterEnd(row, c.status, now); got != c.want {
			t.Errorf("%s: step %d, want %d", name, got, c.want)
		}
	}
}

// TestOnlyShardsThatEndedWithNothingInFlightAreSwept.
func TestOnlyShardsThatEndedWithNothingInFlightAreSwept(t *testing.T) {
	now := time.UnixMilli(10_000_000_000)
	for name, c := range map[string]struct {
		change func(*messages.ShardRow)
		want   bool
	}{
		"ended":                 {func(*messages.ShardRow) {}, true},
		"open":                  {func(r *messages.ShardRow) { r.Ended = false }, false},
		"rows may be in flight": {func(r *messages.ShardRow) { r.Settled = false }, false},
		"no generation ever":    {func(r *messages.ShardRow) { r.Epoch = 0 }, false},
		"dropped":               {func(r *messages.ShardRow) { r.DroppedAt = 1 }, false},
		"counted just now":      {func(r *messages.ShardRow) { r.Final = &messages.ChannelFinal{At: now.UnixMilli()} }, false},
		"counted an hour ago":   {func(r *messages.ShardRow) { r.Final = &messages.ChannelFinal{At: now.Add(-time.Hour).UnixMilli()} }, true},
	} {
		row := &messages.ShardRow{Shard: shard0, Epoch: 3, Ended: true, Settled: true}
		c.change(row)
		if got := needsSweep(row, now); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestAChannelWhoseDropIsNotAnsweredKeepsNobody: the next sweep begins behind it.
func TestAChannelWhoseDropIsNotAnsweredKeepsNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := oneShard(10)
		long := time.Now().Add(-2 * time.Hour).UnixMilli()
		for _, id := range []messages.ShardID{shard1, shard2} {
			opening, err := cloud.Sink.Open(t.Context(), testChannel+string(id), false)
			if err != nil {
				t.Fatal(err)
			}
			cloud.Table.Edit(id, func(row *messages.ShardRow) {
				row.Ended, row.Epoch, row.Final = true, 2, &messages.ChannelFinal{CreatedMS: opening.CreatedMS, At: long}
			})
		}
		drops := 0
		cloud.Play(func(op string, _ int) actorstest.Effect {
			if op == "Drop" {
				if drops++; drops%2 == 1 { // the first shard's, as long as the other one comes between
					return actorstest.Effect{Err: actorstest.Unanswered("Drop", errText("no answer"))}
				}
			}
			return actorstest.Effect{}
		})
		w := start(t, cloud, plan{})
		w.dropped(shard2, 3*time.Minute)
		if row := cloud.Table.Row(shard1); row.DroppedAt != 0 {
			t.Errorf("the drop that was not answered is taken for done: %+v", row)
		}
		w.stop()
	})
}
