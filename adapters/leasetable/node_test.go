package leasetable_test

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/kinesnow/kinesnow/integration/fault"
	"github.com/kinesnow/kinesnow/messages"
)

func (w *world) nodes() []messages.NodeRow {
	w.Helper()
	rows, err := w.table.Rows(w.Context())
	w.must(err)
	return rows.Nodes
}

func TestOfManyProcessesOneClaimsASlot(t *testing.T) {
	w := prepared(t)
	for round, seen := range []*messages.NodeRow{nil, {Node: "node-0", Process: "dead", Counter: 1}} {
		if seen != nil { // the first round's winner stands still
			seen.Process, seen.Counter = w.nodes()[0].Process, w.nodes()[0].Counter
		}
		var won atomic.Int64
		var all sync.WaitGroup
		for i := range 6 {
			node := messages.NodeRow{Node: "node-0", Process: string(rune('a'+i)) + string(rune('0'+round)), Host: "h", Version: "1"}
			all.Go(func() {
				if err := w.table.ClaimNode(t.Context(), seen, node); err != nil {
					w.wantLostConcurrently(t, err)
					return
				}
				won.Add(1)
			})
		}
		all.Wait()
		if won.Load() != 1 {
			t.Errorf("round %d: %d processes hold the slot, want 1", round, won.Load())
		}
	}
}

func TestAHeartbeatMovesTheCounterOfItsOwner(t *testing.T) {
	w := prepared(t)
	mine := messages.NodeRow{Node: "node-0", Process: "mine", Host: "host", Version: "1.0"}
	w.must(w.table.ClaimNode(t.Context(), nil, mine))
	w.once(fault.Effect{LoseAfter: true})
	w.must(w.table.Beat(t.Context(), mine))
	got := w.nodes()[0]
	if got.Counter < 2 || got.Process != "mine" || got.Host != "host" || got.Version != "1.0" {
		t.Errorf("row = %+v", got)
	}
	thief := messages.NodeRow{Node: "node-0", Process: "thief"}
	w.must(w.table.ClaimNode(t.Context(), &got, thief))
	w.wantLost(w.table.Beat(t.Context(), mine))
	w.must(w.table.RetireNode(t.Context(), mine)) // not ours any more: left alone
	if got := w.nodes()[0]; got.Process != "thief" {
		t.Errorf("row = %+v", got)
	}
}

func TestAnOwnerThatStillBeatsKeepsItsSlot(t *testing.T) {
	w := prepared(t)
	mine := messages.NodeRow{Node: "node-0", Process: "mine"}
	w.must(w.table.ClaimNode(t.Context(), nil, mine))
	seen := w.nodes()[0]
	w.must(w.table.Beat(t.Context(), mine))
	w.wantLost(w.table.ClaimNode(t.Context(), &seen, messages.NodeRow{Node: "node-0", Process: "thief"}))
}

func TestARetiredSlotIsFreeAtOnce(t *testing.T) {
	w := prepared(t)
	mine := messages.NodeRow{Node: "node-0", Process: "mine"}
	w.must(w.table.ClaimNode(t.Context(), nil, mine))
	w.must(w.table.RetireNode(t.Context(), mine))
	free := w.nodes()[0]
	if free.Process != "" || free.Counter != 2 {
		t.Fatalf("row = %+v", free)
	}
	w.must(w.table.ClaimNode(t.Context(), &free, messages.NodeRow{Node: "node-0", Process: "next"}))
	w.wantLost(w.table.Beat(t.Context(), mine))
}

func TestAClaimOfASlotWhoseAnswerWasLostIsFoundAgain(t *testing.T) {
	w := prepared(t)
	mine := messages.NodeRow{Node: "node-0", Process: "mine"}
	for range 2 {
		w.must(w.table.ClaimNode(t.Context(), nil, mine))
	}
}
