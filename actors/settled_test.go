package actors

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kinesnow/kinesnow/actors/actorstest"
	"github.com/kinesnow/kinesnow/messages"
)

// TestNothingIsAppendedBeforeSettledFalseIsAnswered (P7).
func TestNothingIsAppendedBeforeSettledFalseIsAnswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := oneShard(10)
		lost := actorstest.Effect{Forget: true, Delay: 3 * time.Second} // written, but not answered
		cloud.Play(on("WritePosition", lost, lost, lost))
		w := start(t, cloud, plan{generations: 1})
		time.Sleep(8 * time.Second)
		if row := cloud.Table.Row(shard0); row.Settled || row.ChannelCreated == 0 {
			t.Errorf("settled %v, channel %d: the write did not land", row.Settled, row.ChannelCreated)
		}
		if n := cloud.Calls("Append"); n != 0 {
			t.Errorf("%d appends before the answer", n)
		}
		time.Sleep(20 * time.Second)
		w.stop()
		w.whole()
	})
}

// TestAWriteThatWasOvertakenHasSaidItsPart: settled = false is refused by the
// table because a newer position rode on a renewal first. That one has to say
// it too, or rows would be in flight that the row denies (P7, P18).
func TestAWriteThatWasOvertakenHasSaidItsPart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := oneShard(10)
		w := start(t, cloud, plan{})
		time.Sleep(80 * time.Second) // everything committed, and at rest
		w.stop()
		row := cloud.Table.Row(shard0)
		if !row.Settled || row.Committed == "" {
			t.Fatalf("not at rest: %+v", row)
		}
		cloud.Table.Edit(shard0, func(r *messages.ShardRow) { // as if the last checkpoints were never written
			r.Committed, r.Sequence, r.Counters = "", "", messages.Counters{}
		})
		cloud.Stream.Put(shard0, 10)

		// The next process counts the stretch while settled = false is throttled.
		throttled := actorstest.Effect{Err: actorstest.Refusal(messages.Transient, messages.ReasonThrottled, "")}
		before, began := cloud.Calls("WritePosition"), time.Now()
		cloud.Play(func(op string, n int) actorstest.Effect {
			if op == "WritePosition" && n > before && time.Since(began) < 50*time.Second {
				return throttled
			}
			return actorstest.Effect{}
		})
		w = start(t, cloud, plan{process: "process-b", recount: func(context.Context, messages.Position, messages.Position) (messages.Counters, error) {
			time.Sleep(8 * time.Second)
			return messages.Counters{Read: 10, Appended: 10}, nil
		}})
		time.Sleep(2 * time.Minute)
		w.stop() // the cloud has watched every append
		w.whole()
	})
}

// TestAShardAtRestIsSettled: 60 s after the last commit the row says that
// nothing is in flight, with K = T; the next append unsettles it first.
func TestAShardAtRestIsSettled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := oneShard(10)
		w := start(t, cloud, plan{generations: 1})
		time.Sleep(40 * time.Second)
		if cloud.Table.Row(shard0).Settled {
			t.Error("settled before the rest")
		}
		time.Sleep(30 * time.Second)
		if row := cloud.Table.Row(shard0); !row.Settled || row.Committed != cloud.Sink.Token(channel0) {
			t.Errorf("at rest: settled %v at %q, token %q", row.Settled, row.Committed, cloud.Sink.Token(channel0))
		}
		if !cloud.DropAtRest(channel0, shard0) { // Snowflake forgets idle channels
			t.Fatal("the channel was not at rest")
		}
		cloud.Stream.Put(shard0, 10)
		time.Sleep(20 * time.Second)
		w.stop()
		if f := w.only(); f.Reason != messages.ReasonGone {
			t.Errorf("fault %v", f)
		}
		if row := cloud.Table.Row(shard0); !row.Settled {
			t.Error("the refused append left the row unsettled")
		}
	})
}

// TestAChannelThatExpiredAtRestIsMadeAnew and goes on after the checkpoint.
func TestAChannelThatExpiredAtRestIsMadeAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := oneShard(10)
		w := start(t, cloud, plan{})
		time.Sleep(80 * time.Second)
		if !cloud.DropAtRest(channel0, shard0) {
			t.Fatal("the channel was not at rest")
		}
		cloud.Stream.Put(shard0, 10)
		time.Sleep(30 * time.Second)
		w.stop()
		w.whole()
		if f := w.only(); f.Reason != messages.ReasonGone {
			t.Errorf("fault %v", f)
		}
	})
}

