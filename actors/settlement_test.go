package actors

import "testing"

// TestNothingIsAppendedBeforeTheRowSaysUnsettled follows P7 through a
// generation: asked once, answered, settled again, asked again.
func TestNothingIsAppendedBeforeTheRowSaysUnsettled(t *testing.T) {
	var s settlement
	step := func(name string, mayAppend, asking bool) {
		t.Helper()
		if s.mayAppend() != mayAppend || s.asking() != asking {
			t.Errorf("%s: may append %v, asking %v", name, s.mayAppend(), s.asking())
		}
	}
	step("after the open", false, false)
	if !s.ask() || s.ask() {
		t.Error("settled = false is asked for once")
	}
	step("before the answer", false, true)
	s.confirmed()
	step("after the answer", true, false)
	s.sentTrue()
	step("after settled = true was sent, answered or not", false, false)
	s.confirmed()
	step("after an answer to nothing", false, false)
	if !s.ask() {
		t.Error("settled = false is asked for again")
	}
	s.confirmed()
	step("after the second answer", true, false)
}
