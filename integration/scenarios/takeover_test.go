package scenarios

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/integration/localcloud"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor/process"
)

// TestASecondProcessTakesOverWhenTheFirstIsDead kills the first one with rows in
// flight, which its opening leaves behind.
func TestASecondProcessTakesOverWhenTheFirstIsDead(t *testing.T) {
	const life = 6 * time.Second // a machine that halts for less takes no lease away
	w := newWorld(t, 2, func(o *localcloud.Options) { o.Tuning.LeaseDuration = life })
	first := w.connect()
	w.putOn(0, 5)
	w.putOn(1, 5)
	first.untilCaughtUp(10)
	second := w.connect()
	for _, each := range []*connector{first, second} {
		each.until("has its part", func(s *messages.State) bool { return len(s.Shards) == 1 && s.Shards[0].Phase == messages.PhaseFlowing })
	}
	if a, b := first.state().Node, second.state().Node; a == b {
		t.Errorf("both processes are %s", a)
	}
	w.Snowflake.StallCommits(true)
	w.putOn(0, 5)
	w.putOn(1, 5)
	first.until("in flight", func(s *messages.State) bool { return len(s.Shards) == 1 && s.Shards[0].InFlight > 0 })
	// Longer than a lease, and than a look at the table: the first one lives.
	began := time.Now()
	w.wait("renewed", func() bool { return time.Since(began) > life+2*time.Second })
	if n := len(second.state().Shards); n != 1 {
		t.Errorf("the second process has %d shards, while the first one lives", n)
	}
	its := shardNumber(t, string(first.state().Shards[0].Shard))
	renewed, counter := time.Now(), integer(w.lease(its, "leaseCounter"))
	w.wait("renewed once more", func() bool { return integer(w.lease(its, "leaseCounter")) > counter })
	first.kill()
	w.Snowflake.StallCommits(false)
	second.until("took over", func(s *messages.State) bool { return len(s.Shards) == 2 })
	if took := time.Since(renewed); took < life {
		t.Errorf("the takeover took %s, and the lease lasts %s", took, life)
	}
	w.putOn(0, 5)
	w.putOn(1, 5)
	w.untilRows(30)
	second.untilCaughtUp(0)
	w.expect(onShard(0), append(between(0, 5), append(between(10, 15), between(20, 25)...)...)...)
	w.expect(onShard(1), append(between(5, 10), append(between(15, 20), between(25, 30)...)...)...)
	w.expectCounted(30, 30)
}

// TestKP12ADrainedProcessHandsOverAtOnce: its leases are free, so nobody waits.
func TestKP12ADrainedProcessHandsOverAtOnce(t *testing.T) {
	w := newWorld(t, 2)
	first := w.connect()
	w.putOn(0, 5)
	first.untilCaughtUp(5)
	second := w.connect()
	second.until("there", func(s *messages.State) bool { return s.Node != "" && s.Listed == 2 })
	w.putOn(1, 5)
	first.clean()
	w.putOn(0, 5)
	second.until("took over", func(s *messages.State) bool { return len(s.Shards) == 2 })
	w.untilRows(15)
	second.untilCaughtUp(0)
	w.expect(onShard(0), append(between(0, 5), between(10, 15)...)...)
	w.expect(onShard(1), between(5, 10)...)
	if owner, _ := w.lease(0, "leaseOwner").(string); !strings.HasPrefix(owner, second.state().Node+"/") {
		t.Errorf("the lease names %q, want %s", owner, second.state().Node)
	}
}

// TestAProcessWithoutItsTableIsFencedByTheNextOwner cuts the first process off
// from the lease table while it goes on to append: the second one's opening
// fences it, and the lease row tells it to let go (P19).
func TestAProcessWithoutItsTableIsFencedByTheNextOwner(t *testing.T) {
	w := newWorld(t, 1)
	var cut atomic.Bool
	table := w.Dynamo.Handler()
	gateway := w.gateway(func(rw http.ResponseWriter, r *http.Request) {
		if cut.Load() {
			panic(http.ErrAbortHandler)
		}
		table.ServeHTTP(rw, r)
	})
	first := w.connect(func(p *plan) { p.AWS.Endpoints.DynamoDB = gateway })
	w.putOn(0, 3)
	first.untilCaughtUp(3)
	cut.Store(true)
	w.putOn(0, 3)
	first.untilShard(0, "going on", func(s *messages.ShardState) bool { return s.Live.Committed == 6 })
	second := w.connect()
	second.untilShard(0, "flowing", func(s *messages.ShardState) bool { return s.Phase == messages.PhaseFlowing })
	w.putOn(0, 3)
	w.untilRows(9)
	second.untilCaughtUp(0)
	first.untilShard(0, "fenced", func(s *messages.ShardState) bool { return s.Ends[messages.ReasonStale] > 0 })
	cut.Store(false)
	first.until("letting go", func(s *messages.State) bool { return len(s.Shards) == 0 })
	w.putOn(0, 3)
	w.untilRows(12)
	second.untilCaughtUp(0)
	w.expect("", between(0, 12)...)
	w.expectCounted(12, 12)
	if owner, _ := w.lease(0, "leaseOwner").(string); !strings.HasPrefix(owner, second.state().Node+"/") {
		t.Errorf("the lease names %q, want %s", owner, second.state().Node)
	}
}

// TestTwoProcessesOfOneApplicationKeepEveryRow runs two whole processes, stops
// the one that works, and lets the other catch up.
func TestTwoProcessesOfOneApplicationKeepEveryRow(t *testing.T) {
	w := newWorld(t, 2)
	w.putOn(0, 10)
	first := w.run(process.Options{})
	first.until("working", func(s *messages.State) bool { return len(s.Shards) == 2 && s.CaughtUp() })
	second := w.run(process.Options{})
	second.until("there", func(s *messages.State) bool { return s.Node != "" && s.Listed == 2 })
	w.putOn(1, 10)
	first.stop()
	first.ends(process.ExitFine)
	w.putOn(0, 10)
	second.until("caught up", func(s *messages.State) bool { return len(s.Shards) == 2 && s.CaughtUp() })
	w.untilRows(30)
	second.stop()
	second.ends(process.ExitFine)
	w.expect(onShard(0), append(between(0, 10), between(20, 30)...)...)
	w.expect(onShard(1), between(10, 20)...)
}
