package fleet

import (
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/messages"
)

// TestAJournalInTroubleIsShown, and one that is well is not.
func TestAJournalInTroubleIsShown(t *testing.T) {
	s := orders("node-0", "shardId-000000000000", 1)
	s.Journal = messages.JournalState{Written: 5}
	if text := textOf(t, Of(snapshots(s), noon)); strings.Contains(text, "journal") {
		t.Errorf("a journal that is well is shown:\n%s", text)
	}
	for want, state := range map[string]messages.JournalState{
		"journal of node-0: stream connector/orders: no space left on device (the flow goes on)\n": {Error: "journal: stream connector/orders: no space left on device"},
		"journal of node-0: 7 entries dropped: no space left on device (the flow goes on)\n":       {Error: "no space left on device", Dropped: 7},
		"journal of node-0: 2 segments set aside, 1 entries not understood (the flow goes on)\n":   {SetAside: 2, Unknown: 1},
	} {
		s.Journal = state
		if text := textOf(t, Of(snapshots(s), noon)); !strings.Contains(text, want) {
			t.Errorf("text:\n%s\nwant in it:\n%s", text, want)
		}
	}
}
