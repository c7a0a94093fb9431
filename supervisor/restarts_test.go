package supervisor

import (
	"testing"
	"testing/synctest"
	"time"
)

// TestConnectorsThatAreKilledAgainAndAgainLeaveAFewRows: twenty whole
// connectors, each killed a while after it began and every third beside its
// successor. None leaves a row of its own (P20), and no record is lost.
func TestConnectorsThatAreKilledAgainAndAgainLeaveAFewRows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const shards = 2
		w := fleetOf(t, shards)
		for i := range 20 {
			w.spawn()
			w.flowFor(shards, 8*time.Second)
			if i%3 > 0 {
				w.crash(0)
			}
			if len(w.processes) > 2 {
				w.drain(0)
			}
		}
		w.spawn()
		w.flowFor(shards, 60*time.Second)
		nodes := w.cloud.Table.Nodes()
		if len(nodes) > 18 { // 16 that may be dead (actors' idleSlots), and two alive
			t.Errorf("%d node rows after 21 connectors: %+v", len(nodes), nodes)
		}
		w.endWhole()
	})
}
