package scenarios

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/integration/fault"
	"github.com/kinesnow/kinesnow/integration/localsnowflake"
	"github.com/kinesnow/kinesnow/messages"
)

// TestAnOutageOfEverythingPassesWithoutLossOrRepeat cuts the connector off from
// all three services, for longer than its lease lasts.
func TestAnOutageOfEverythingPassesWithoutLossOrRepeat(t *testing.T) {
	w := newWorld(t, 2)
	var cut atomic.Bool
	for url, service := range map[string]http.Handler{w.Kinesis.URL(): w.Kinesis.Handler(), w.Dynamo.URL(): w.Dynamo.Handler(), w.Snowflake.URL(): w.Snowflake.Handler()} {
		w.rewrite(url, w.gateway(func(rw http.ResponseWriter, r *http.Request) {
			if cut.Load() {
				panic(http.ErrAbortHandler)
			}
			service.ServeHTTP(rw, r)
		}))
	}
	c := w.connect()
	w.putOn(0, 10)
	w.putOn(1, 10)
	c.untilShard(0, "flowing", func(s *messages.ShardState) bool { return s.Live.Appended > 0 })
	cut.Store(true)
	began := time.Now()
	w.putOn(0, 10)
	w.putOn(1, 10)
	w.wait("a while later", func() bool { return time.Since(began) > 2*time.Second })
	cut.Store(false)
	w.untilRows(40)
	c.untilCaughtUp(40)
	w.expect(onShard(0), append(between(0, 10), between(20, 30)...)...)
	w.expect(onShard(1), append(between(10, 20), between(30, 40)...)...)
	w.expectCounted(40, 40)
}

// TestLeaseWritesOfUnknownOutcomeAreRepeatedWithoutHarm loses one write in
// nine of the lease table before it had an effect, and two after (P18).
func TestLeaseWritesOfUnknownOutcomeAreRepeatedWithoutHarm(t *testing.T) {
	w := newWorld(t, 2)
	w.Dynamo.Faults().Set("UpdateItem", func(call fault.Call) fault.Effect {
		switch call.N % 9 {
		case 0, 4:
			return fault.Effect{LoseAfter: true}
		case 7:
			return fault.Effect{LoseBefore: true}
		}
		return fault.Effect{}
	})
	c := w.connect()
	for range 3 {
		w.putOn(0, 4)
		w.putOn(1, 4)
		w.untilRows(w.put)
	}
	s := c.untilCaughtUp(24)
	w.expect(onShard(0), 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19)
	w.expect(onShard(1), 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23)
	for i := range 2 {
		sh := shardOf(s, i)
		if sh.Counters.Committed != 12 || sh.Counters.Read != 12 || integer(w.lease(i, "countCommitted")) != 12 || sh.Generations != 0 {
			t.Errorf("shard %d counted %+v in %d generations; its row %d", i, sh.Counters, sh.Generations+1, integer(w.lease(i, "countCommitted")))
		}
	}
	c.clean()
}

// TestReadsThatFailAreRepeatedWithoutLoss throttles, loses and cuts off what
// Kinesis answers.
func TestReadsThatFailAreRepeatedWithoutLoss(t *testing.T) {
	w := newWorld(t, 1)
	w.Kinesis.Faults().Set("GetRecords", func(call fault.Call) fault.Effect {
		switch call.N % 5 {
		case 0:
			return fault.Effect{Refuse: &fault.Refusal{Status: 400, Code: "ProvisionedThroughputExceededException", Message: "Rate exceeded"}}
		case 1:
			return fault.Effect{CutAfter: 50}
		case 2:
			return fault.Effect{Refuse: &fault.Refusal{Status: 400, Code: "ExpiredIteratorException", Message: "Iterator expired"}}
		case 3:
			return fault.Effect{LoseAfter: true}
		}
		return fault.Effect{}
	})
	c := w.connect()
	for range 3 {
		w.putOn(0, 5)
		w.untilRows(w.put)
	}
	if s := c.untilCaughtUp(15); s.Shards[0].Generations != 0 {
		t.Errorf("generations ended %v", s.Shards[0].Ends)
	}
	w.expect("", between(0, 15)...)
}

