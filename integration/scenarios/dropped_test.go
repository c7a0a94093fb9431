package scenarios

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/integration/fault"
	"github.com/kinesnow/kinesnow/integration/localsnowflake"
	"github.com/kinesnow/kinesnow/messages"
)

// hasChannel reports whether Snowflake knows a channel of a shard.
func (w *world) hasChannel(shard int) bool {
	name := w.channel(shard)
	return slices.ContainsFunc(w.Snowflake.Channels(), func(ch localsnowflake.ChannelState) bool { return ch.Name == name })
}

// endedAndCounted has a shard that has ended with three rows and a child with
// three more; Snowflake's counters of the former are in its row.
func endedAndCounted(t *testing.T) (*world, *clock, *connector) {
	w, clock := newClockedWorld(t, 1)
	c := w.connect()
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("%s %+v", c.log.tail(), w.Kinesis.Streams()[0])
		}
	})
	w.putOn(0, 3)
	c.untilCaughtUp(3)
	w.splitShard(0)
	w.putOn(0, 3)
	w.untilRows(6)
	w.wait("counted to the end", func() bool { return w.lease(0, "finalAt") != nil })
	return w, clock, c
}

// again lets a connector leave, and another one begin: which asks AWS for the
// time at once.
func (c *connector) again(w *world) *connector {
	c.clean()
	return w.connect()
}

// TestTheChannelOfAnEndedShardIsDroppedAndTheAuditStaysExact (P23): its rows
// count as before, by Snowflake's own counters too, and one of them that is
// deleted is found.
func TestTheChannelOfAnEndedShardIsDroppedAndTheAuditStaysExact(t *testing.T) {
	w, clock, c := endedAndCounted(t)
	clock.advance(59 * time.Minute)
	c = c.again(w)
	c.untilCaughtUp(0)
	if !w.hasChannel(0) || w.lease(0, "channelDropped") != nil || integer(w.lease(0, "finalRowsInserted")) != 3 {
		t.Errorf("before an hour is over: a channel %v, the row says %v, %v rows counted", w.hasChannel(0), w.lease(0, "channelDropped"), w.lease(0, "finalRowsInserted"))
	}
	clock.advance(2 * time.Minute)
	c = c.again(w)
	w.wait("dropped", func() bool { return w.lease(0, "channelDropped") != nil })
	if w.hasChannel(0) {
		t.Error("the channel is there, though its row says that it is not")
	}
	w.putOn(0, 3)
	w.untilRows(9)
	c.untilCaughtUp(3)
	c.clean()
	w.expect("", between(0, 9)...)
	r := w.audit()
	if !r.Exact || r.Sums.Committed != 9 || !r.Shards[0].Ended || r.Shards[0].Sums.Committed != 3 || r.Shards[0].Sums.Snowflake == nil || *r.Shards[0].Sums.Snowflake != 3 {
		t.Errorf("audit of what is exact: %+v %+v", r.Sums, r.Shards)
	}
	w.execute("DELETE FROM ORDERS WHERE N = 1")
	if r := w.audit(); r.Exact || r.Sums.Missing != 1 || r.Shards[0].Sums.Missing != 1 {
		t.Errorf("audit of one missing row of the ended shard: %+v %+v", r.Sums, r.Shards)
	}
}

// TestADropThatIsRefusedHoldsUpNothing, whatever it is refused with, and is made
// when it can be.
func TestADropThatIsRefusedHoldsUpNothing(t *testing.T) {
	for name, refused := range map[string]fault.Effect{
		"403": refusal(http.StatusForbidden, "390403"),
		"409": refusal(http.StatusConflict, "ERR_CHANNEL_HAS_UNCOMMITTED_DATA"),
		"503": refusal(http.StatusServiceUnavailable, "503"),
	} {
		t.Run(name, func(t *testing.T) {
			w, clock, c := endedAndCounted(t)
			w.Snowflake.Faults().Set(localsnowflake.ActionDropChannel, fault.Always(refused))
			clock.advance(61 * time.Minute)
			c = c.again(w)
			w.wait("refused", func() bool { return w.Snowflake.Faults().Calls(localsnowflake.ActionDropChannel) > 0 })
			w.putOn(0, 3)
			w.untilRows(9)
			s := c.untilCaughtUp(3)
			if s.Health != "FLOWING" || s.Channels.Ended != 1 || !w.hasChannel(0) || w.lease(0, "channelDropped") != nil {
				t.Errorf("%s with channels %+v; a channel %v, the row says %v", s.Health, s.Channels, w.hasChannel(0), w.lease(0, "channelDropped"))
			}
			told := func() []map[string]any {
				return c.log.with("a channel of an ended shard cannot be dropped yet; it is tried again")
			}
			w.wait("told", func() bool { return len(told()) > 0 })
			if n := len(told()); n != 1 {
				t.Errorf("told %d times: %v", n, told())
			}
			w.Snowflake.Faults().Set(localsnowflake.ActionDropChannel, nil)
			c = c.again(w)
			w.wait("dropped", func() bool { return w.lease(0, "channelDropped") != nil })
			c.until("counted", func(s *messages.State) bool { return s.Channels.Ended == 0 })
			w.expect("", between(0, 9)...)
		})
	}
}
