package actors

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/kinesnow/kinesnow/actors/actorstest"
	"github.com/kinesnow/kinesnow/messages"
)

const channel0 = testChannel + "shardId-000000000000"

// on makes a script for one method: what happens to its first calls.
func on(op string, effects ...actorstest.Effect) actorstest.Script {
	return func(called string, n int) actorstest.Effect {
		if called == op && n <= len(effects) {
			return effects[n-1]
		}
		return actorstest.Effect{}
	}
}

// TestAnAppendWithoutAnAnswerIsRepeatedAndLandsOnce is P11: the same bytes
// under the same token (the cloud watches that), whether the request or the
// answer was lost.
func TestAnAppendWithoutAnAnswerIsRepeatedAndLandsOnce(t *testing.T) {
	for name, effects := range map[string][]actorstest.Effect{
		"the answer was lost":      {{Forget: true}},
		"the request was lost":     {{Lose: true}},
		"again and again":          {{Lose: true}, {Forget: true}, {Forget: true}, {Lose: true}},
		"the request is very late": {{Forget: true, Late: 5 * time.Second}},
		"throttled":                {{Err: actorstest.Refusal(messages.Transient, messages.ReasonThrottled, "")}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cloud := oneShard(10)
				cloud.Play(on("Append", effects...))
				w := start(t, cloud, plan{generations: 1})
				time.Sleep(30 * time.Second)
				w.stop()
				w.whole()
				if n := cloud.Calls("Append"); n != len(effects)+1 {
					t.Errorf("%d attempts, want %d", n, len(effects)+1)
				}
				if ends := w.endings(); len(ends) != 0 {
					t.Errorf("generations ended: %v", ends)
				}
			})
		})
	}
}

// TestABatchMayBeCommittedBeforeItsAnswerIsIn: its end is a batch end of this
// opening, not another writer's.
func TestABatchMayBeCommittedBeforeItsAnswerIsIn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := oneShard(10)
		cloud.Sink.CommitDelay = 3 * time.Second
		forget := actorstest.Effect{Forget: true}
		lose := actorstest.Effect{Lose: true, Delay: 2 * time.Second}
		cloud.Play(on("Append", actorstest.Effect{}, forget, lose, lose, lose, lose))
		w := start(t, cloud, plan{generations: 1})
		time.Sleep(time.Second) // the first batch is accepted, and polled for
		cloud.Stream.Put(shard0, 10)
		time.Sleep(30 * time.Second)
		w.stop()
		w.whole()
		if ends := w.endings(); len(ends) != 0 {
			t.Errorf("generations ended: %v", ends)
		}
	})
}

// TestAnAppendThatIsNeverAnsweredEndsTheGeneration after append_retry, and the
// next one finds out by its opening what became of it.
func TestAnAppendThatIsNeverAnsweredEndsTheGeneration(t *testing.T) {
	for name, effect := range map[string]actorstest.Effect{"it landed": {Forget: true}, "it did not": {Lose: true}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cloud, healed := oneShard(10), false
				cloud.Play(func(op string, _ int) actorstest.Effect {
					if op == "Append" && !healed {
						return effect
					}
					return actorstest.Effect{}
				})
				w := start(t, cloud, plan{})
				time.Sleep(25 * time.Second)
				if ends := w.endings(); len(ends) != 0 {
					t.Errorf("ended before append_retry was over: %v", ends)
				}
				time.Sleep(15 * time.Second)
				if f := w.only(); f.Class != messages.Transient || f.Reason != messages.ReasonUnavailable || f.Shard != shard0 {
					t.Errorf("fault %+v", f)
				}
				if cloud.Table.Row(shard0).Settled {
					t.Error("the row was settled though the outcome is unknown (P7)")
				}
				cloud.Play(nil)
				time.Sleep(30 * time.Second)
				w.stop()
				w.whole()
				if n := len(recorded[*messages.Rewound](w)); n != 0 {
					t.Errorf("%d rewinds of what was never accepted", n)
				}
			})
		})
	}
}

// TestEachRefusalEndsTheGenerationWithItsFault is P11's list, and what the row
// says afterwards (P7): settled where nothing can be in
// flight, which a fenced writer cannot know.
func TestEachRefusalEndsTheGenerationWithItsFault(t *testing.T) {
	for _, c := range []struct {
		name    string
		class   messages.Class
		reason  messages.Reason
		stop    messages.StopCode
		settled bool
	}{
		{"401 again, 403", messages.Rejected, messages.ReasonDenied, messages.AccessDenied, true},
		{"413, 400", messages.Transient, messages.ReasonRefused, "", true},
		{"stale sequencer", messages.Fenced, messages.ReasonStale, "", false},
		{"404", messages.Transient, messages.ReasonGone, "", true},
		{"409, ERR_CHANNEL", messages.Transient, messages.ReasonInvalidated, "", true},
		{"410", messages.Transient, messages.ReasonFailedOver, "", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cloud := oneShard(10)
				cloud.Play(on("Append", actorstest.Effect{Err: actorstest.Refusal(c.class, c.reason, c.stop)}))
				w := start(t, cloud, plan{generations: 1})
				time.Sleep(20 * time.Second)
				w.stop()
				f := w.only()
				if f.Class != c.class || f.Reason != c.reason || f.Stop != c.stop || f.At != whole("104") || f.Records != 10 {
					t.Errorf("fault %+v", f)
				}
				if n := cloud.Calls("Append"); n != 1 {
					t.Errorf("%d attempts, want 1", n)
				}
				if row := cloud.Table.Row(shard0); row.Settled != c.settled || row.Committed != "" {
					t.Errorf("settled %v, checkpoint %q", row.Settled, row.Committed)
				}
			})
		})
	}
}

