package scenarios

import (
	"slices"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor/process"
)

// TestAPausedShardKeepsItsLeaseAndReadsNothing pauses one of two shards.
func TestAPausedShardKeepsItsLeaseAndReadsNothing(t *testing.T) {
	w := newWorld(t, 2)
	c := w.connect()
	w.putOn(0, 3)
	w.putOn(1, 3)
	c.untilCaughtUp(6)
	if text := c.tell(&messages.Pause{Shards: []messages.ShardID{shardID(0)}}); text != "" {
		t.Fatal(text)
	}
	c.untilShard(0, "paused", func(s *messages.ShardState) bool { return s.Phase == messages.PhasePaused })
	counter := integer(w.lease(0, "leaseCounter"))
	w.putOn(0, 3)
	w.putOn(1, 3)
	c.until("flowing beside it", func(s *messages.State) bool { return shardOf(s, 1).Live.Committed == 6 })
	w.wait("renewed", func() bool { return integer(w.lease(0, "leaseCounter")) > counter+2 })
	w.expect(onShard(0), 0, 1, 2)
	if w.lease(0, "settled") != true {
		t.Error("a paused shard is not settled")
	}
	if text := c.tell(&messages.Resume{}); text != "" {
		t.Fatal(text)
	}
	c.untilCaughtUp(12)
	w.expect(onShard(0), 0, 1, 2, 6, 7, 8)
	w.expect(onShard(1), 3, 4, 5, 9, 10, 11)
}

// TestAPausedConnectorDrainsCleanly, and the one that comes next is paused, too.
func TestAPausedConnectorDrainsCleanly(t *testing.T) {
	w := newWorld(t, 2)
	c := w.connect()
	w.putOn(0, 3)
	c.untilCaughtUp(3)
	c.tell(&messages.Pause{})
	allPaused := func(s *messages.State) bool {
		return len(s.Shards) == 2 && !slices.ContainsFunc(s.Shards, func(sh messages.ShardState) bool { return sh.Phase != messages.PhasePaused })
	}
	c.until("paused", allPaused)
	w.putOn(0, 3)
	c.clean()
	w.expect("", 0, 1, 2)
	if w.lease(0, "leaseOwner") != nil || w.lease(1, "leaseOwner") != nil {
		t.Error("a lease was kept")
	}
	c = w.connect()
	c.until("paused still", allPaused)
	w.expect("", 0, 1, 2)
	if text := c.tell(&messages.Resume{}); text != "" {
		t.Fatal(text)
	}
	c.untilCaughtUp(3)
	w.expect("", between(0, 6)...)
}

// TestAPauseThatIsTakenBackBeforeItIsOverLosesNothing resumes while rows are
// still on their way into the table.
func TestAPauseThatIsTakenBackBeforeItIsOverLosesNothing(t *testing.T) {
	w := newWorld(t, 1)
	c := w.connect()
	w.putOn(0, 3)
	c.untilCaughtUp(3)
	w.Snowflake.StallCommits(true)
	w.putOn(0, 3)
	c.untilShard(0, "in flight", func(s *messages.ShardState) bool { return s.InFlight > 0 })
	c.tell(&messages.Pause{})
	w.putOn(0, 3)
	c.tell(&messages.Resume{})
	w.Snowflake.StallCommits(false)
	c.untilCaughtUp(9)
	w.expect("", between(0, 9)...)
	w.expectCounted(9, 9)
}

// TestACleanDrainLeavesNothing drains while records come: what was read is
// committed, checkpointed and settled, and the leases are free.
func TestACleanDrainLeavesNothing(t *testing.T) {
	w := newWorld(t, 2)
	c := w.connect()
	w.putOn(0, 20)
	w.putOn(1, 20)
	c.untilShard(0, "reading", func(s *messages.ShardState) bool { return !s.Read.IsZero() })
	w.putOn(0, 20)
	c.clean()
	for i := range 2 {
		if w.lease(i, "leaseOwner") != nil || w.lease(i, "settled") != true || w.lease(i, "committedToken") != w.token(i) {
			t.Errorf("the row of shard %d: owner %v, settled %v, token %v; Snowflake has %s", i, w.lease(i, "leaseOwner"), w.lease(i, "settled"), w.lease(i, "committedToken"), w.token(i))
		}
	}
	c = w.connect()
	w.untilRows(60)
	c.untilCaughtUp(0)
	w.expect(onShard(0), append(between(0, 20), between(40, 60)...)...)
	w.expect(onShard(1), between(20, 40)...)
}

// TestADrainThatSnowflakeHoldsUpSaysWhatIsLeft, and loses nothing: the rows are
// committed in the end, or read again.
func TestADrainThatSnowflakeHoldsUpSaysWhatIsLeft(t *testing.T) {
	w := newWorld(t, 2)
	c := w.connect()
	w.putOn(0, 3)
	w.putOn(1, 3)
	c.untilCaughtUp(6)
	w.Snowflake.StallCommits(true)
	w.putOn(0, 3)
	c.untilShard(0, "in flight", func(s *messages.ShardState) bool { return s.InFlight > 0 })
	var d *messages.Drained
	for within := 4 * time.Second; ; within *= 4 { // until it is enough for shard 1, on a machine that is busy
		d = c.drain(within)
		if within > time.Minute || len(d.Left) == 1 && w.lease(0, "leaseOwner") == nil {
			break
		}
		c = w.connect()
		c.untilShard(0, "in flight again", func(s *messages.ShardState) bool { return s.InFlight > 0 })
		c.untilShard(1, "flowing", func(s *messages.ShardState) bool { return s.Phase == messages.PhaseFlowing })
	}
	if d.Clean || !slices.Equal(d.Left, []messages.ShardID{shardID(0)}) {
		t.Errorf("drained %+v, want shard 0 left", d)
	}
	if w.lease(0, "leaseOwner") != nil || w.lease(0, "settled") != false {
		t.Errorf("the row that is left: owner %v, settled %v", w.lease(0, "leaseOwner"), w.lease(0, "settled"))
	}
	c = w.connect()
	c.untilShard(0, "opening", func(s *messages.ShardState) bool { return s.Phase == messages.PhaseOpening })
	w.Snowflake.StallCommits(false)
	w.putOn(0, 3)
	w.untilRows(12)
	c.untilCaughtUp(0)
	w.expect(onShard(0), 0, 1, 2, 6, 7, 8, 9, 10, 11)
	w.expect(onShard(1), 3, 4, 5)
	w.expectCounted(12, 12)
}

// TestAProcessThatCannotCommitInTimeSaysSoByItsExitCode: 1, for something will
// be read again.
func TestAProcessThatCannotCommitInTimeSaysSoByItsExitCode(t *testing.T) {
	w := newWorld(t, 1)
	w.rewrite("data_dir:", "drain_timeout: 1s\ndata_dir:")
	w.Snowflake.StallCommits(true)
	w.putOn(0, 3)
	first := w.run(process.Options{})
	first.until("in flight", func(s *messages.State) bool { return len(s.Shards) == 1 && s.Shards[0].InFlight > 0 })
	first.stop()
	first.ends(process.ExitFailure)
	w.Snowflake.StallCommits(false)
	w.run(process.Options{UntilCaughtUp: true}).ends(process.ExitFine)
	w.expect("", 0, 1, 2)
}
