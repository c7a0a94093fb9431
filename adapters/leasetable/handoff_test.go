package leasetable_test

import (
	"testing"

	"github.com/kinesnow/kinesnow/integration/fault"
	"github.com/kinesnow/kinesnow/messages"
)

const third = messages.Owner("node-2/third")

func TestOneNodeAsksForAShardAndItsOwnerNotices(t *testing.T) {
	w := prepared(t)
	held := w.claim()
	w.must(w.table.AskHandoff(t.Context(), held, other))
	w.wantLost(w.table.AskHandoff(t.Context(), held, third))
	row, err := w.table.Renew(t.Context(), shard, me, held.Epoch, lease, nil)
	w.must(err)
	if row.Handoff != other || row.Owner != me || row.Epoch != held.Epoch || row.Counter != held.Counter+1 {
		t.Errorf("the owner's renewal returned %+v", row)
	}
}

func TestAskingDoesNotLookLikeALifeSignOfTheOwner(t *testing.T) {
	w := prepared(t)
	held := w.claim()
	w.must(w.table.AskHandoff(t.Context(), held, other))
	if row := w.row(shard); row.Counter != held.Counter || row.Expiry != held.Expiry {
		t.Errorf("counter %d -> %d, expiry %d -> %d", held.Counter, row.Counter, held.Expiry, row.Expiry)
	}
}

func TestKP13TheMarkOfADeadNodeIsReplaced(t *testing.T) {
	w := prepared(t)
	held := w.claim()
	w.must(w.table.AskHandoff(t.Context(), held, other))
	w.must(w.table.AskHandoff(t.Context(), w.row(shard), third))
	if row := w.row(shard); row.Handoff != third {
		t.Errorf("the mark is %s's", row.Handoff)
	}
}

func TestKP10AHandOffFencesTheOldOwnersWrites(t *testing.T) {
	w := prepared(t)
	held := w.claim()
	w.must(w.table.AskHandoff(t.Context(), held, other))
	w.must(w.table.HandOff(t.Context(), shard, me, held.Epoch, other, lease))
	row := w.row(shard)
	if row.Owner != other || row.Epoch != held.Epoch+1 || row.Handoff != "" || row.WriteNo != 0 {
		t.Errorf("row = %+v", row)
	}
	_, err := w.table.WritePosition(t.Context(), shard, me, held.Epoch, messages.PositionWrite{WriteNo: 9})
	w.wantLost(err)
	_, err = w.table.Begin(t.Context(), shard, other, row.Epoch, lease)
	w.must(err)
	w.wantLost(w.table.HandOff(t.Context(), shard, me, held.Epoch, third, lease))
}

func TestAHandOffWhoseAnswerIsLostIsFoundAgain(t *testing.T) {
	w := prepared(t)
	held := w.claim()
	w.once(fault.Effect{LoseAfter: true})
	w.must(w.table.HandOff(t.Context(), shard, me, held.Epoch, other, lease))
	w.must(w.table.HandOff(t.Context(), shard, me, held.Epoch, other, lease))
	if row := w.row(shard); row.Owner != other || row.Epoch != held.Epoch+1 {
		t.Errorf("row = %+v", row)
	}
}

func TestANodeSaysThatItIsLeaving(t *testing.T) {
	w := prepared(t)
	node := messages.NodeRow{Node: "node-0", Process: "me"}
	w.must(w.table.ClaimNode(t.Context(), nil, node))
	leaving := func() bool {
		rows, err := w.table.Rows(t.Context())
		w.must(err)
		return rows.Nodes[0].Leaving
	}
	node.Leaving = true
	w.must(w.table.Beat(t.Context(), node))
	if !leaving() {
		t.Error("nobody can see it")
	}
	w.must(w.table.RetireNode(t.Context(), node))
	if leaving() {
		t.Error("a free slot is still leaving")
	}
}
