package scenarios

import (
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/kinesnow/kinesnow/integration/fault"
	"github.com/kinesnow/kinesnow/integration/localsnowflake"
	"github.com/kinesnow/kinesnow/integration/producer"
	"github.com/kinesnow/kinesnow/messages"
)

// aggregate is n more records as one Kinesis record. pad makes each so many
// bytes larger, of a kind that compresses to half.
func (w *world) aggregate(n, pad int) []byte {
	dice := rand.New(rand.NewPCG(1, uint64(w.put)))
	users := make([]producer.User, n)
	for i := range users {
		noise := make([]byte, pad/2)
		for j := range noise {
			noise[j] = byte(dice.Uint32())
		}
		users[i] = producer.User{Key: fmt.Sprint("key-", i%7), Data: fmt.Appendf(nil, `{"N":%d,"PAD":%q}`, w.put, hex.EncodeToString(noise))}
		w.put++
	}
	return producer.Aggregate(users...)
}

// tokenInside is an offset token inside an aggregate.
func tokenInside(at messages.Position, sub int64) string {
	return messages.Token{Position: messages.Position{Seq: at.Seq, Sub: sub}, Shard: shardID(0)}.String()
}

// TestATokenInsideAnAggregateIsWhereReadingGoesOn is what a table looks like
// that another process left there: user records 0 to 123 of 500 are committed.
func TestATokenInsideAnAggregateIsWhereReadingGoesOn(t *testing.T) {
	w := newWorld(t, 1)
	c := w.connect()
	at := w.putRaw(0, w.aggregate(500, 0))
	c.untilCaughtUp(500)
	c.clean()
	w.expect("", between(0, 500)...)
	w.expectCounted(500, 500)
	w.execute("DELETE FROM ORDERS WHERE N >= 124")
	w.setToken(0, tokenInside(at, 123))

	w.putOn(0, 3) // 500, 501, 502
	c = w.connect()
	if stopped := c.untilParked(0, messages.TokenRegressed); !strings.Contains(stopped.Error, string(at.Seq)+"/123") {
		t.Errorf("stopped with %q", stopped.Error)
	}
	w.Snowflake.StallCommits(true)
	c.accepts(0, messages.TokenRegressed, "table") // the highest row is where the token is
	c.untilShard(0, "in flight", func(s *messages.ShardState) bool { return s.InFlight > 0 })
	if seq, sub := w.lease(0, "partialSequenceNumber"), integer(w.lease(0, "partialSubSequenceNumber")); seq != string(at.Seq) || sub != 123 {
		t.Errorf("the lease row says %v/%d, want %s/123", seq, sub, at.Seq)
	}
	c.kill() // with the checkpoint inside the aggregate
	w.Snowflake.StallCommits(false)
	w.untilRows(503)
	c = w.connect()
	c.untilCaughtUp(0)
	w.expect("", between(0, 503)...)
	if partial := w.lease(0, "partialSequenceNumber"); partial != nil {
		t.Errorf("the lease row still says that it is inside %v", partial)
	}
}

// TestAPositionInsideAnAggregateCanBeDecided resolves to SEQUENCE/SUB.
func TestAPositionInsideAnAggregateCanBeDecided(t *testing.T) {
	w := newWorld(t, 1)
	c := w.connect()
	at := w.putRaw(0, w.aggregate(50, 0))
	c.untilCaughtUp(50)
	c.clean()
	w.execute("DELETE FROM ORDERS WHERE N >= 20")
	w.setToken(0, tokenInside(at, 9))
	c = w.connect()
	c.untilParked(0, messages.TokenRegressed)
	c.refuses(0, string(at.Seq)+"/x", "want SEQUENCE or SEQUENCE/SUB")
	c.refuses(0, string(at.Seq)+"/5", "double")
	c.accepts(0, messages.TokenRegressed, string(at.Seq)+"/19")
	c.untilCaughtUp(30)
	w.expect("", between(0, 50)...)
}

