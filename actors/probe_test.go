package actors

import (
	"errors"
	"testing"

	"github.com/kinesnow/kinesnow/messages"
)

func refusedAt(at messages.Position, records int) *messages.Fault {
	return &messages.Fault{Class: messages.Transient, Reason: messages.ReasonRefused, Err: errors.New("413"), At: at, Records: records}
}

// TestAProbeHalvesDownToTheOneRecord is P13: as long as generations end at the
// same T, the batch is halved; a single record that still ends one is it.
func TestAProbeHalvesDownToTheOneRecord(t *testing.T) {
	var p Probe
	committed := whole("10")
	sizes := []int{}
	for records := 100; ; {
		p = p.Failed(refusedAt(whole("99"), records), committed)
		if !p.Bury.IsZero() {
			break
		}
		sizes = append(sizes, p.Records)
		if records = p.Records; len(sizes) > 20 {
			t.Fatalf("it does not end: %v", sizes)
		}
	}
	if want := []int{50, 25, 12, 6, 3, 1}; len(sizes) != len(want) || sizes[0] != 50 || sizes[5] != 1 {
		t.Errorf("batches of %v records, want %v", sizes, want)
	}
	if !p.On() || p.Records != 1 || p.Cause == "" {
		t.Errorf("probe %+v", p)
	}
}

// TestOnlyTheRecordThatWasAloneIsBuried: what comes behind it is innocent,
// whatever ends later generations.
func TestOnlyTheRecordThatWasAloneIsBuried(t *testing.T) {
	committed := whole("10")
	p := Probe{}.Failed(refusedAt(whole("12"), 2), committed)
	if p.Culprit(whole("11")) {
		t.Error("the first refusal already names a culprit")
	}
	p = p.Failed(refusedAt(whole("11"), 1), committed)
	if !p.Culprit(pos("11", 0)) || p.Culprit(pos("12", 0)) || p.Culprit(messages.Position{}) {
		t.Errorf("culprits: 11/0 %v, 12/0 %v, none %v", p.Culprit(pos("11", 0)), p.Culprit(pos("12", 0)), p.Culprit(messages.Position{}))
	}
	after := p.Failed(&messages.Fault{Reason: messages.ReasonCrashed}, committed)
	if !after.Culprit(pos("11", 0)) || after.Culprit(pos("12", 0)) {
		t.Error("a crash moved the guilt")
	}
}

// TestWhatIsNoRefusalNeverHalves: kills, fences, time-outs, 5xx, lost answers.
func TestWhatIsNoRefusalNeverHalves(t *testing.T) {
	probing := Probe{}.Failed(refusedAt(whole("99"), 8), whole("10"))
	for _, reason := range []messages.Reason{
		messages.ReasonThrottled, messages.ReasonUnavailable, messages.ReasonUncommitted, messages.ReasonInvalidated, messages.ReasonGone,
		messages.ReasonFailedOver, messages.ReasonStale, messages.ReasonLeaseLost, messages.ReasonStalled, messages.ReasonInvariant, messages.ReasonCrashed,
	} {
		f := &messages.Fault{Reason: reason, At: whole("99"), Records: 8}
		if got := (Probe{}).Failed(f, whole("10")); got.On() {
			t.Errorf("%s begins a probe: %+v", reason, got)
		}
		if got := probing.Failed(f, whole("10")); got != probing {
			t.Errorf("%s changes a probe: %+v", reason, got)
		}
	}
	f := refusedAt(whole("99"), 8)
	f.Reason = messages.ReasonOverflow
	if got := (Probe{}).Failed(f, whole("10")); got.Records != 4 {
		t.Errorf("an overflow: %+v, want batches of 4", got)
	}
}

// TestAProbeThatMovedOnIsNotHalvedForWhatItPassed: at another T the count
// begins with what failed there, and the old end stays the farthest one.
func TestAProbeThatMovedOnIsNotHalvedForWhatItPassed(t *testing.T) {
	p := Probe{}.Failed(refusedAt(whole("99"), 8), whole("10"))
	p = p.Failed(refusedAt(whole("30"), 4), whole("10"))
	if p.Records != 2 || p.Until != whole("99") {
		t.Errorf("at the same place: %+v, want 2 until 99/*", p)
	}
	moved := p.Failed(refusedAt(whole("40"), 2), whole("20"))
	if moved.Records != 1 || !moved.Bury.IsZero() {
		t.Errorf("at another place: %+v", moved)
	}
	single := moved.Failed(refusedAt(whole("31"), 1), whole("30"))
	if !single.Bury.IsZero() {
		t.Errorf("a record was condemned at its first failure at this place: %+v", single)
	}
}

// TestAProbeIsOverOneCommitPastTheTrouble.
func TestAProbeIsOverOneCommitPastTheTrouble(t *testing.T) {
	p := Probe{}.Failed(refusedAt(whole("20"), 8), whole("10"))
	if got := p.Committed(whole("19")); got != p {
		t.Errorf("before it: %+v", got)
	}
	if got := p.Committed(whole("20")); got.On() {
		t.Errorf("at it: %+v", got)
	}
	if got := (Probe{}).Committed(whole("20")); got != (Probe{}) {
		t.Errorf("without a probe: %+v", got)
	}
}
