package scenarios

import (
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/adapters/stream"
	"github.com/kinesnow/kinesnow/integration/fault"
	"github.com/kinesnow/kinesnow/integration/localcloud"
	"github.com/kinesnow/kinesnow/integration/localdynamo"
	"github.com/kinesnow/kinesnow/integration/localkinesis"
	"github.com/kinesnow/kinesnow/integration/localsnowflake"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor"
	"github.com/kinesnow/kinesnow/supervisor/access"
)

// TestA04ChildrenOfAReshardBeginAtTheirOldestRecordByFanOut: with LATEST, too, and
// though the children held records before anybody knew of them (P12).
func TestA04ChildrenOfAReshardBeginAtTheirOldestRecordByFanOut(t *testing.T) {
	w := newWorld(t, 1, shortLived)
	w.putOn(0, 3)
	began := time.Now()
	w.wait("a second later", func() bool { return time.Since(began) > 1100*time.Millisecond }) // LATEST is fixed by an HTTP date
	c := w.connect(fanOut, fromLatest)
	c.until("flowing", func(s *messages.State) bool { return len(s.Shards) == 1 && s.CaughtUp() })
	c.clean()
	w.splitShard(0) // 1, 2
	w.putOn(0, 3)
	w.mergeShards(1, 2) // 3
	w.putOn(0, 3)
	c = w.connect(fanOut, fromLatest)
	w.untilRows(6)
	c.untilCaughtUp(0)
	w.expect("", between(3, 9)...)
}

// TestA05AReaderThatRestsForSixMinutesAtLatestLosesNothing: its iterators are too
// old, and nothing was committed that could say where it is.
func TestA05AReaderThatRestsForSixMinutesAtLatestLosesNothing(t *testing.T) {
	w, clock := newClockedWorld(t, 2)
	w.putOn(0, 2)
	w.putOn(1, 2)
	clock.advance(2 * time.Second)
	c := w.connect(fromLatest)
	c.until("reading", func(s *messages.State) bool { return len(s.Shards) == 2 && s.CaughtUp() })
	for shard := range 2 {
		if token := w.lease(shard, "committedToken"); token != nil {
			t.Fatalf("shard %d has a checkpoint: %v", shard, token)
		}
	}
	w.Snowflake.Faults().Set(localsnowflake.ActionAppendRows, fault.Always(refusal(429, "")))
	served := w.holdReads(2) // or the machine may let them read in between
	w.putOn(0, 2)
	for range 2 {
		clock.advance(3 * time.Minute)
		w.putOn(0, 2)
		w.putOn(1, 2)
	}
	asked := w.Kinesis.Faults().Calls("GetShardIterator")
	served()
	w.wait("another iterator of each shard", func() bool { return w.Kinesis.Faults().Calls("GetShardIterator") >= asked+2 })
	w.Snowflake.Faults().Set(localsnowflake.ActionAppendRows, nil)
	c.untilCaughtUp(10)
	w.expect(onShard(0), 4, 5, 6, 7, 10, 11)
	w.expect(onShard(1), 8, 9, 12, 13)
}

// TestA07FanOutOutlivesWhatSubscriptionsMeet lets each thing happen that a
// subscription may meet, again and again while records flow, and a split behind
// it.
func TestA07FanOutOutlivesWhatSubscriptionsMeet(t *testing.T) {
	nothing := localkinesis.EventEffect{}
	for name, c := range map[string]struct {
		event func(n int64, e localkinesis.EventCall) localkinesis.EventEffect // n counts the events of all subscriptions
		call  fault.Hook
		round func(*world)
	}{
		"half-open, and silent": {event: func(n int64, e localkinesis.EventCall) localkinesis.EventEffect {
			return localkinesis.EventEffect{Silence: n%10 == 5}
		}},
		"frames that are cut off": {event: func(n int64, e localkinesis.EventCall) localkinesis.EventEffect {
			if n%3 != 1 {
				return nothing
			}
			return localkinesis.EventEffect{CutAfter: []int{3, 12, 40, 200}[n/3%4]}
		}},
		"storms of ResourceInUse": {call: func(c fault.Call) fault.Effect {
			if c.N%4 == 0 {
				return fault.Effect{}
			}
			return fault.Effect{Refuse: localkinesis.Refusal("ResourceInUseException")}
		}},
		"ResourceInUse inside": {event: func(n int64, e localkinesis.EventCall) localkinesis.EventEffect {
			if n%10 != 5 {
				return nothing
			}
			return localkinesis.EventEffect{Exception: localkinesis.Refusal("ResourceInUseException")}
		}},
		"the end of five minutes":    {}, // shortLived: 300 ms
		"a consumer that is deleted": {round: (*world).deregister},
		"a shard's end that is lost": {event: func(n int64, e localkinesis.EventCall) localkinesis.EventEffect {
			return localkinesis.EventEffect{Drop: e.Closing && n%3 != 0}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, 2, shortLived)
			var events atomic.Int64
			if c.event != nil {
				w.Kinesis.EventFaults(func(e localkinesis.EventCall) localkinesis.EventEffect { return c.event(events.Add(1), e) })
			}
			if c.call != nil {
				w.Kinesis.Faults().Set("SubscribeToShard", c.call)
			}
			k := w.connect(fanOut, hasty)
			for range 3 {
				w.putOn(0, 5)
				w.putOn(1, 5)
				w.untilRows(w.put)
				if c.round != nil {
					c.round(w)
				}
			}
			w.splitShard(0) // 2, 3
			w.putOn(0, 5)
			w.untilRows(35)
			k.untilCaughtUp(0)
			for half := range 2 {
				var want []int
				for i := range 3 {
					want = append(want, between(10*i+5*half, 10*i+5*half+5)...)
				}
				if half == 0 {
					want = append(want, between(30, 35)...)
				}
				w.expect("KINESISMETADATA:partitionKey::text = '"+map[int]string{0: "key-0", 1: "key-1"}[half]+"'", want...)
			}
			if !w.ended(0) {
				t.Error("shard 0 has not ended")
			}
		})
	}
}

