package audit

import "testing"

// TestAStretchThatTheNextOwnerReadAgainContradictsNobody: its first owner was
// killed after two commits and before the checkpoint. The next one had no ledger
// of that, counted the records again and folded them as one batch; here both
// ledgers are at hand.
func TestAStretchThatTheNextOwnerReadAgainContradictsNobody(t *testing.T) {
	w := newWorld(t)
	w.batch(10)
	w.accept(8)
	w.accept(7)
	w.node()
	w.open(25)
	w.commit(15) // as Checkpoint's recount folds it
	w.batch(12)
	if r := w.audit(); !r.Exact || r.Sums.Witnessed != 37 || kinds(r) != "" {
		t.Errorf("%+v %s", r.Sums, kinds(r))
	}
}

// TestAStretchThatWasReadAgainMustHaveItsRows: one folding more is allowed, not
// any digest.
func TestAStretchThatWasReadAgainMustHaveItsRows(t *testing.T) {
	w := newWorld(t)
	w.batch(10)
	w.accept(8)
	w.accept(7)
	w.node()
	w.open(25)
	w.digest = w.digest.Fold(at(24), 1)
	w.commit(15)
	w.batch(12)
	if r := w.audit(); r.Exact || kinds(r) != "DIGEST" {
		t.Errorf("%+v %s", r.Sums, kinds(r))
	}
}

// TestAReadAgainStretchMayBeginAtACheckpointThatNoLedgerHas: it was written to
// the lease row, and its owner killed before the ledger was on disk.
func TestAReadAgainStretchMayBeginAtACheckpointThatNoLedgerHas(t *testing.T) {
	w := newWorld(t)
	w.batch(10)
	w.accept(5)
	w.commit(5) // the checkpoint behind it is in no ledger
	w.accept(8)
	w.accept(7)
	w.node()
	w.open(30)
	w.commit(15)
	w.accept(3)
	w.commit(3)
	w.batch(12)
	if r := w.audit(); !r.Exact || r.Sums.Witnessed != 45 || kinds(r) != "" {
		t.Errorf("%+v %s", r.Sums, kinds(r))
	}
}
