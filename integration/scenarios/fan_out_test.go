package scenarios

import (
	"strings"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/kinesnow/kinesnow/adapters/stream"
	"github.com/kinesnow/kinesnow/integration/demo/chaos"
	"github.com/kinesnow/kinesnow/integration/fault"
	"github.com/kinesnow/kinesnow/integration/localcloud"
	"github.com/kinesnow/kinesnow/integration/localkinesis"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor/config"
)

// shortLived lets subscriptions end, and be taken over, within moments.
func shortLived(o *localcloud.Options) {
	o.Subscriptions = localcloud.Subscriptions{Life: 300 * time.Millisecond, Idle: 30 * time.Millisecond, TakeOver: 20 * time.Millisecond}
}

// fanOut reads by enhanced fan-out, at the pace of such a server.
func fanOut(p *plan) {
	p.Kinesis.ConsumerType = config.EnhancedFanOut
	p.Host.FanOut = &stream.FanOutPace{
		Between: 25 * time.Millisecond, Refused: 25 * time.Millisecond, Silence: 2 * time.Second, Stalled: 2 * time.Second,
		Blocked: time.Second, Again: 100 * time.Millisecond, Look: 10 * time.Millisecond,
	}
}

// polledOtherwise is on_efo_unavailable: poll.
func polledOtherwise(p *plan) { p.Kinesis.OnEFOUnavailable = config.PollOnEFOUnavailable }

// TestA04FanOutIsExactThroughKillsASplitAndAMerge ends actors of every kind, and
// once the whole connector, while records flow and shards change.
func TestA04FanOutIsExactThroughKillsASplitAndAMerge(t *testing.T) {
	w := newWorld(t, 2, shortLived)
	deaths := make(chan chaos.Report, 1000)
	registry := chaos.New(func(r chaos.Report) { deaths <- r })
	hunted := func(p *plan) { p.Host.Middleware = []actor.ReceiverMiddleware{registry.Middleware()} }
	c := w.connect(fanOut, hunted)
	orders := int64(0)
	kill := func(kind chaos.Kind) {
		for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
			orders++
			registry.Kill(chaos.Order{ID: orders, Kill: kind, How: []chaos.How{chaos.Panic, chaos.Stop}[orders%2]})
			select {
			case r := <-deaths:
				if !r.Missed {
					return
				}
				time.Sleep(10 * time.Millisecond) // the next one is on its way
			case <-time.After(300 * time.Millisecond): // it was ending anyhow, and nobody reports
			}
		}
		t.Fatalf("there is no %s to kill", kind)
	}
	step := func() {
		for _, kind := range []chaos.Kind{chaos.Reader, chaos.Channel, chaos.Checkpoint, chaos.Unit} {
			w.putOn(0, 5)
			w.putOn(1, 5)
			kill(kind)
		}
		w.untilRows(w.put)
	}
	step()
	w.splitShard(0) // 2, 3
	step()
	w.mergeShards(3, 1) // 4
	step()
	c.kill()
	c = w.connect(fanOut, hunted)
	step()
	c.untilCaughtUp(0)
	for half := range 2 {
		var want []int
		for i := range 16 {
			want = append(want, between(10*i+5*half, 10*i+5*half+5)...)
		}
		w.expect("KINESISMETADATA:partitionKey::text = '"+map[int]string{0: "key-0", 1: "key-1"}[half]+"'", want...)
	}
	w.expectCounted(160, 160)
	for _, shard := range []int{0, 1, 3} {
		if !w.ended(shard) {
			t.Errorf("shard %d has not ended", shard)
		}
	}
	if n := w.Kinesis.Faults().Calls("SubscribeToShard"); n < 16 {
		t.Errorf("%d subscriptions: too quiet to prove anything", n)
	}
}

