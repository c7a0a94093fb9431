package actors

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kinesnow/kinesnow/actors/actorstest"
	"github.com/kinesnow/kinesnow/messages"
)

// TestNothingCommittedForAMinuteEndsTheGeneration (P16). The rows are still in
// flight: the row does not say settled.
func TestNothingCommittedForAMinuteEndsTheGeneration(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := oneShard(10)
		cloud.Sink.CommitDelay = time.Hour
		w := start(t, cloud, plan{generations: 1})
		took := until(3*time.Minute, func() bool { return len(w.endings()) > 0 })
		if took < commitStall || took > commitStall+10*time.Second {
			t.Errorf("ended after %s", took)
		}
		if f := w.only(); f.Class != messages.Transient || f.Reason != messages.ReasonStalled || cloud.Table.Row(shard0).Settled {
			t.Errorf("fault %+v, settled %v", f, cloud.Table.Row(shard0).Settled)
		}
		w.stop()
	})
}

// TestASlowCommitThatMovesIsNoStall: each batch takes 50 s, but there is always
// one that commits.
func TestASlowCommitThatMovesIsNoStall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := oneShard(1)
		cloud.Sink.CommitDelay = 50 * time.Second
		w := start(t, cloud, plan{})
		for range 40 {
			time.Sleep(5 * time.Second)
			cloud.Stream.Put(shard0, 1)
		}
		time.Sleep(90 * time.Second)
		w.stop()
		w.whole()
		if len(w.endings()) != 0 {
			t.Errorf("ended %v", w.endings())
		}
	})
}

// TestATokenThatIsNoBatchEndIsAnotherWritersAndFences (P16, P19).
func TestATokenThatIsNoBatchEndIsAnotherWritersAndFences(t *testing.T) {
	for name, token := range map[string]string{
		"ahead of us":    tokenOf(whole("999")),
		"inside a batch": tokenOf(whole("107")),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cloud := oneShard(10)
				cloud.Sink.CommitDelay = time.Minute
				w := start(t, cloud, plan{generations: 1})
				time.Sleep(10 * time.Second)
				cloud.Sink.SetToken(channel0, token)
				time.Sleep(5 * time.Second)
				w.stop()
				if f := w.only(); f.Class != messages.Fenced || f.Reason != messages.ReasonStale || !strings.Contains(f.Error(), "another writer") {
					t.Errorf("fault %+v", f)
				}
			})
		})
	}
}

// TestATokenThatCannotBeReadStopsTheShard (P2).
func TestATokenThatCannotBeReadStopsTheShard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := oneShard(10)
		cloud.Sink.CommitDelay = 10 * time.Second
		w := start(t, cloud, plan{generations: 1})
		time.Sleep(3 * time.Second)
		cloud.Sink.SetToken(channel0, "0")
		time.Sleep(5 * time.Second)
		w.stop()
		if f := w.only(); f.Class != messages.Rejected || f.Stop != messages.TokenForeign {
			t.Errorf("fault %+v", f)
		}
	})
}

// TestAStatusThatSaysTheChannelIsBrokenEndsTheGeneration, with what follows
// from the code.
func TestAStatusThatSaysTheChannelIsBrokenEndsTheGeneration(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := oneShard(10)
		cloud.Sink.CommitDelay = 10 * time.Second
		w := start(t, cloud, plan{})
		time.Sleep(3 * time.Second)
		cloud.Sink.Invalidate(channel0, "ERR_CHANNEL_MUST_BE_REOPENED") // what was accepted is gone
		time.Sleep(40 * time.Second)
		w.stop()
		w.whole()
		if f := w.only(); f.Class != messages.Transient || f.Reason != messages.ReasonInvalidated {
			t.Errorf("fault %+v", f)
		}
		if r := recorded[*messages.Rewound](w); len(r) != 1 || r[0].From != whole("104") || !r[0].To.IsZero() {
			t.Errorf("rewound %+v", r)
		}
	})
}

// TestAStatusServiceThatRefusesIsHeard by the channel, and one that fails is
// asked again.
func TestAStatusServiceThatRefusesIsHeard(t *testing.T) {
	for name, c := range map[string]struct {
		effect actorstest.Effect
		stop   messages.StopCode
	}{
		"refused":   {actorstest.Effect{Err: actorstest.Refusal(messages.Rejected, messages.ReasonDenied, messages.AccessDenied)}, messages.AccessDenied},
		"failing":   {actorstest.Effect{Err: actorstest.Unanswered("Status", errText("503"))}, ""},
		"throttled": {actorstest.Effect{Err: actorstest.Refusal(messages.Transient, messages.ReasonThrottled, "")}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cloud := oneShard(10)
				cloud.Play(on("Status", c.effect, c.effect, c.effect))
				w := start(t, cloud, plan{generations: 1})
				time.Sleep(40 * time.Second)
				w.stop()
				if c.stop == "" {
					w.whole()
					if len(w.endings()) != 0 || cloud.Table.Row(shard0).Committed == "" {
						t.Errorf("ended %v", w.endings())
					}
					return
				}
				if f := w.only(); f.Stop != c.stop {
					t.Errorf("fault %+v", f)
				}
			})
		})
	}
}

// TestARespawnedPollerIsAskedAgain: it forgot everything (P16).
func TestARespawnedPollerIsAskedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := oneShard(10)
		cloud.Sink.CommitDelay = 8 * time.Second
		w := start(t, cloud, plan{})
		time.Sleep(3 * time.Second)
		for range 4 {
			w.system.Root.Stop(w.pid("commits"))
			time.Sleep(700 * time.Millisecond)
		}
		took := until(time.Minute, func() bool { return cloud.Table.Row(shard0).Committed != "" })
		w.stop()
		w.whole()
		if took > 20*time.Second || len(w.endings()) != 0 {
			t.Errorf("checkpointed after %s, ended %v", took, w.endings())
		}
	})
}

// TestRejectedRowsAreCountedAndMayStopTheShard (P14).
func TestRejectedRowsAreCountedAndMayStopTheShard(t *testing.T) {
	for _, stop := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			cloud := oneShard(10)
			cloud.Sink.Rejects = func(row string) bool { return strings.HasPrefix(row, "97/") || strings.HasPrefix(row, "98/") }
			w := start(t, cloud, plan{generations: 1, channel: func(s *ChannelSettings) { s.StopOnRejected = stop }})
			time.Sleep(20 * time.Second)
			w.stop()
			if n := len(cloud.Sink.Rows(shard0)); n != 8 {
				t.Errorf("%d rows", n)
			}
			if stop {
				if f := w.only(); f.Stop != messages.RowsRejected {
					t.Errorf("fault %+v", f)
				}
				return
			}
			if c := cloud.Table.Row(shard0).Counters; c.Rejected != 2 || c.Committed != 10 || len(w.endings()) != 0 {
				t.Errorf("counters %+v, ended %v", c, w.endings())
			}
		})
	}
}

// TestCountersThatDisagreeAreAFindingAndNeverAStop (P14): said once, and the
// rows go on.
func TestCountersThatDisagreeAreAFindingAndNeverAStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := oneShard(10)
		cloud.Sink.Miscount = 3
		w := start(t, cloud, plan{})
		time.Sleep(10 * time.Second)
		cloud.Stream.Put(shard0, 10)
		time.Sleep(10 * time.Second)
		w.stop()
		w.whole()
		if n := w.findings; n != 1 || len(w.endings()) != 0 {
			t.Errorf("%d findings, endings %v", n, w.endings())
		}
	})
}