// TestAChannelThatIsGoneWithRowsInFlightStopsTheShard: nobody knows what of
// them was committed, so nothing is read again by itself (P7 TOKEN_LOST).
func TestAChannelThatIsGoneWithRowsInFlightStopsTheShard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := oneShard(10)
		w := start(t, cloud, plan{generations: 2})
		time.Sleep(10 * time.Second)
		cloud.Stream.Put(shard0, 10)
		cloud.Play(func(op string, _ int) actorstest.Effect {
			if op == "Status" {
				return actorstest.Effect{Lose: true}
			}
			return actorstest.Effect{}
		})
		time.Sleep(5 * time.Second)
		if n := len(cloud.Sink.Rows(shard0)); n != 20 {
			t.Fatalf("%d rows are committed, want 20 that nobody has heard of", n)
		}
		cloud.Sink.Lose(channel0)
		cloud.Play(nil)
		time.Sleep(20 * time.Second)
		w.stop()
		ends := w.endings()
		if len(ends) != 2 || ends[0].Reason != messages.ReasonGone || ends[1].Stop != messages.TokenLost {
			t.Fatalf("ended by %v, want gone, then TOKEN_LOST", ends)
		}
		if row := cloud.Table.Row(shard0); row.Settled {
			t.Error("the row was settled")
		}
		w.whole()
	})
}

// TestADrainedShardIsSettledAtItsToken (P21, P7).
func TestADrainedShardIsSettledAtItsToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := oneShard(10)
		cloud.Sink.CommitDelay = 6 * time.Second
		w := start(t, cloud, plan{})
		time.Sleep(300 * time.Millisecond) // rows linger
		w.system.Root.Send(w.pid(string(shard0)), &drainNow{})
		time.Sleep(15 * time.Second)
		w.stop()
		w.whole()
		if row := cloud.Table.Row(shard0); !row.Settled || row.Committed != cloud.Sink.Token(channel0) || row.Counters.Committed != 10 {
			t.Errorf("row %+v", row)
		}
	})
}

// TestALeaseThatIsLostAtTheRecheckIsLetGo: nothing is written, nothing read
// (P5).
func TestALeaseThatIsLostAtTheRecheckIsLetGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := oneShard(10)
		cloud.Play(on("Open", actorstest.Effect{Delay: 2 * time.Second}))
		w := start(t, cloud, plan{generations: 1})
		time.Sleep(time.Second)
		cloud.Table.Edit(shard0, func(r *messages.ShardRow) { r.Owner, r.Epoch, r.Counter = "node-7/other", r.Epoch+1, r.Counter+1 })
		time.Sleep(4 * time.Second)
		w.stop()
		if cloud.Calls("Next") != 0 || cloud.Calls("WritePosition") != 0 || cloud.Calls("Append") != 0 {
			t.Errorf("%d reads, %d writes, %d appends without the lease", cloud.Calls("Next"), cloud.Calls("WritePosition"), cloud.Calls("Append"))
		}
		if row := cloud.Table.Row(shard0); row.Owner != "node-7/other" {
			t.Errorf("owner %s", row.Owner)
		}
	})
}

// TestAStopEndsTheGenerationBeforeAnythingIsRead: the row and the opening cannot
// both be true (P7).
func TestAStopEndsTheGenerationBeforeAnythingIsRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := oneShard(10)
		w := start(t, cloud, plan{})
		time.Sleep(10 * time.Second)
		w.stop()
		cloud.Sink.SetToken(channel0, "somebody else's")
		reads := cloud.Calls("Next")
		w = start(t, cloud, plan{process: "process-b", generations: 1})
		time.Sleep(40 * time.Second)
		w.stop()
		var f *messages.Fault
		if !errors.As(w.only(), &f) || f.Stop != messages.TokenForeign || cloud.Calls("Next") != reads {
			t.Errorf("fault %v, %d reads", f, cloud.Calls("Next")-reads)
		}
	})
}

// TestAStatusThatFindsNoChannelWaitsForTheAppendInFlight: the answer to a poll
// that began before may say so while the append that meets the same is still
// out. Only that one's refusal tells that nothing of it is in the table (P7).
func TestAStatusThatFindsNoChannelWaitsForTheAppendInFlight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := oneShard(10)
		w := start(t, cloud, plan{})
		time.Sleep(80 * time.Second)
		if !cloud.DropAtRest(channel0, shard0) {
			t.Fatal("the channel was not at rest")
		}
		cloud.Play(func(op string, _ int) actorstest.Effect {
			if op == "Append" {
				return actorstest.Effect{Delay: 5 * time.Second}
			}
			return actorstest.Effect{}
		})
		before := cloud.Calls("Append")
		cloud.Stream.Put(shard0, 10)
		for cloud.Calls("Append") == before {
			time.Sleep(100 * time.Millisecond)
		}
		epoch := cloud.Table.Row(shard0).Epoch
		w.system.Root.Send(w.pid(string(shard0)+"/channel-"+epochText(epoch)), &messages.StatusRead{Opening: epoch})
		time.Sleep(60 * time.Second)
		w.stop()
		w.whole()
		if f := w.only(); f.Reason != messages.ReasonGone {
			t.Errorf("fault %v", f)
		}
	})
}