// TestBatchesEndInsideAggregatesAndDeathsThereDoubleNothing lets batches of
// full size go out, whose ends fall where they may, and kills a process at each
// of them that falls inside an aggregate.
func TestBatchesEndInsideAggregatesAndDeathsThereDoubleNothing(t *testing.T) {
	w := newWorld(t, 1)
	for range 20 {
		w.putRaw(0, w.aggregate(500, 1700))
	}
	deaths := w.killAtEveryCommit()
	c := w.connect()
	c.untilCaughtUp(0)
	w.expect("", between(0, w.put)...)
	w.expectCounted(int64(w.put), int64(w.put))
	if deaths == 0 {
		t.Error("no process died inside an aggregate: the batches are too small or too large to prove anything")
	}
}

// killAtEveryCommit lets processes work, each until something was committed,
// until everything is. It returns how often that was inside an aggregate. Each
// has one append, and dies in the next: what it commits does not depend on when
// the machine lets the test look.
func (w *world) killAtEveryCommit() (inside int) {
	w.t.Helper()
	all := func() bool { return w.numbers("SELECT COUNT(*) FROM ORDERS")[0] >= w.put }
	for before := w.token(0); !all(); before = w.token(0) {
		var appends atomic.Int64
		dead := make(chan struct{})
		w.Snowflake.Faults().Set(localsnowflake.ActionAppendRows, func(fault.Call) (e fault.Effect) {
			if appends.Add(1) > 1 {
				<-dead
				e.LoseBefore = true
			}
			return e
		})
		c := w.connect()
		w.wait("committed more", func() bool { return w.token(0) != before })
		if !strings.Contains(w.token(0), ".*.") {
			inside++
		}
		c.kill()
		close(dead)
	}
	w.Snowflake.Faults().Set(localsnowflake.ActionAppendRows, nil)
	return inside
}

// TestKP25UserRecordsOfAnotherShardAreInTheTableAndInTheMetrics puts what a
// producer puts that does not know of a split yet.
func TestKP25UserRecordsOfAnotherShardAreInTheTableAndInTheMetrics(t *testing.T) {
	w := newWorld(t, 1)
	registry := prometheus.NewRegistry()
	c := w.connect(func(p *plan) { p.Host.Metrics = registry })
	w.splitShard(0)
	w.putRaw(0, w.aggregate(14, 0)) // seven keys, of both halves, on shard 1
	w.putRaw(0, producer.Seal([]byte("no protobuf")))
	s := c.untilCaughtUp(14)
	w.expect(onShard(1), between(0, 14)...)
	sh := shardOf(s, 1)
	if p := sh.Packed; p.Aggregates != 1 || p.Damaged != 1 || p.OutOfRange == 0 || p.OutOfRange == 14 {
		t.Errorf("the state says %+v", p)
	}
	if text := scrape(t, registry); !strings.Contains(text, fmt.Sprintf(`kinesnow_kpl_subrecords_out_of_range_total{connector="orders",shard="shardId-000000000001"} %d`, sh.Packed.OutOfRange)) {
		t.Errorf("the metric does not count them:\n%s", text)
	}
	if !strings.Contains(c.log.String(), "belong to another shard") {
		t.Errorf("the log does not say it:\n%s", c.log.tail())
	}
}

// TestAggregatesOfNothingMoveThePosition: though no row and no token comes of
// them, the next process begins behind them.
func TestAggregatesOfNothingMoveThePosition(t *testing.T) {
	w := newWorld(t, 1)
	c := w.connect()
	w.putOn(0, 1)
	c.untilCaughtUp(1)
	last := w.putRaw(0, producer.Aggregate())
	w.wait("passed", func() bool {
		return strings.HasPrefix(fmt.Sprint(w.lease(0, "skippedToken")), "1."+string(last.Seq)+".*.")
	})
	w.putRaw(0, producer.Aggregate())
	w.putOn(0, 1)
	w.untilRows(2)
	c.untilCaughtUp(0)
	w.expectCounted(2, 2)
	c.clean()
	w.putRaw(0, producer.Aggregate())
	w.splitShard(0)
	w.putOn(0, 1)
	c = w.connect()
	w.untilRows(3)
	c.untilCaughtUp(0)
	w.expect("", 0, 1, 2)
	if !w.ended(0) {
		t.Error("the shard whose last record carries nothing did not end")
	}
}
