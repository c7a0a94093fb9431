package supervisor

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/kinesnow/kinesnow/actors/actorstest"
	"github.com/kinesnow/kinesnow/messages"
)

// TestTheWordForAnAdoptedTableHoldsOnce: it is taken back when everything that
// it was for is ours, on a shard without a record to read, too. What the other
// product moves after that needs a word of its own.
func TestTheWordForAnAdoptedTableHoldsOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := fleetOf(t, 1) // records 95 to 104
		id, info := actorstest.ShardID(0), w.cloud.Stream.Info
		if _, err := w.cloud.Table.CreateStream(t.Context(), messages.StreamRow{
			ARN: info.ARN, CreatedAt: info.CreatedAt, Position: "TRIM_HORIZON", Initialised: true, Drained: true, Schema: messages.SchemaVersion,
		}); err != nil {
			t.Fatal(err)
		}
		w.cloud.Table.Edit(id, func(row *messages.ShardRow) { row.Sequence, row.Foreign, row.Settled = "104", true, false })
		run := func() *messages.State {
			w.spawn()
			time.Sleep(30 * time.Second)
			state := w.processes[0].plant.published.Load()
			w.crash(0)
			time.Sleep(time.Minute)
			return state
		}
		state := run()
		rows, err := w.cloud.Table.Rows(t.Context())
		if err != nil || rows.Stream.Drained || rows.Shards[0].Newest() != (messages.Position{Seq: "104", Sub: messages.Whole}) || rows.Shards[0].Sequence != "104" {
			t.Errorf("%v: drained %v, row %+v", err, rows.Stream.Drained, rows.Shards[0])
		}
		if state.Health != messages.Flowing || len(w.cloud.Sink.Rows(id)) > 0 {
			t.Errorf("state %+v, rows %v", state, w.cloud.Sink.Rows(id))
		}
		w.cloud.Stream.Put(id, 5) // 105 to 109
		w.cloud.Table.Edit(id, func(row *messages.ShardRow) { row.Sequence = "107" })
		state = run()
		if len(state.Shards) != 1 || state.Shards[0].Stop != messages.AdoptedUndrained || len(w.cloud.Sink.Rows(id)) > 0 {
			t.Errorf("state %+v, rows %v", state, w.cloud.Sink.Rows(id))
		}
		w.system.Shutdown()
		time.Sleep(2 * time.Second)
	})
}
