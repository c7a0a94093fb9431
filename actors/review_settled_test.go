package actors

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kinesnow/kinesnow/actors/actorstest"
	"github.com/kinesnow/kinesnow/messages"
)

// behindItsToken is a world at rest whose row has lost its last checkpoint, so
// that the next generation counts the stretch (K, T] first.
func behindItsToken(t *testing.T) *actorstest.Cloud {
	cloud := oneShard(10)
	w := start(t, cloud, plan{})
	time.Sleep(20 * time.Second)
	w.stop()
	cloud.Table.Edit(shard0, func(r *messages.ShardRow) {
		r.Committed, r.Sequence, r.PartialSeq, r.Counters = "", "", "", messages.Counters{}
	})
	time.Sleep(30 * time.Second)
	return cloud
}

// TestAPassThatWaitedForTheCountsDoesNotSettleWhatIsInFlightSince: records
// without rows were passed while the stretch was still being counted, and rows
// appended after them. Saying settled = true for the pass then would deny them
// (P7, P17, P26).
func TestAPassThatWaitedForTheCountsDoesNotSettleWhatIsInFlightSince(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := behindItsToken(t)
		cloud.Stream.PutRecord(shard0, actorstest.User{Fate: messages.Filtered})
		w := start(t, cloud, plan{process: "process-b", recount: func(ctx context.Context, _, _ messages.Position) (messages.Counters, error) {
			sleep(ctx, 20*time.Second)
			return messages.Counters{Read: 10, Appended: 10}, nil
		}})
		time.Sleep(28 * time.Second) // the lease has expired, and the record was passed
		for range 40 {
			cloud.Stream.Put(shard0, 1)
			time.Sleep(700 * time.Millisecond)
		}
		time.Sleep(10 * time.Second)
		w.stop() // Problems: rows accepted while the row denies them
		w.whole()
		if row := cloud.Table.Row(shard0); row.Settled {
			t.Error("the row is settled, and rows were accepted a moment ago")
		}
	})
}

// TestAnIdleShardThatWasLeftUnsettledComesToRest: its process was killed after
// a commit; nothing arrives any more. Without a rest its channel could not
// expire without a stop TOKEN_LOST (P7).
func TestAnIdleShardThatWasLeftUnsettledComesToRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := oneShard(10)
		w := start(t, cloud, plan{})
		time.Sleep(20 * time.Second)
		w.stop()
		if cloud.Table.Row(shard0).Settled {
			t.Fatal("settled though nothing rested yet")
		}
		time.Sleep(30 * time.Second)
		w = start(t, cloud, plan{process: "process-b"})
		time.Sleep(100 * time.Second)
		w.stop()
		if row := cloud.Table.Row(shard0); !row.Settled || row.Committed != cloud.Sink.Token(testChannel+string(shard0)) {
			t.Errorf("settled %v, checkpoint %q", row.Settled, row.Committed)
		}
	})
}

// TestARestThatANewerWriteOvertakesIsStillARest: settled = true waits for a
// throttled table while caughtUpAt rides on the renewals. The table then takes
// the older write for made, so the newer one has to say as much (P7, P18).
func TestARestThatANewerWriteOvertakesIsStillARest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := oneShard(10)
		began := time.Now()
		cloud.Play(func(op string, _ int) actorstest.Effect {
			if at := time.Since(began); op == "WritePosition" && at > 30*time.Second && at < 100*time.Second {
				return actorstest.Effect{Err: actorstest.Refusal(messages.Transient, messages.ReasonThrottled, "")}
			}
			return actorstest.Effect{}
		})
		w := start(t, cloud, plan{})
		time.Sleep(130 * time.Second)
		w.stop()
		if row := cloud.Table.Row(shard0); !row.Settled {
			t.Error("at rest for a minute, and not settled")
		}
	})
}
