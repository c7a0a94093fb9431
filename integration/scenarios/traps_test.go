package scenarios

import (
	"fmt"
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/integration/fault"
	"github.com/kinesnow/kinesnow/integration/localsnowflake"
	"github.com/kinesnow/kinesnow/messages"
)

// newTable is what w's table is made of, for a CREATE that replaces it.
const newTable = "TABLE ORDERS (N NUMBER, KINESISMETADATA OBJECT) ENABLE_SCHEMA_EVOLUTION = TRUE"

// TestT04RowsInFlightLandAfterATruncate: it removes what is there, and stops no
// writer (their rows come once, and after it).
func TestT04RowsInFlightLandAfterATruncate(t *testing.T) {
	w := newWorld(t, 1)
	w.putOn(0, 3)
	c := w.connect()
	c.untilCaughtUp(3)
	w.Snowflake.StallCommits(true)
	w.putOn(0, 3)
	c.untilShard(0, "in flight", func(s *messages.ShardState) bool { return s.InFlight > 0 })
	w.execute("TRUNCATE TABLE ORDERS")
	w.Snowflake.StallCommits(false)
	c.untilCaughtUp(6)
	w.expect("", between(3, 6)...)
	w.putOn(0, 2)
	s := c.untilCaughtUp(8)
	w.expect("", between(3, 8)...)
	if ends := shardOf(s, 0).Ends; len(ends) != 0 {
		t.Errorf("generations ended %v", ends)
	}
}

// TestT04ATableThatIsReplacedIsGoneOnWith: the channels went with the old one
// while nothing was in flight, so nothing of the new one is missing or twice.
func TestT04ATableThatIsReplacedIsGoneOnWith(t *testing.T) {
	w := newWorld(t, 2)
	w.putOn(0, 3)
	w.putOn(1, 2)
	c := w.connect()
	c.untilCaughtUp(5)
	w.execute("CREATE OR REPLACE " + newTable)
	w.putOn(0, 3)
	w.putOn(1, 3)
	w.untilRows(6)
	c.untilCaughtUp(0)
	w.expect(onShard(0), between(5, 8)...)
	w.expect(onShard(1), between(8, 11)...)
}

// TestT04ATableThatIsDroppedIsWaitedForAndGoneOnWith, once it is made again and
// somebody says so, or five minutes later.
func TestT04ATableThatIsDroppedIsWaitedForAndGoneOnWith(t *testing.T) {
	w := newWorld(t, 1)
	w.putOn(0, 3)
	c := w.connect()
	c.untilCaughtUp(3)
	w.execute("DROP TABLE ORDERS")
	w.putOn(0, 3)
	if stopped := c.untilParked(0, messages.TargetMissing); !strings.Contains(stopped.Error, "RAW.EVENTS.ORDERS-STREAMING") {
		t.Errorf("stopped with %q", stopped.Error)
	}
	w.execute("CREATE " + newTable)
	c.accepts(0, messages.TargetMissing, "checkpoint")
	c.untilCaughtUp(6)
	w.expect("", between(3, 6)...)
}

// TestT04AReplacedTableWithRowsInFlightStopsUntilSomebodyLooks: whether they were
// in the old table cannot be told any more.
func TestT04AReplacedTableWithRowsInFlightStopsUntilSomebodyLooks(t *testing.T) {
	w := newWorld(t, 1)
	w.putOn(0, 3)
	c := w.connect()
	c.untilCaughtUp(3)
	w.Snowflake.StallCommits(true)
	w.putOn(0, 3)
	c.untilShard(0, "in flight", func(s *messages.ShardState) bool { return s.InFlight > 0 })
	w.execute("CREATE OR REPLACE " + newTable)
	w.Snowflake.StallCommits(false)
	c.untilParked(0, messages.TokenLost)
	c.accepts(0, messages.TokenLost, "checkpoint")
	w.putOn(0, 2)
	w.untilRows(5)
	c.untilCaughtUp(0)
	w.expect("", between(3, 8)...)
}

