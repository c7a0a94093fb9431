package actors

import (
	"testing"

	"github.com/kinesnow/kinesnow/messages"
)

// TestAShardsEventsAddUpToItsState folds one life of a shard.
func TestAShardsEventsAddUpToItsState(t *testing.T) {
	counters := messages.Counters{Read: 9, Appended: 9, Committed: 9}
	var s ShardLedger
	for i, step := range []struct {
		event messages.Event
		want  func(s *ShardLedger)
	}{
		{&messages.Opened{Generation: 4, Epoch: 4, Channel: "c", Start: whole("10")}, func(s *ShardLedger) {
			s.Generation, s.Epoch, s.Channel, s.Started, s.Appended = 4, 4, "c", whole("10"), whole("10")
		}},
		{appendOf(whole("10"), whole("20"), 9), func(s *ShardLedger) { s.Appended = whole("20") }},
		{appendOf(whole("10"), whole("20"), 9), func(*ShardLedger) {}}, // seen before
		{appendOf(whole("15"), whole("25"), 9), func(*ShardLedger) {}}, // of a chain that is not this one
		{&messages.Committed{To: whole("20")}, func(s *ShardLedger) { s.Committed = whole("20") }},
		{&messages.Checkpointed{To: whole("20"), Skipped: whole("22"), Settled: true, Counters: counters}, func(s *ShardLedger) {
			s.Checkpoint, s.Skipped, s.Settled, s.Counters = whole("20"), whole("22"), true, counters
		}},
		{&messages.GapDetected{}, func(s *ShardLedger) { s.Gaps = 1 }},
		{&messages.Parked{Code: messages.TokenLost}, func(s *ShardLedger) { s.Stop = messages.TokenLost }},
		{&messages.Resolved{Code: messages.TokenLost}, func(s *ShardLedger) { s.Stop = "" }},
		{&messages.Parked{Code: messages.GapFound}, func(s *ShardLedger) { s.Stop = messages.GapFound }},
		{&messages.Opened{Generation: 5, Epoch: 5, Channel: "c", Start: whole("20")}, func(s *ShardLedger) {
			s.Generation, s.Epoch, s.Started, s.Appended, s.Stop = 5, 5, whole("20"), whole("20"), ""
		}},
		{&messages.Rewound{From: whole("30"), To: whole("20")}, func(*ShardLedger) {}},
		{&messages.Recovered{To: whole("21")}, func(s *ShardLedger) { s.Committed = whole("21") }},
		{&messages.RecordsDiscarded{Count: 1}, func(*ShardLedger) {}},
		{&messages.RecordsFiltered{Count: 1}, func(*ShardLedger) {}},
		{&messages.Faulted{}, func(*ShardLedger) {}},
		{&messages.Adopted{}, func(*ShardLedger) {}},
		{&messages.ShardEnded{}, func(s *ShardLedger) { s.Ended = true }},
	} {
		want := s
		step.want(&want)
		if s = s.Evolve(step.event); s != want {
			t.Errorf("event %d, %s: %+v, want %+v", i, step.event.Kind(), s, want)
		}
	}
}
