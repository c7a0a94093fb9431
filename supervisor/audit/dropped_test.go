package audit

import (
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/messages"
)

// dropped is orderly, and the shard has ended so long ago that its channel is
// no more (P23).
func dropped(t *testing.T) *world {
	w := orderly(t)
	w.tell(&messages.ShardEnded{Shard: shard, Last: at(30), At: noon})
	w.row.Ended, w.row.Settled, w.row.Epoch, w.row.DroppedAt = true, true, w.epoch, 2
	w.row.Final = &messages.ChannelFinal{CreatedMS: 7, RowsInserted: 30, At: 1}
	w.status = nil
	return w
}

func TestAShardWhoseChannelWasDroppedCountsAsBefore(t *testing.T) {
	w := dropped(t)
	r := w.audit()
	if !r.Exact || r.Sums.Read != 30 || r.Sums.Committed != 30 || r.Sums.Witnessed != 30 || *r.Sums.Table != 30 || kinds(r) != "" || !r.Shards[0].Ended {
		t.Errorf("%+v %+v", r.Sums, r.Shards)
	}
	if r.Sums.Snowflake == nil || *r.Sums.Snowflake != 30 {
		t.Errorf("Snowflake's counters, as the row kept them: %v", r.Sums.Snowflake)
	}
	w.row.DroppedAt = 0 // and nobody has written that down yet
	if r := w.audit(); !r.Exact || *r.Sums.Snowflake != 30 {
		t.Errorf("%+v %s", r.Sums, kinds(r))
	}
}

// TestTheRowAloneVouchesForAShardWhoseChannelWasDropped: no ledger is left
// either.
func TestTheRowAloneVouchesForAShardWhoseChannelWasDropped(t *testing.T) {
	w := dropped(t)
	w.journals = nil
	if r := w.audit(); !r.Exact || r.Sums.Bridged != 30 || r.Sums.Stretches != 0 {
		t.Errorf("%+v %+v", r.Sums, r.Shards)
	}
}

func TestWhatIsWrongWithAShardWhoseChannelWasDroppedIsFoundStill(t *testing.T) {
	for want, spoil := range map[string]func(*world){
		"MISSING":  func(w *world) { delete(w.rows, row(13)) },
		"DOUBLED":  func(w *world) { w.rows[row(13)]++ },
		"STRANGE":  func(w *world) { w.rows[row(31)]++ },
		"COUNTERS": func(w *world) { w.row.Final.RowsInserted-- },
		"TOKEN": func(w *world) { // somebody made a channel of that name, and wrote into it
			w.status = &messages.ChannelStatus{CreatedMS: 9, Healthy: true, Token: messages.Token{Position: at(33), Shard: shard}.String()}
		},
	} {
		w := dropped(t)
		spoil(w)
		if r := w.audit(); r.Exact || !strings.Contains(kinds(r), want) {
			t.Errorf("%s: exact %v, found %s", want, r.Exact, kinds(r))
		}
	}
}

// TestAnEmptyChannelThatALateOpenMadeSaysNothing of the one that was dropped.
func TestAnEmptyChannelThatALateOpenMadeSaysNothing(t *testing.T) {
	w := dropped(t)
	w.status = &messages.ChannelStatus{CreatedMS: 9, Healthy: true}
	if r := w.audit(); !r.Exact || *r.Sums.Snowflake != 30 {
		t.Errorf("%+v %s", r.Sums, kinds(r))
	}
}
