package supervisor

import (
	"testing"
	"testing/synctest"
	"time"
)

// TestA02SixteenShardsOfThreeNodesOutliveOne at the product's own pace: a lease of
// 20 s, and a look at the table every 5 s.
func TestA02SixteenShardsOfThreeNodesOutliveOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const shards = 16
		w := fleetOf(t, shards)
		for range 3 {
			w.spawn()
			time.Sleep(time.Second)
		}
		w.flowFor(shards, 60*time.Second)
		w.demand("before", shards, map[string]int{"p1": 6, "p2": 5, "p3": 5})
		w.crash(0)
		died := time.Now()
		for owned := w.owners(shards); owned["p2"]+owned["p3"] < shards; owned = w.owners(shards) {
			if time.Since(died) > 30*time.Second {
				t.Fatalf("30 s after its death: %v", owned)
			}
			w.flowFor(shards, time.Second)
		}
		w.flowFor(shards, 30*time.Second)
		w.demand("after", shards, map[string]int{"p2": 8, "p3": 8})
		w.endWhole()
	})
}
