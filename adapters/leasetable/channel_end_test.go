package leasetable_test

import (
	"testing"

	"github.com/kinesnow/kinesnow/messages"
)

// end brings the shard to SHARD_END.
func (w *world) end() {
	w.Helper()
	w.claim()
	_, err := w.table.WritePosition(w.Context(), shard, me, 1, messages.PositionWrite{
		WriteNo: 1, Committed: token("5"), Settled: ptr(true), Ended: true, Counters: &messages.Counters{Read: 5, Appended: 5, Committed: 5, Rejected: 1},
	})
	w.must(err)
}

// TestWhatBecomesOfAnEndedShardsChannelIsKept is P23: first the counters, then
// that it is gone; both may be written again, and neither touches the position.
func TestWhatBecomesOfAnEndedShardsChannelIsKept(t *testing.T) {
	w := prepared(t)
	w.end()
	before := w.row(shard)
	final := messages.ChannelFinal{CreatedMS: 1700, RowsInserted: 4, RowsErrors: 1, At: 1800}
	for range 2 {
		w.must(w.table.NoteFinal(t.Context(), shard, final))
	}
	if row := w.row(shard); row.Final == nil || *row.Final != final || row.DroppedAt != 0 || !row.HasChannel() {
		t.Errorf("noted %+v, dropped %d", row.Final, row.DroppedAt)
	}
	for range 2 {
		w.must(w.table.MarkDropped(t.Context(), shard, 1900))
	}
	row := w.row(shard)
	if row.Final == nil || *row.Final != final || row.DroppedAt != 1900 || row.HasChannel() {
		t.Errorf("noted %+v, dropped %d", row.Final, row.DroppedAt)
	}
	if row.Committed != before.Committed || row.Counters != before.Counters || row.Epoch != before.Epoch || !row.Ended || !row.Settled {
		t.Errorf("the row was %+v, and is %+v", before, row)
	}
	w.wantLost(w.table.NoteFinal(t.Context(), shard, messages.ChannelFinal{At: 2000}))
	if row := w.row(shard); *row.Final != final {
		t.Errorf("a node that is late changed %+v", row.Final)
	}
}

// TestAChannelWhoseShardHasNotEndedIsNeitherCountedNorGivenUp: the table refuses
// what a node believes that read wrongly.
func TestAChannelWhoseShardHasNotEndedIsNeitherCountedNorGivenUp(t *testing.T) {
	w := prepared(t)
	w.claim()
	for _, id := range []messages.ShardID{shard, "shardId-000000000009"} {
		w.wantLost(w.table.NoteFinal(t.Context(), id, messages.ChannelFinal{At: 1}))
		w.wantLost(w.table.MarkDropped(t.Context(), id, 1))
	}
	if row := w.row(shard); row.Final != nil || row.DroppedAt != 0 {
		t.Errorf("row %+v", row)
	}
	if w.item("shardId-000000000009") != nil {
		t.Error("a row was made")
	}
}