// TestTroubleWithEveryOtherCallToSnowflakePasses refuses, loses and cuts off
// sign-in, open and status.
func TestTroubleWithEveryOtherCallToSnowflakePasses(t *testing.T) {
	w := newWorld(t, 2)
	trouble := func(call fault.Call) fault.Effect {
		switch call.N {
		case 0:
			return fault.Effect{LoseAfter: true}
		case 1:
			return fault.Effect{CutAfter: 3}
		case 2:
			return refusal(503, "")
		}
		return fault.Effect{}
	}
	for _, action := range []string{localsnowflake.ActionHostname, localsnowflake.ActionOauthToken, localsnowflake.ActionOpenChannel, localsnowflake.ActionBulkChannelStatus} {
		w.Snowflake.Faults().Set(action, trouble)
	}
	c := w.connect()
	w.putOn(0, 5)
	w.putOn(1, 5)
	s := c.untilCaughtUp(10)
	w.expect(onShard(0), between(0, 5)...)
	w.expect(onShard(1), between(5, 10)...)
	for i := range 2 {
		if sh := shardOf(s, i); sh.Generations != 0 {
			t.Errorf("generations of shard %d ended %v", i, sh.Ends)
		}
	}
}

// TestAFailOverIsFollowed moves the pipe to another deployment while rows flow.
func TestAFailOverIsFollowed(t *testing.T) {
	w := newWorld(t, 2)
	c := w.connect()
	w.putOn(0, 5)
	c.untilCaughtUp(5)
	w.Snowflake.FailOver()
	w.putOn(0, 5)
	w.putOn(1, 5)
	s := c.untilCaughtUp(15)
	w.expect(onShard(0), between(0, 10)...)
	w.expect(onShard(1), between(10, 15)...)
	if ends := shardOf(s, 0).Ends; ends[messages.ReasonFailedOver] == 0 && shardOf(s, 1).Ends[messages.ReasonFailedOver] == 0 {
		t.Errorf("generations ended %v: nobody saw the fail-over", ends)
	}
}

// TestAppendsThatAreNeverAnsweredEndTheGeneration for longer than append_retry
// bears it; what was accepted all the same is not repeated (P11, P6).
func TestAppendsThatAreNeverAnsweredEndTheGeneration(t *testing.T) {
	w := newWorld(t, 2)
	var mute atomic.Bool
	mute.Store(true)
	w.Snowflake.Faults().Set(localsnowflake.ActionAppendRows, func(call fault.Call) fault.Effect {
		if mute.Load() && strings.HasSuffix(call.Key, string(shardID(0))) {
			return fault.Effect{LoseAfter: true}
		}
		if mute.Load() {
			return fault.Effect{LoseBefore: true}
		}
		return fault.Effect{}
	})
	w.putOn(0, 5)
	w.putOn(1, 5)
	c := w.connect(func(p *plan) { p.Snowflake.AppendRetry = time.Second })
	for i := range 2 {
		c.untilShard(i, "ended", func(s *messages.ShardState) bool { return s.Ends[messages.ReasonUnavailable] > 0 })
	}
	mute.Store(false)
	w.putOn(0, 5)
	w.putOn(1, 5)
	w.untilRows(20)
	c.untilCaughtUp(0)
	w.expect(onShard(0), append(between(0, 5), between(10, 15)...)...)
	w.expect(onShard(1), append(between(5, 10), between(15, 20)...)...)
	w.expectCounted(20, 20)
}

// TestWhyNothingFlowsYetIsLogged within seconds of the start, once, and not only
// when a generation has given up.
func TestWhyNothingFlowsYetIsLogged(t *testing.T) {
	w := newWorld(t, 1)
	w.putOn(0, 1)
	w.Snowflake.Faults().Set(localsnowflake.ActionOpenChannel, fault.Always(refusal(503, "")))
	c := w.connect()
	const msg = "the channel cannot be opened yet"
	w.wait("told why", func() bool { return len(c.log.with(msg)) > 0 })
	if s := c.state(); s.Health != messages.Starting || s.Ready || s.Shards[0].Generations != 0 {
		t.Errorf("told at %s, ready %v, after %d generations", s.Health, s.Ready, s.Shards[0].Generations)
	}
	w.Snowflake.Faults().Set(localsnowflake.ActionOpenChannel, nil)
	if s := c.untilCaughtUp(1); !s.Ready {
		t.Error("not ready though its row is in the table")
	}
	if told := c.log.with(msg); len(told) != 1 || !strings.Contains(told[0]["err"].(string), "503") {
		t.Errorf("the log says %v", told)
	}
}
