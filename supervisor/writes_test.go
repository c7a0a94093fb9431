package supervisor

import (
	"flag"
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

var manyWrites = flag.Bool("writes", false, "count DynamoDB writes of 1,000 shards, too")

// TestDynamoDBWritesStayWithinTheirBudget: N/T + N/C < 500 a second with T and C
// of 5 s (specs/kinesis-consumption.md 6). Every shard commits again and again, the
// checkpoints ride on the renewals, and above 250 shards those are rarer: so it
// is N/T alone. It runs under the policy that Openflow's documentation gives.
func TestDynamoDBWritesStayWithinTheirBudget(t *testing.T) {
	type load struct {
		nodes, shards int
		settle, count int // seconds
		every         time.Duration
	}
	loads := []load{
		{nodes: 3, shards: 16, settle: 16, count: 20, every: 5 * time.Second},
		{nodes: 1, shards: 100, settle: 6, count: 10, every: 5 * time.Second},
	}
	if *manyWrites {
		loads = append(loads, load{nodes: 1, shards: 1000, settle: 20, count: 24, every: 8 * time.Second})
	}
	for _, c := range loads {
		t.Run(fmt.Sprintf("%d shards on %d nodes", c.shards, c.nodes), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w, m := meteredFleet(t, c.shards)
				for range c.nodes {
					w.join(m)
					time.Sleep(time.Second)
				}
				w.trickle(c.shards, c.settle+c.count)
				mean, worst := m.rate(c.nodes+c.settle, c.nodes+c.settle+c.count)
				most := float64(c.shards)/c.every.Seconds()*1.15 + float64(c.nodes)/5*1.15
				t.Logf("%.1f writes/s, %.1f in the busiest ten seconds; N/T is %.1f, N/T + N/C with 5 s %.1f",
					mean, worst, float64(c.shards)/c.every.Seconds(), float64(c.shards)*2/5)
				if mean > most || worst > 500 {
					t.Errorf("%.1f writes/s, want at most %.1f; %.1f in the busiest ten seconds, want less than 500", mean, most, worst)
				}
				if len(m.denied) > 0 {
					t.Errorf("calls against the policy: %v", m.denied)
				}
				w.endWhole()
			})
		})
	}
}

// TestKP11ATableThatTakesLittleMoreThanRenewalsLosesNoLease: for a minute it
// throttles, and nobody's shards go to anybody else.
func TestKP11ATableThatTakesLittleMoreThanRenewalsLosesNoLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const shards = 16 // 3.2 renewals a second, and 0.4 heartbeats
		w, m := meteredFleet(t, shards)
		for range 2 {
			w.join(m)
			w.trickle(shards, 20)
		}
		before := m.owners(shards)
		m.throttle(5)
		w.trickle(shards, 60)
		m.throttle(0)
		w.trickle(shards, 10)
		if after := m.owners(shards); fmt.Sprint(after) != fmt.Sprint(before) {
			t.Errorf("owners %v, then %v", before, after)
		}
		if n := m.refusals(); n < 50 {
			t.Errorf("%d writes were throttled: that shows nothing", n)
		}
		w.endWhole()
	})
}
