package scenarios

import (
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/integration/fault"
	"github.com/kinesnow/kinesnow/integration/localsnowflake"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor/config"
)

func fromLatest(p *plan) { p.Kinesis.InitialPosition = config.InitialPosition{Kind: config.Latest} }

// TestKP03LatestIsDecidedOnce stops the connector before its first commit, twice:
// what was put after its first start is read all the same (P12).
func TestKP03LatestIsDecidedOnce(t *testing.T) {
	w, clock := newClockedWorld(t, 2)
	w.putOn(0, 2)
	w.putOn(1, 2)
	clock.advance(2 * time.Second)
	w.Snowflake.Faults().Set(localsnowflake.ActionOpenChannel, fault.Always(refusal(503, "")))
	c := w.connect(fromLatest)
	c.until("opening", func(s *messages.State) bool { return len(s.Shards) == 2 })
	clock.advance(2 * time.Second)
	w.putOn(0, 2)
	w.putOn(1, 2)
	clock.advance(2 * time.Second)
	c.drain(time.Second)

	w.Snowflake.Faults().Set(localsnowflake.ActionOpenChannel, nil)
	w.Snowflake.StallCommits(true)
	c = w.connect(fromLatest)
	for i := range 2 {
		c.untilShard(i, "in flight", func(s *messages.ShardState) bool { return s.InFlight > 0 })
	}
	c.drain(time.Second)
	w.putOn(0, 1)
	clock.advance(2 * time.Second)
	w.Snowflake.StallCommits(false)

	c = w.connect(fromLatest)
	w.untilRows(5)
	w.putOn(1, 1)
	w.untilRows(6)
	c.untilCaughtUp(0)
	w.expect(onShard(0), 4, 5, 8)
	w.expect(onShard(1), 6, 7, 9)
}

// TestKP02ChildrenOfAReshardBeginAtTheirOldestRecord: with LATEST, too, and though
// the children held records before anybody knew of them (P12).
func TestKP02ChildrenOfAReshardBeginAtTheirOldestRecord(t *testing.T) {
	w, clock := newClockedWorld(t, 1)
	w.putOn(0, 3)
	clock.advance(2 * time.Second)
	c := w.connect(fromLatest)
	c.until("flowing", func(s *messages.State) bool { return s.CaughtUp() })
	c.clean()
	if err := w.Kinesis.SplitShard("orders", string(shardID(0))); err != nil {
		t.Fatal(err)
	}
	clock.advance(-time.Minute) // the children's records seem older than the first start
	w.putOn(0, 3)
	clock.advance(2 * time.Minute)
	c = w.connect(fromLatest)
	c.untilCaughtUp(3)
	w.expect("", 3, 4, 5)
}

func TestATimestampIsWhereTheFirstStartBegins(t *testing.T) {
	w, clock := newClockedWorld(t, 2)
	w.putOn(0, 2)
	w.putOn(1, 1)
	clock.advance(time.Minute)
	start := clock.read()
	clock.advance(time.Minute)
	w.putOn(0, 2)
	w.putOn(1, 1)
	clock.advance(time.Minute)
	c := w.connect(func(p *plan) { p.Kinesis.InitialPosition = config.InitialPosition{Kind: config.AtTimestamp, At: start} })
	c.untilCaughtUp(3)
	w.expect(onShard(0), 3, 4)
	w.expect(onShard(1), 5)
	c.clean()

	// Later configurations change nothing.
	w.putOn(0, 1)
	c = w.connect()
	c.untilCaughtUp(1)
	w.expect(onShard(0), 3, 4, 6)
}
