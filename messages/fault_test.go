package messages

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// TestAnErrorThatIsNotUnderstoodIsNeverADefiniteNo: its outcome is unknown.
func TestAnErrorThatIsNotUnderstoodIsNeverADefiniteNo(t *testing.T) {
	f := AsFault("append", errors.New("connection reset"))
	if f.Class != Transient || f.Reason != ReasonUnavailable || f.Complete {
		t.Errorf("fault %+v", f)
	}
	known := &Fault{Class: Fenced, Reason: ReasonStale, Complete: true}
	if got := AsFault("append", fmt.Errorf("wrapped: %w", known)); got != known {
		t.Errorf("a fault was not found inside: %v", got)
	}
}

// TestEveryStopHasAWayOutAndAnExitCode goes through P7's list.
func TestEveryStopHasAWayOutAndAnExitCode(t *testing.T) {
	codes := map[StopCode]int{
		TokenForeign: 2, TokenRegressed: 2, TokenLost: 2, AdoptedUndrained: 2, OtherWriter: 2, GapFound: 2, RowsRejected: 2,
		StreamRecreated: 2, EFOUnavailable: 69, AccessDenied: 77, TargetMissing: 69, ChannelLimit: 69,
	}
	for code, exit := range codes {
		if code.Hint() == "" {
			t.Errorf("%s has no way out", code)
		}
		if got := code.ExitCode(); got != exit {
			t.Errorf("%s ends the process with %d, want %d", code, got, exit)
		}
		f := Stopped(code, shard, "because of %s", "this")
		if f.Class != Rejected || f.Stop != code || !f.Complete || f.Shard != shard {
			t.Errorf("%s: %+v", code, f)
		}
		for _, part := range []string{string(code), string(shard), "because of this", code.Hint()} {
			if !strings.Contains(f.Error(), part) {
				t.Errorf("%q does not say %q", f.Error(), part)
			}
		}
	}
	if len(hints) != len(codes) {
		t.Errorf("%d stops have a way out, %d are known here", len(hints), len(codes))
	}
}

// TestAStateTellsTheCauseAlone, of whatever renders as an error.
func TestAStateTellsTheCauseAlone(t *testing.T) {
	refused := errors.New("404: no such pipe")
	for want, f := range map[string]*Fault{
		"2 rows were rejected: bad":             Stopped(RowsRejected, shard, "%d rows were rejected: bad", 2),
		"snowpipe.open: 404: no such pipe":      {Op: "snowpipe.open", Shard: shard, Stop: TargetMissing, Err: refused, Hint: "check it"},
		"snowpipe.append: 404: no such pipe":    {Op: "snowpipe.append", Err: refused},
		"kinesis.GetRecords: 404: no such pipe": {Op: "kinesis.GetRecords", Shard: shard, Err: refused, Hint: "(try again)"},
	} {
		s := ShardState{Shard: shard, Stop: f.Stop, Error: f.Error(), Hint: f.Hint}
		if got := s.Cause(); got != want {
			t.Errorf("%q says %q, want %q", f.Error(), got, want)
		}
	}
}

func TestClassesHaveNames(t *testing.T) {
	for class, want := range map[Class]string{Transient: "transient", Fenced: "fenced", Rejected: "rejected", 0: "unknown"} {
		if got := class.String(); got != want {
			t.Errorf("class %d is %q, want %q", class, got, want)
		}
	}
}
