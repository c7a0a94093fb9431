package leasetable_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/kinesnow/kinesnow/integration/fault"
	"github.com/kinesnow/kinesnow/integration/localdynamo"
	"github.com/kinesnow/kinesnow/messages"
)

// TestThrottledRenewalsGoFirst: a renewal that DynamoDB throttles is tried
// again while a checkpoint and a look at the table wait for it, and then the
// checkpoint goes before the look.
func TestThrottledRenewalsGoFirst(t *testing.T) { synctest.Test(t, throttledRenewalsGoFirst) }

func throttledRenewalsGoFirst(t *testing.T) { // in the bubble's time, for nobody waits for ever
	w := preparedInside(t)
	const second = messages.ShardID("shardId-000000000001")
	if _, err := w.table.CreateShard(t.Context(), messages.ShardRow{Shard: second}); err != nil {
		t.Fatal(err)
	}
	w.claim()
	row, err := w.table.Claim(t.Context(), w.row(second), me, lease)
	w.must(err)

	var mu sync.Mutex
	var seen []string
	again, release, placing, place := make(chan bool), make(chan bool), make(chan bool), make(chan bool)
	note := func(what string) int {
		mu.Lock()
		defer mu.Unlock()
		seen = append(seen, what)
		return len(seen)
	}
	w.server.Faults().Set("UpdateItem", func(c fault.Call) fault.Effect {
		if strings.HasSuffix(c.Key, string(second)) {
			note("position")
			close(placing)
			<-place
			return fault.Effect{}
		}
		if note("renewal") == 1 {
			return fault.Effect{Refuse: localdynamo.ThroughputExceeded()}
		}
		close(again)
		<-release
		return fault.Effect{}
	})
	w.server.Faults().Set("Query", func(fault.Call) fault.Effect { note("look"); return fault.Effect{} })
	defer w.server.Faults().Set("UpdateItem", nil)

	var all sync.WaitGroup
	all.Go(func() {
		if _, err := w.table.Renew(t.Context(), shard, me, 1, lease, nil); err != nil {
			t.Error(err)
		}
	})
	<-again // throttled once, and at the server for the second time
	all.Go(func() {
		if _, err := w.table.Rows(t.Context()); err != nil {
			t.Error(err)
		}
	})
	all.Go(func() {
		write := messages.PositionWrite{WriteNo: 1, Settled: ptr(false), ChannelCreated: 1}
		if _, err := w.table.WritePosition(t.Context(), second, me, row.Epoch, write); err != nil {
			t.Error(err)
		}
	})
	synctest.Wait()
	if n := w.table.Waiting(); n != 2 {
		t.Errorf("%d calls wait for their turn, want 2", n)
	}
	close(release)
	<-placing
	close(place)
	all.Wait()
	if want := []string{"renewal", "renewal", "position", "look"}; !slices.Equal(seen, want) {
		t.Errorf("the table saw %v, want %v", seen, want)
	}
}
