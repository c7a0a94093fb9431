package actors

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/kinesnow/kinesnow/actors/actorstest"
	"github.com/kinesnow/kinesnow/messages"
)

// crashedInFlight is a cloud on which a process died with 10 accepted rows that
// become durable so long after.
func crashedInFlight(t *testing.T, commit time.Duration) *actorstest.Cloud {
	t.Helper()
	cloud := oneShard(10)
	cloud.Sink.CommitDelay = commit
	w := start(t, cloud, plan{})
	until(10*time.Second, func() bool { return cloud.Calls("Append") == 1 })
	time.Sleep(100 * time.Millisecond)
	w.stop()
	cloud.Table.Edit(shard0, func(row *messages.ShardRow) { row.Owner = "" }) // whoever comes next need not wait
	cloud.Table.StealNode("node-0", "")                                       // nor leave it to the dead
	if n := len(cloud.Sink.Rows(shard0)); n != 0 {
		t.Fatalf("%d rows are committed already", n)
	}
	return cloud
}

// TestAnOpenWaitsForWhatIsStillInFlight: nothing is sent twice (P6).
func TestAnOpenWaitsForWhatIsStillInFlight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := crashedInFlight(t, 8*time.Second)
		w := start(t, cloud, plan{process: "process-b"})
		time.Sleep(30 * time.Second)
		w.stop()
		w.whole()
		if n := cloud.Calls("Append"); n != 1 {
			t.Errorf("%d appends, want the first one's only", n)
		}
		if n := cloud.Calls("Open"); n < 4 {
			t.Errorf("%d opens, want one each second", n)
		}
	})
}

// TestAnOpenDiscardsWhatIsNotCommittedAfterTenSeconds, and it is read again
// (P6).
func TestAnOpenDiscardsWhatIsNotCommittedAfterTenSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := crashedInFlight(t, 30*time.Second)
		w := start(t, cloud, plan{process: "process-b"})
		began := time.Now()
		took := until(time.Minute, func() bool { return cloud.Calls("Append") == 2 })
		if took < 9*time.Second || took > 20*time.Second {
			t.Errorf("appended again after %s, want 10 s of waiting", took)
		}
		time.Sleep(40*time.Second - time.Since(began))
		time.Sleep(30 * time.Second)
		w.stop()
		w.whole()
	})
}

// TestAnOpenThatFailsForLongEndsTheGeneration, and one that is refused at once.
func TestAnOpenThatFailsForLongEndsTheGeneration(t *testing.T) {
	for name, c := range map[string]struct {
		effect actorstest.Effect
		within time.Duration
		reason messages.Reason
	}{
		"no answer":      {actorstest.Effect{Lose: true}, 60 * time.Second, messages.ReasonUnavailable},
		"no such target": {actorstest.Effect{Err: actorstest.Refusal(messages.Rejected, messages.ReasonMissing, messages.TargetMissing)}, 5 * time.Second, messages.ReasonMissing},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cloud := oneShard(10)
				cloud.Play(func(op string, _ int) actorstest.Effect {
					if op == "Open" {
						return c.effect
					}
					return actorstest.Effect{}
				})
				w := start(t, cloud, plan{generations: 1})
				took := until(2*time.Minute, func() bool { return len(w.endings()) > 0 })
				w.stop()
				if f := w.only(); f.Reason != c.reason || took > c.within {
					t.Errorf("ended after %s by %+v", took, f)
				}
				if !cloud.Table.Row(shard0).Settled {
					t.Error("an opening alone unsettled the row")
				}
			})
		})
	}
}

// TestAnOpenWhoseAnswerWasLostIsMadeAgain: it fenced itself only.
func TestAnOpenWhoseAnswerWasLostIsMadeAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := oneShard(10)
		cloud.Play(on("Open", actorstest.Effect{Forget: true}, actorstest.Effect{Forget: true}))
		w := start(t, cloud, plan{})
		time.Sleep(30 * time.Second)
		w.stop()
		w.whole()
		if len(w.endings()) != 0 {
			t.Errorf("ended %v", w.endings())
		}
	})
}