// TestARefusalAfterALostAnswerLeavesTheRowUnsettled: the first attempt may have
// counted.
func TestARefusalAfterALostAnswerLeavesTheRowUnsettled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := oneShard(10)
		cloud.Play(on("Append", actorstest.Effect{Lose: true}, actorstest.Effect{Err: actorstest.Refusal(messages.Transient, messages.ReasonInvalidated, "")}))
		w := start(t, cloud, plan{generations: 1})
		time.Sleep(20 * time.Second)
		w.stop()
		if w.only().Reason != messages.ReasonInvalidated || cloud.Table.Row(shard0).Settled {
			t.Errorf("fault %v, settled %v", w.only(), cloud.Table.Row(shard0).Settled)
		}
	})
}

// TestAnotherOpeningFencesTheGeneration, at its next append.
func TestAnotherOpeningFencesTheGeneration(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := oneShard(10)
		w := start(t, cloud, plan{generations: 1})
		time.Sleep(10 * time.Second)
		if _, err := cloud.Sink.Open(t.Context(), channel0, false); err != nil {
			t.Fatal(err)
		}
		cloud.Stream.Put(shard0, 1)
		time.Sleep(10 * time.Second)
		w.stop()
		if f := w.only(); f.Class != messages.Fenced || f.Reason != messages.ReasonStale {
			t.Errorf("fault %+v", f)
		}
	})
}

// TestABatchNeverExceedsWhatOneAppendMayCarry: records of 1 MiB go three to an
// append, for the sink compresses nothing.
func TestABatchNeverExceedsWhatOneAppendMayCarry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := actorstest.NewCloud()
		cloud.Stream.AddShard(shard0)
		for range 30 {
			cloud.Stream.PutRecord(shard0, actorstest.User{Rows: 1, Bytes: 1 << 20})
		}
		w := start(t, cloud, plan{generations: 1})
		time.Sleep(30 * time.Second)
		w.stop()
		w.whole()
		for _, a := range recorded[*messages.BatchAppended](w) {
			if a.Bytes > messages.MaxAppendBytes || a.Wire > messages.MaxAppendBytes {
				t.Errorf("an append of %d bytes, %d on the wire", a.Bytes, a.Wire)
			}
		}
		if n := len(recorded[*messages.BatchAppended](w)); n < 8 || n > 20 {
			t.Errorf("%d appends for 30 MiB", n)
		}
	})
}

// TestBytesAndCreditComeBackAtAcceptance is P15: 30 MiB are accepted through a
// window of 8 MiB though nothing is committed.
func TestBytesAndCreditComeBackAtAcceptance(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := actorstest.NewCloud()
		cloud.Sink.CommitDelay = 50 * time.Second
		cloud.Stream.AddShard(shard0)
		for range 30 {
			cloud.Stream.PutRecord(shard0, actorstest.User{Rows: 1, Bytes: 1 << 20})
		}
		w := start(t, cloud, plan{generations: 1})
		time.Sleep(20 * time.Second)
		var accepted int64
		for _, a := range recorded[*messages.BatchAppended](w) {
			accepted += a.Rows
		}
		if rows := len(cloud.Sink.Rows(shard0)); accepted != 30 || rows != 0 {
			t.Errorf("%d rows were accepted, %d are committed; want 30 and 0", accepted, rows)
		}
		// One fetch waits for records meanwhile; it holds what it took.
		if state := w.budget.State(); state.Used > fetchTarget || state.Peak > creditWindow+2*fetchTarget {
			t.Errorf("budget %+v", state)
		}
		w.note(func() {
			if w.progress.Held != 0 || w.progress.InFlight < 30<<20 {
				t.Errorf("held %d, in flight %d", w.progress.Held, w.progress.InFlight)
			}
		})
		time.Sleep(time.Minute)
		w.stop()
		w.whole()
	})
}

// TestNoMoreThan64MiBWaitForTheirCommit (P15).
func TestNoMoreThan64MiBWaitForTheirCommit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := actorstest.NewCloud()
		cloud.Sink.CommitDelay = 40 * time.Second
		cloud.Stream.AddShard(shard0)
		for range 80 {
			cloud.Stream.PutRecord(shard0, actorstest.User{Rows: 1, Bytes: 1 << 20})
		}
		w := start(t, cloud, plan{generations: 1})
		time.Sleep(35 * time.Second)
		w.note(func() {
			if in := w.progress.InFlight; in < uncommittedMax || in > uncommittedMax+messages.MaxAppendBytes {
				t.Errorf("%d bytes are in flight, want just above %d", in, uncommittedMax)
			}
		})
		time.Sleep(3 * time.Minute)
		w.stop()
		w.whole()
	})
}
