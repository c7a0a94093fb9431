package supervisor

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/kinesnow/kinesnow/actors"
	"github.com/kinesnow/kinesnow/adapters/journal"
	"github.com/kinesnow/kinesnow/messages"
)

// TestADrainIsTheLastThatIsRecorded: what anybody did before is in the journal
// when it is closed, also while the ledger is dead, or was never told of a node.
func TestADrainIsTheLastThatIsRecorded(t *testing.T) {
	for name, kill := range map[string]bool{"the ledger lives": false, "the ledger dies": true} {
		synctest.Test(t, func(t *testing.T) {
			const shards = 3
			w := fleetOf(t, shards)
			p := testPlant(w.cloud, "node-0", "p", Host{})
			p.name = "orders"
			disk := &journal.Memory{}
			p.journal = newLateJournal(disk)
			p.book = actors.NewBook(p.journal, "p", nil)
			pid, err := w.system.Root.SpawnNamed(p.props(func() actor.Actor { return &connector{plant: p} }), "p")
			if err != nil {
				t.Fatal(err)
			}
			w.flowFor(shards, 10*time.Second)
			future := w.system.Root.RequestFuture(pid, &messages.Drain{Within: 20 * time.Second}, time.Minute)
			if kill {
				for range 40 { // whenever it comes back
					w.system.Root.Stop(actor.NewPID(pid.Address, "p/"+nameLedger))
					time.Sleep(51 * time.Millisecond)
				}
			}
			answer, err := future.Result()
			if d, ok := answer.(*messages.Drained); err != nil || !ok || !d.Clean {
				t.Errorf("%s: drained %v, %v", name, answer, err)
			}
			one := &process{plant: p, pid: pid}
			var last messages.Kind
			if err := p.journal.Read(t.Context(), "connector/orders", 0, func(e messages.Entry) bool {
				last = e.Kind
				return true
			}); err != nil || last != messages.KindDrained {
				t.Errorf("%s: the last entry is %s, %v", name, last, err)
			}
			if lease := folded(t, one, "leases/p", actors.LeaseLedger{}); !kill && len(lease.Held) != 0 {
				t.Errorf("%s: its events say that it holds %v", name, lease.Held)
			}
			w.endWhole()
			time.Sleep(2 * time.Minute) // the dead-letter throttle
		})
	}
}