// hasty gives silence up at once.
func hasty(p *plan) {
	pace := *p.Host.FanOut
	pace.Silence = 150 * time.Millisecond
	p.Host.FanOut = &pace
}

// deregister removes the connector's consumer, as an operator would, once there
// is one: a subscription outlives the consumer of the round before for a moment.
func (w *world) deregister() {
	w.t.Helper()
	file, err := supervisor.Load(w.ConfigFile(), os.LookupEnv)
	if err != nil {
		w.t.Fatal(err)
	}
	cfg := file.Connectors["orders"]
	stream := access.Stream("orders", cfg, access.AWS(cfg.AWS))
	w.wait("a consumer", func() bool {
		arn, err := stream.Deregister(w.t.Context())
		if err != nil {
			w.t.Fatal(err)
		}
		return arn != ""
	})
}

// TestA09FanOutUnderBackpressureKeepsItsLeases: Snowflake takes nothing for two
// leases; subscriptions are closed, leases are renewed, and all is made up for.
func TestA09FanOutUnderBackpressureKeepsItsLeases(t *testing.T) {
	w := newWorld(t, 2, shortLived)
	budget := messages.NewBudget(4 << 20)
	c := w.connect(fanOut, patient, func(p *plan) { p.Host.Budget = budget })
	w.putOn(0, 5)
	w.putOn(1, 5)
	c.untilCaughtUp(10)
	owner, epoch := w.lease(0, "leaseOwner"), integer(w.lease(0, "leaseEpoch"))
	w.Snowflake.Faults().Set(localsnowflake.ActionAppendRows, fault.Always(refusal(429, "")))
	for began := time.Now(); time.Since(began) < 2400*time.Millisecond; {
		w.putOn(0, 1)
		w.putOn(1, 1)
		counter := integer(w.lease(0, "leaseCounter"))
		w.wait("renewed", func() bool { return integer(w.lease(0, "leaseCounter")) > counter })
	}
	if now := w.lease(0, "leaseOwner"); now != owner || integer(w.lease(0, "leaseEpoch")) != epoch {
		t.Errorf("shard 0 was %v's in epoch %d, and is %v's in epoch %v", owner, epoch, now, w.lease(0, "leaseEpoch"))
	}
	w.Snowflake.Faults().Set(localsnowflake.ActionAppendRows, nil)
	w.untilRows(w.put)
	c.untilCaughtUp(int64(w.put))
	w.expectCounted(int64(w.put), int64(w.put))
	if held := budget.State(); held.Peak > held.Total {
		t.Errorf("%d bytes were held of %d", held.Peak, held.Total)
	}
}

// TestA11FanOutLivesUnderTheDocumentedPolicy: a beginning on nothing, a second
// node, a split and a merge, a death, an orderly end, and another beginning.
func TestA11FanOutLivesUnderTheDocumentedPolicy(t *testing.T) {
	w := newWorld(t, 2, shortLived)
	if err := w.Kinesis.SetPolicy(localkinesis.OpenflowPolicy("orders")); err != nil {
		t.Fatal(err)
	}
	if err := w.Dynamo.SetPolicy(localdynamo.OpenflowPolicy(localcloud.LeaseTable("orders"))); err != nil {
		t.Fatal(err)
	}
	round := func() {
		w.putOn(0, 5)
		w.putOn(1, 5)
	}
	round()
	first := w.connect(fanOut)
	first.untilCaughtUp(10)
	second := w.connect(fanOut)
	second.until("has its part", func(s *messages.State) bool { return len(s.Shards) == 1 })
	w.splitShard(0) // 2, 3
	round()
	w.mergeShards(3, 1) // 4
	round()
	w.untilRows(30)
	first.kill()
	round()
	second.until("has all", func(s *messages.State) bool { return len(s.Shards) == 2 && s.CaughtUp() })
	second.clean()
	round()
	third := w.connect(fanOut)
	third.untilCaughtUp(10)
	w.untilRows(50)
	w.expectCounted(50, 50)
	for _, c := range []*connector{first, second, third} {
		if stopped := events[*messages.Parked](c); len(stopped) != 0 {
			t.Errorf("stopped: %+v", stopped)
		}
	}
}

// TestA13EightShardsOfAConnectorArePushedAtOnce is for the race detector: its
// subscriptions share a client, and end and begin all the time.
func TestA13EightShardsOfAConnectorArePushedAtOnce(t *testing.T) {
	w := newWorld(t, 8, shortLived)
	c := w.connect(fanOut, func(p *plan) { p.Host.Pace = &stream.Pace{} })
	subscriptions := func() int64 { return w.Kinesis.Faults().Calls("SubscribeToShard") }
	rounds, deadline := 0, time.Now().Add(patience)
	for ; rounds < 3 || subscriptions() < 16 && time.Now().Before(deadline); rounds++ {
		for shard := range 8 {
			w.putOn(shard, 5)
		}
		w.untilRows(w.put)
	}
	c.untilCaughtUp(int64(w.put))
	for shard := range 8 {
		var want []int
		for i := range rounds {
			want = append(want, between(40*i+5*shard, 40*i+5*shard+5)...)
		}
		w.expect(onShard(shard), want...)
	}
	if n := subscriptions(); n < 16 {
		t.Errorf("%d subscriptions: too quiet to prove anything", n)
	}
}
