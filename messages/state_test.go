package messages

import (
	"testing"
	"time"
)

func TestAConnectorIsCaughtUpWhenNoListedShardIsBehind(t *testing.T) {
	caughtUp, behind := ShardState{CaughtUp: true, Phase: PhaseFlowing}, ShardState{Phase: PhaseFlowing}
	parked, ended := ShardState{Phase: PhaseParked}, ShardState{Phase: PhaseEnded}
	for _, c := range []struct {
		name  string
		state State
		want  bool
	}{
		{"not started", State{Health: Starting, Listed: 1, Shards: []ShardState{caughtUp}}, false},
		{"nothing listed", State{Health: Flowing}, false},
		{"all there", State{Health: Flowing, Listed: 2, Shards: []ShardState{caughtUp, caughtUp}}, true},
		{"one behind", State{Health: Flowing, Listed: 2, Shards: []ShardState{caughtUp, behind}}, false},
		{"one not here", State{Health: Flowing, Listed: 2, Shards: []ShardState{caughtUp}}, false},
		{"one caught up elsewhere", State{Health: Flowing, Listed: 2, Shards: []ShardState{caughtUp}, Elsewhere: Elsewhere{CaughtUp: 1}}, true},
		{"one paused elsewhere", State{Health: Flowing, Listed: 2, Shards: []ShardState{caughtUp}, Elsewhere: Elsewhere{Paused: 1}}, true},
		{"one stopped elsewhere, and its child", State{Health: Flowing, Listed: 3, Shards: []ShardState{caughtUp}, Elsewhere: Elsewhere{Blocked: 1, Stopped: make([]StoppedShard, 1)}}, true},
		{"one stopped elsewhere, one behind there", State{Health: Flowing, Listed: 3, Shards: []ShardState{caughtUp}, Elsewhere: Elsewhere{Stopped: make([]StoppedShard, 1)}}, false},
		{"all caught up elsewhere", State{Health: Flowing, Listed: 2, Elsewhere: Elsewhere{CaughtUp: 2}}, true},
		{"one behind here", State{Health: Flowing, Listed: 2, Shards: []ShardState{behind}, Elsewhere: Elsewhere{CaughtUp: 1}}, false},
		{"one finished", State{Health: Flowing, Listed: 2, Done: 1, Shards: []ShardState{caughtUp}}, true},
		{"all finished", State{Health: Flowing, Listed: 2, Done: 2}, true},
		{"one paused, one behind", State{Health: Flowing, Listed: 2, Shards: []ShardState{{Phase: PhasePaused}, behind}}, false},
		{"one paused, one caught up", State{Health: Flowing, Listed: 2, Shards: []ShardState{{Phase: PhasePaused}, caughtUp}}, true},
		{"one parked, one ended", State{Health: Degraded, Listed: 2, Shards: []ShardState{parked, ended}}, true},
	} {
		if got := c.state.CaughtUp(); got != c.want {
			t.Errorf("%s: caught up is %v", c.name, got)
		}
	}
}

// TestKP22TheTimeUntilLossIsThatOfTheShardFurthestBehind: retention minus the
// oldest age.
func TestKP22TheTimeUntilLossIsThatOfTheShardFurthestBehind(t *testing.T) {
	now := time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)
	s := State{Retention: 24 * time.Hour, At: now, Shards: []ShardState{
		{Oldest: now.Add(-time.Hour)}, {Oldest: now.Add(-time.Minute), Behind: 5 * time.Hour}, {},
	}}
	if got, ok := s.UntilLoss(); !ok || got != 19*time.Hour {
		t.Errorf("%s, %v; want 19h", got, ok)
	}
	s.Shards = append(s.Shards, ShardState{Phase: PhasePaused, CaughtUp: true, ReadUpTo: now.Add(-7 * time.Hour)}, ShardState{Phase: PhaseEnded, ReadUpTo: now.Add(-20 * time.Hour)})
	if got, ok := s.UntilLoss(); !ok || got != 17*time.Hour {
		t.Errorf("%s, %v beside a shard that nobody has read for 7 hours; want 17h", got, ok)
	}
	s.Retention = 0
	if _, ok := s.UntilLoss(); ok {
		t.Error("known without a retention")
	}
}
