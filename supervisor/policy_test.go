package supervisor

import (
	"errors"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

func fault(class messages.Class, reason messages.Reason) *messages.Fault {
	return &messages.Fault{Class: class, Reason: reason, Shard: "shardId-000000000003", Err: errors.New("cause")}
}

// TestEachClassOfFaultHasItsVerdict is the policy table of doc.go.
func TestEachClassOfFaultHasItsVerdict(t *testing.T) {
	for _, c := range []struct {
		fault *messages.Fault
		want  verdict
	}{
		{fault(messages.Transient, messages.ReasonUnavailable), again},
		{fault(messages.Transient, messages.ReasonRefused), again},
		{fault(messages.Transient, messages.ReasonInvalidated), again},
		{fault(messages.Transient, messages.ReasonCrashed), again},
		{fault(messages.Fenced, messages.ReasonStale), askLease},
		{fault(messages.Fenced, messages.ReasonLeaseLost), askLease},
		{messages.Stopped(messages.TokenLost, "", "gone"), park},
		{messages.Stopped(messages.AccessDenied, "", "no"), park},
	} {
		p := newPolicy()
		got, shown := p.judge(c.fault)
		if got != c.want || shown != c.fault {
			t.Errorf("%s %s: verdict %d, want %d; shows %v", c.fault.Class, c.fault.Reason, got, c.want, shown)
		}
	}
}

// TestTheFifthStaleSequencerInARowParksTheShard is OTHER_WRITER (P19); a commit
// between starts the count over, other faults do not.
func TestTheFifthStaleSequencerInARowParksTheShard(t *testing.T) {
	p, stale := newPolicy(), fault(messages.Fenced, messages.ReasonStale)
	fence := func(n int) {
		t.Helper()
		for i := range n {
			if got, _ := p.judge(stale); got != askLease {
				t.Fatalf("fence %d: verdict %d", i+1, got)
			}
		}
	}
	fence(maxFenced - 1)
	p.committed()
	fence(maxFenced - 1)
	p.judge(fault(messages.Transient, messages.ReasonUnavailable))
	p.judge(fault(messages.Fenced, messages.ReasonLeaseLost)) // not the channel's fence
	got, shown := p.judge(stale)
	if got != park || shown.Stop != messages.OtherWriter || shown.Class != messages.Rejected || shown.Shard != stale.Shard || !errors.Is(shown, stale.Err) {
		t.Errorf("verdict %d, shows %+v", got, shown)
	}
	fence(maxFenced - 1) // a human resolved it: the count is over
}

// TestFiveReopenedChannelsWithoutAnAppendAreDegraded, not parked (P19).
func TestFiveReopenedChannelsWithoutAnAppendAreDegraded(t *testing.T) {
	p := newPolicy()
	for i, reason := range []messages.Reason{messages.ReasonInvalidated, messages.ReasonGone, messages.ReasonFailedOver, messages.ReasonInvalidated, messages.ReasonInvalidated} {
		if p.failing() {
			t.Fatalf("failing after %d", i)
		}
		if got, _ := p.judge(fault(messages.Transient, reason)); got != again {
			t.Fatalf("%s: verdict %d", reason, got)
		}
	}
	if !p.failing() {
		t.Error("five in a row are not failing")
	}
	p.appended()
	if p.failing() {
		t.Error("failing after an append")
	}
	for range maxFailures {
		p.judge(fault(messages.Transient, messages.ReasonUnavailable))
	}
	if !p.failing() {
		t.Error("an outage that ends five generations is not shown")
	}
}

// TestBackoffStartsOverWithACommit: 200 ms doubling to 30 s, full jitter.
func TestBackoffStartsOverWithACommit(t *testing.T) {
	p := newPolicy()
	for range 30 {
		if d := p.backoff.Next(); d <= 0 || d > backoffCap {
			t.Fatalf("pause of %s", d)
		}
	}
	p.committed()
	if d := p.backoff.Next(); d > backoffBase {
		t.Errorf("%s after a commit, want at most %s", d, backoffBase)
	}
}

func TestOnlyWhatMayHealIsTriedAgainByItself(t *testing.T) {
	healing := map[messages.StopCode]bool{messages.AccessDenied: true, messages.TargetMissing: true, messages.ChannelLimit: true, messages.EFOUnavailable: true}
	for _, code := range []messages.StopCode{
		messages.TokenForeign, messages.TokenRegressed, messages.TokenLost, messages.AdoptedUndrained, messages.OtherWriter, messages.GapFound,
		messages.RowsRejected, messages.StreamRecreated, messages.EFOUnavailable, messages.AccessDenied, messages.TargetMissing, messages.ChannelLimit,
	} {
		if heals(code) != healing[code] {
			t.Errorf("%s heals: %v", code, heals(code))
		}
	}
	if probeParked != 5*time.Minute {
		t.Errorf("a parked shard is tried again every %s, want 5 min (P11)", probeParked)
	}
}
