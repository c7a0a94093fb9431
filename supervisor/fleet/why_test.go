package fleet

import (
	"strings"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// TestWhatIsOddAboutAConnectorThatFlowsIsShown: one of two processes polls, and
// a producer's shard map is old; a third process, which has nothing to do, does
// not matter.
func TestWhatIsOddAboutAConnectorThatFlowsIsShown(t *testing.T) {
	well, polls, idle := orders("node-0", "shardId-000000000000", 0), orders("node-1", "shardId-000000000001", 0), orders("node-2", "", 0)
	polls.Why = "shards polled: 1; enhanced fan-out cannot be used: denied"
	polls.Shards[0].Packed = messages.Aggregation{Aggregates: 9, OutOfRange: 4, Damaged: 1}
	idle.Shards, idle.Why = nil, "no lease is free: other processes hold them"
	for _, order := range [][]*messages.State{{idle, well, polls}, {polls, idle, well}, {well, polls, idle}} {
		text := textOf(t, Of(snapshots(order...), noon))
		want := "gaps 0\n        user records of another shard, kept 4   damaged aggregates, taken for plain records 1\n        " + polls.Why + "\n"
		if !strings.HasSuffix(text, want) {
			t.Errorf("text:\n%s\nwant at its end:\n%s", text, want)
		}
	}
	if text := textOf(t, Of(snapshots(idle, well), noon)); strings.Contains(text, "no lease") {
		t.Errorf("text:\n%s", text)
	}
	if text := textOf(t, Of(snapshots(idle), noon)); !strings.Contains(text, "no lease is free") {
		t.Errorf("text:\n%s", text)
	}
}

// TestAShardThatCannotBeOpenedSaysWhy while it is tried again, not only once it
// counts as failing.
func TestAShardThatCannotBeOpenedSaysWhy(t *testing.T) {
	s := orders("node-0", "shardId-000000000000", 0)
	s.Shards[0].Phase, s.Shards[0].Since = messages.PhaseOpening, noon.Add(-20*time.Second)
	if text := textOf(t, Of(snapshots(s), noon)); strings.Contains(text, "shardId-") {
		t.Errorf("the first opening is told of:\n%s", text)
	}
	s.Shards[0].Error = "snowpipe.hostname: connection refused"
	if text := textOf(t, Of(snapshots(s), noon)); !strings.Contains(text, "shardId-000000000000  OPENING 20 s  snowpipe.hostname: connection refused\n") {
		t.Errorf("text:\n%s", text)
	}
}

// TestAStopIsToldOnce: code, shard and hint are in a fault's own text, and beside
// it.
func TestAStopIsToldOnce(t *testing.T) {
	s := clicks()
	f := messages.Stopped(messages.RowsRejected, s.Shards[1].Shard, "%d rows were rejected: bad", 2)
	s.Shards[1].Stop, s.Shards[1].Error, s.Shards[1].Hint = f.Stop, f.Error(), f.Hint
	want := "        shardId-000000000003  STOPPED 41m  ROWS_REJECTED  2 rows were rejected: bad\n" +
		"          Snowflake rejected rows and on_rejected_rows is stop: look at the error table, then kinesnow resolve clicks/3 --why \"...\" --from token\n" +
		"          read docs/stops.md#rows_rejected\n"
	if text := textOf(t, Of(snapshots(s), noon)); !strings.Contains(text, want) {
		t.Errorf("text:\n%s\nwant in it:\n%s", text, want)
	}
	s.Shards[1].Stop, s.Shards[1].Error, s.Shards[1].Hint = messages.TargetMissing, "snowpipe.open shardId-000000000003: 404 (check it)", "check it"
	if text := textOf(t, Of(snapshots(s), noon)); !strings.Contains(text, "TARGET_MISSING  snowpipe.open: 404\n          check it\n") {
		t.Errorf("text:\n%s", text)
	}
}

// TestALongPauseIsShownWithItsWayOut: DEGRADED, and no shard is in trouble.
func TestALongPauseIsShownWithItsWayOut(t *testing.T) {
	s := orders("node-0", "shardId-000000000000", 0)
	s.Health, s.Why, s.Hint = messages.Degraded, "paused for 13h0m0s of a retention of 24h0m0s: records are lost in 11h0m0s", "kinesnow resume orders"
	s.Shards[0].Phase = messages.PhasePaused
	if text := textOf(t, Of(snapshots(s), noon)); !strings.Contains(text, s.Why+"   kinesnow resume orders\n") {
		t.Errorf("text:\n%s", text)
	}
}
