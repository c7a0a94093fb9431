package audit

import (
	"testing"

	"github.com/kinesnow/kinesnow/messages"
)

// killed is a shard whose owner was killed before its ledger was on disk: a hole,
// records 11 to 16, and seven records of the next owner, without a checkpoint.
func killed(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.batch(10)
	w.end += 6
	w.commit(6)
	w.node()
	w.open(16)
	w.accept(7)
	w.commit(7)
	return w
}

// unlucky is a shard whose owner was killed before its ledger was on disk, and
// whose next owner was killed so, too, before its first checkpoint: two holes,
// records 11 to 16 and 24 to 28, and no counters between them.
func unlucky(t *testing.T) *world {
	t.Helper()
	w := killed(t)
	w.end += 5
	w.commit(5)
	w.node()
	w.open(28)
	w.batch(4)
	return w
}

func TestTwoHolesWithoutACheckpointBetweenAreBridgedTogether(t *testing.T) {
	r := unlucky(t).audit()
	if !r.Exact || r.Sums.Witnessed != 21 || r.Sums.Bridged != 11 || r.Sums.Read != 32 || r.Sums.Committed != 32 {
		t.Errorf("%+v %s", r.Sums, kinds(r))
	}
}

// TestARowMissingFromOneOfTwoHolesIsCounted: which of the two lacks it nobody
// knows, and that one is gone the counters tell.
func TestARowMissingFromOneOfTwoHolesIsCounted(t *testing.T) {
	for name, c := range map[string]struct {
		spoil                     func(*world)
		missing, doubled, strange int64
	}{
		"missing from the first":  {func(w *world) { delete(w.rows, row(12)) }, 1, 0, 0},
		"missing from the second": {func(w *world) { delete(w.rows, row(25)); delete(w.rows, row(26)) }, 2, 0, 0},
		"twice in the second":     {func(w *world) { w.rows[row(25)]++ }, 0, 1, 0},
		"missing and twice":       {func(w *world) { delete(w.rows, row(12)); w.rows[row(25)] += 2 }, 1, 2, 0},
		"nobody's in the first":   {func(w *world) { w.rows[messages.Position{Seq: at(12).Seq, Sub: 7}]++ }, 0, 0, 1},
	} {
		w := unlucky(t)
		c.spoil(w)
		r := w.audit()
		if s := r.Sums; r.Exact || s.Missing != c.missing || s.Doubled != c.doubled || s.Strange != c.strange || s.Unexplained != 11 {
			t.Errorf("%s: exact %v, %+v %s", name, r.Exact, r.Sums, kinds(r))
		}
	}
}

// TestAHoleBesideAWitnessedPartIsBridgedByWhatIsLeft: the ledger's part between
// two checkpoints is known, and so is what remains.
func TestAHoleBesideAWitnessedPartIsBridgedByWhatIsLeft(t *testing.T) {
	w := killed(t)
	w.batch(4)
	if r := w.audit(); !r.Exact || r.Sums.Witnessed != 21 || r.Sums.Bridged != 6 || r.Sums.Read != 27 {
		t.Errorf("%+v %s", r.Sums, kinds(r))
	}
	delete(w.rows, row(12))
	if r := w.audit(); r.Exact || r.Sums.Missing != 1 {
		t.Errorf("%+v %s", r.Sums, kinds(r))
	}
}
