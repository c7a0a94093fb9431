package leasetable_test

import (
	"testing"

	"github.com/kinesnow/kinesnow/messages"
)

// TestOurOwnRowsAreNeverForeign: "settled" is there from the creation on, through
// every write.
func TestOurOwnRowsAreNeverForeign(t *testing.T) {
	w := prepared(t)
	for _, step := range []func(*messages.ShardRow) (*messages.ShardRow, error){
		func(*messages.ShardRow) (*messages.ShardRow, error) { return w.row(shard), nil },
		func(*messages.ShardRow) (*messages.ShardRow, error) { return w.claim(), nil },
		func(r *messages.ShardRow) (*messages.ShardRow, error) {
			return w.table.WritePosition(t.Context(), shard, me, r.Epoch, messages.PositionWrite{WriteNo: 1, Settled: ptr(false), ChannelCreated: 5})
		},
		func(r *messages.ShardRow) (*messages.ShardRow, error) {
			return w.table.ResolvePosition(t.Context(), shard, me, r.Epoch, messages.PositionWrite{WriteNo: 2})
		},
	} {
		row, err := step(w.row(shard))
		w.must(err)
		if row.Foreign {
			t.Errorf("row %+v counts as another product's", row)
		}
	}
	w.put("shardId-000000000009", attributes{"sequenceNumber": S("5")})
	if row := w.row("shardId-000000000009"); !row.Foreign {
		t.Errorf("row %+v counts as ours", row)
	}
}