// TestT07APipeThatIsMadeAgainIsGoneOnWith, through a STALE_PIPE_CACHE at the
// first open.
func TestT07APipeThatIsMadeAgainIsGoneOnWith(t *testing.T) {
	w := newWorld(t, 1)
	const pipe = "PIPE ORDERS_PIPE AS COPY INTO ORDERS FROM TABLE(DATA_SOURCE(TYPE => 'STREAMING')) MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE"
	w.asAdmin("GRANT CREATE PIPE ON SCHEMA RAW.EVENTS TO ROLE KINESNOW")
	w.execute("CREATE " + pipe)
	w.putOn(0, 3)
	c := w.connect(func(p *plan) { p.Snowflake.Pipe = "ORDERS_PIPE" })
	c.untilCaughtUp(3)
	w.execute("CREATE OR REPLACE " + pipe)
	w.Snowflake.Faults().Set(localsnowflake.ActionOpenChannel, fault.Times(1, fault.Always(refusal(404, "STALE_PIPE_CACHE"))))
	w.putOn(0, 3)
	c.untilCaughtUp(6)
	w.expect("", between(0, 6)...)
}

// TestT11TheRowThatTriggersEvolutionLands, with its new column, in the midst of
// a batch.
func TestT11TheRowThatTriggersEvolutionLands(t *testing.T) {
	w := newWorld(t, 1)
	w.putOn(0, 2)
	w.putRaw(0, []byte(`{"N":2,"EXTRA":7,"note":"x"}`))
	w.put++
	w.putOn(0, 2)
	c := w.connect()
	s := c.untilCaughtUp(5)
	w.expect("", between(0, 5)...)
	w.expect("EXTRA = 7 AND NOTE = 'x'", 2)
	if sh := shardOf(s, 0); len(sh.Ends) != 0 || sh.Counters.Rejected != 0 {
		t.Errorf("generations ended %v, %d rows rejected", sh.Ends, sh.Counters.Rejected)
	}
}

// TestT12ShardsWithDivergingSchemasBothLand: each round one shard's new columns
// change the table, which invalidates the other's channel.
func TestT12ShardsWithDivergingSchemasBothLand(t *testing.T) {
	w := newWorld(t, 2)
	w.putOn(0, 1)
	w.putOn(1, 1)
	c := w.connect()
	c.untilCaughtUp(2)
	rounds := 2 // one of each
	if *everything {
		rounds = 6
	}
	for round := range rounds {
		for shard := range 2 {
			w.putRaw(shard, fmt.Appendf(nil, `{"N":%d,"S%d_%d":%d}`, w.put, shard, round, w.put))
			w.put++
		}
		w.invalidate(round%2, "")
		w.untilRows(w.put)
	}
	s := c.untilCaughtUp(0)
	for shard := range 2 {
		want := []int{shard}
		for round := range rounds {
			n := 2 + 2*round + shard
			want = append(want, n)
			w.expect(fmt.Sprintf("S%d_%d = %d", shard, round, n), n)
		}
		w.expect(onShard(shard), want...)
	}
	if s.Total.Rejected != 0 || s.Total.Discarded != 0 {
		t.Errorf("counted %+v", s.Total)
	}
}

// TestT13OfTwoEqualKeysTheLastOneLands, as most programs expect, and the rows
// beside it are no worse for it.
func TestT13OfTwoEqualKeysTheLastOneLands(t *testing.T) {
	w := newWorld(t, 1)
	w.putRaw(0, []byte(`{"N":0,"TWICE":0}`))
	w.putRaw(0, []byte(`{"N":7,"TWICE":1,"TWICE":2,"N":1}`))
	w.putRaw(0, []byte(`{"N":2,"TWICE":3}`))
	c := w.connect()
	s := c.untilCaughtUp(3)
	w.expect("", 0, 1, 2)
	w.expect("TWICE = 2", 1)
	if sh := shardOf(s, 0); len(sh.Ends) != 0 || sh.Counters.Rejected != 0 {
		t.Errorf("generations ended %v, %d rows rejected", sh.Ends, sh.Counters.Rejected)
	}
}