// TestANodeTakesOverTheSubscriptionsOfOneThatDied: Kinesis still has the dead
// node's open.
func TestANodeTakesOverTheSubscriptionsOfOneThatDied(t *testing.T) {
	w := newWorld(t, 4, func(o *localcloud.Options) {
		o.Subscriptions = localcloud.Subscriptions{Idle: 30 * time.Millisecond, TakeOver: 500 * time.Millisecond}
	})
	a := w.connect(fanOut)
	for shard := range 4 {
		w.putOn(shard, 5)
	}
	a.untilCaughtUp(20)
	b := w.connect(fanOut)
	b.until("works on two shards", func(s *messages.State) bool { return len(s.Shards) == 2 })
	for shard := range 4 {
		w.putOn(shard, 5)
	}
	w.untilRows(40)
	a.kill()
	for shard := range 4 {
		w.putOn(shard, 5)
	}
	b.until("works on all shards", func(s *messages.State) bool { return len(s.Shards) == 4 && s.CaughtUp() })
	w.untilRows(60)
	for shard := range 4 {
		w.expect(onShard(shard), append(append(between(5*shard, 5*shard+5), between(20+5*shard, 25+5*shard)...), between(40+5*shard, 45+5*shard)...)...)
	}
}

func TestFanOutThatIsNotAllowedStopsTheShardsAndSaysWhatToDo(t *testing.T) {
	w := newWorld(t, 2, shortLived)
	w.Kinesis.Faults().Set("SubscribeToShard", denied("kinesis", "SubscribeToShard"))
	c := w.connect(fanOut)
	w.putOn(0, 2)
	for shard := range 2 {
		s := c.untilParked(shard, messages.EFOUnavailable)
		for _, way := range []string{"kinesis:SubscribeToShard", "SHARED_THROUGHPUT", "on_efo_unavailable: poll"} {
			if !strings.Contains(s.Hint, way) {
				t.Errorf("shard %d: the way out %q does not name %q", shard, s.Hint, way)
			}
		}
	}
	s := c.state()
	if s.Health != messages.Halted || s.Stop != messages.EFOUnavailable {
		t.Errorf("health %s, stop %s", s.Health, s.Stop)
	}
	c.kill()
	w.Kinesis.Faults().Set("SubscribeToShard", nil)
	c = w.connect(fanOut)
	c.untilCaughtUp(2)
	w.expect("", 0, 1)
}

// TestFanOutThatIsNotAllowedIsPolledUntilItIs takes the right away in mid-run
// and gives it back.
func TestFanOutThatIsNotAllowedIsPolledUntilItIs(t *testing.T) {
	w := newWorld(t, 2, shortLived)
	c := w.connect(fanOut, polledOtherwise)
	round := func() {
		w.putOn(0, 5)
		w.putOn(1, 5)
		w.untilRows(w.put)
	}
	round()
	if why := c.state().Why; why != "" {
		t.Errorf("while it works, the state says %q", why)
	}
	w.Kinesis.Faults().Set("SubscribeToShard", fault.Always(fault.Effect{Refuse: localkinesis.Refusal("AccessDeniedException")}))
	s := c.until("polled", func(s *messages.State) bool { return strings.HasPrefix(s.Why, "shards polled: 2;") })
	if s.Health != messages.Flowing || !strings.Contains(s.Why, "AccessDeniedException") {
		t.Errorf("health %s, why %q", s.Health, s.Why)
	}
	round()
	if n := w.Kinesis.Faults().Calls("GetRecords"); n == 0 {
		t.Error("nothing was polled")
	}
	w.Kinesis.Faults().Set("SubscribeToShard", nil)
	c.until("pushed again", func(s *messages.State) bool { return s.Why == "" })
	round()
	c.untilCaughtUp(30)
	for shard := range 2 {
		w.expect(onShard(shard), append(append(between(5*shard, 5*shard+5), between(10+5*shard, 15+5*shard)...), between(20+5*shard, 25+5*shard)...)...)
	}
	for _, said := range []string{"enhanced fan-out cannot be used; shards are polled, and it is tried again every 5 minutes", "no shard is polled any more"} {
		if n := len(c.log.with(said)); n != 1 {
			t.Errorf("%d lines say %q; the log ends:\n%s", n, said, c.log.tail())
		}
	}
}
