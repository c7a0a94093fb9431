package scenarios

import (
	"slices"
	"testing"

	"github.com/kinesnow/kinesnow/supervisor/process"
)

// TestTwoProcessesThatRunUntilCaughtUpBothEnd: each has a part of the shards and
// learns from the lease rows that the other one has caught up with the rest. The
// second pair finds the table as the first one left it.
func TestTwoProcessesThatRunUntilCaughtUpBothEnd(t *testing.T) {
	w := newWorld(t, 4)
	for _, rows := range []int{40, 80} {
		for shard := range 4 {
			w.putOn(shard, 10)
		}
		first, second := w.run(process.Options{UntilCaughtUp: true}), w.run(process.Options{UntilCaughtUp: true})
		first.ends(process.ExitFine)
		second.ends(process.ExitFine)
		if got := w.numbers("SELECT N FROM ORDERS ORDER BY N"); !slices.Equal(got, between(0, rows)) {
			t.Errorf("the table has %v", got)
		}
		w.expectCounted(int64(rows), int64(rows))
	}
}

// TestAProcessThatRunsUntilCaughtUpEndsBesideOneThatGoesOn, though it may get no
// shard at all.
func TestAProcessThatRunsUntilCaughtUpEndsBesideOneThatGoesOn(t *testing.T) {
	w := newWorld(t, 1)
	c := w.connect()
	w.putOn(0, 10)
	c.untilCaughtUp(10)
	w.run(process.Options{UntilCaughtUp: true}).ends(process.ExitFine)
	w.expect("", between(0, 10)...)
}
