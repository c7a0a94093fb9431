package actors

import (
	"fmt"
	"maps"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// crowd is a Lease that holds so many shards, without its actor.
func crowd(n int) *Lease {
	l := NewLease(LeaseSettings{Duration: 20 * time.Second, Renew: 5 * time.Second})
	for i := range n {
		l.held[messages.ShardID(fmt.Sprintf("shardId-%012d", i))] = &heldLease{}
	}
	return l
}

// TestManyLeasesAreRenewedInTurns: each once in a round, whatever is taken and
// let go of meanwhile, and never more than a few together.
func TestManyLeasesAreRenewedInTurns(t *testing.T) {
	for _, n := range []int{1, 25, 26, 60, 1000, 1799} {
		l := crowd(n)
		parts := l.renewSlices()
		seen := map[messages.ShardID]int{}
		for range parts {
			next := l.renewNext(parts)
			if len(next) > renewSlice {
				t.Errorf("%d leases: %d renewals together", n, len(next))
			}
			for _, id := range next {
				seen[id]++
			}
		}
		if len(seen) != n {
			t.Errorf("%d leases: %d were renewed in a round", n, len(seen))
		}
		if every := l.renewEvery(); every > l.Duration*2/5 {
			t.Errorf("%d leases: a round of %s", n, every)
		}
	}
	l := crowd(100)
	old := maps.Clone(l.held)
	seen := map[messages.ShardID]bool{}
	for i := range 5 { // a round has 4 parts; what comes in front must not push the others back
		for _, id := range l.renewNext(l.renewSlices()) {
			seen[id] = true
		}
		for j := range 5 {
			l.held[messages.ShardID(fmt.Sprintf("shardId-0-%d-%d", i, j))] = &heldLease{}
		}
		gone := messages.ShardID(fmt.Sprintf("shardId-%012d", 10*i))
		delete(l.held, gone)
		delete(old, gone)
	}
	for id := range old {
		if !seen[id] {
			t.Errorf("%s was not renewed", id)
		}
	}
}

// TestALookFromBeforeAReleaseTakesNothingBack: a table of many rows is read for
// a while, and meanwhile leases are let go of.
func TestALookFromBeforeAReleaseTakesNothingBack(t *testing.T) {
	l := crowd(0)
	l.owner = "node-0/me"
	began := time.Now()
	l.dropped[shard0] = began.Add(time.Second)
	rows := map[messages.ShardID]*messages.ShardRow{shard0: {Shard: shard0, Owner: l.owner}}
	l.reconcile(nil, &discovered{began: began}, rows)
	if len(l.held) != 0 || len(l.dropped) != 1 {
		t.Errorf("holds %v, let go of %v", l.held, l.dropped)
	}
	rows[shard0].Owner = ""
	l.reconcile(nil, &discovered{began: began.Add(2 * time.Second)}, rows)
	if len(l.dropped) != 0 {
		t.Errorf("still remembers %v", l.dropped)
	}
}
