package supervisor

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/kinesnow/kinesnow/actors"
	"github.com/kinesnow/kinesnow/actors/actorstest"
	"github.com/kinesnow/kinesnow/adapters/journal"
	"github.com/kinesnow/kinesnow/messages"
)

// told reads a stream to its end: its kinds, and what it adds up to.
func told[S interface{ Evolve(messages.Event) S }](t *testing.T, r *journal.Reader, stream string, kinds map[messages.Kind]int) (state S) {
	t.Helper()
	if err := r.Read(t.Context(), stream, 0, func(e messages.Entry) bool {
		kinds[e.Kind]++
		event, err := messages.Decode(e.Kind, e.Body)
		if err != nil {
			t.Errorf("%s, entry %d: %v", stream, e.Seq, err)
			return true
		}
		state = state.Evolve(event)
		return true
	}); err != nil {
		t.Error(err)
	}
	return state
}

// TestAJournalOfThePreviousVersionIsRead as it was meant. testdata/journal/<commit>
// was written by that commit's own actors: a life with discarded and filtered
// records, crashes, a shard that ended, and a drain. It
// is never made anew.
func TestAJournalOfThePreviousVersionIsRead(t *testing.T) {
	dir := filepath.Join("testdata", "journal", "fb79c34")
	r, err := journal.OpenReader(dir)
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[messages.Kind]int{}
	own := told[actors.ConnectorLedger](t, r, "connector/orders", kinds)
	if own.Health != messages.Draining || !own.Drained || !own.Clean || own.Stop != "" || own.Stream != "orders" {
		t.Errorf("the connector's events add up to %+v", own)
	}
	if lease := told[actors.LeaseLedger](t, r, "leases/p1", kinds); lease.Node != "node-0" || len(lease.Held) != 0 {
		t.Errorf("Lease's events add up to %+v", lease)
	}
	for i, want := range []struct {
		counters messages.Counters
		ended    bool
	}{
		{messages.Counters{Read: 21, Appended: 21, Committed: 21}, false},
		{messages.Counters{Read: 18, Discarded: 6, Filtered: 6, Appended: 12, Committed: 12}, true},
		{messages.Counters{}, false},
	} {
		s := told[actors.ShardLedger](t, r, actors.ShardStream(actorstest.ShardID(i)), kinds)
		s.Counters.Digest = ""
		if s.Counters != want.counters || s.Ended != want.ended || s.Stop != "" || s.Epoch == 0 {
			t.Errorf("shard %d's events add up to %+v, want %+v", i, s, want)
		}
	}
	for _, kind := range []messages.Kind{
		"health_changed.v1", "started.v1", "drained.v1", "node_claimed.v1", "lease_taken.v1", "lease_dropped.v1", "shard_discovered.v1", "opened.v1",
		"batch_appended.v1", "committed.v1", "checkpointed.v1", "records_discarded.v1", "records_filtered.v1", "faulted.v1", "shard_ended.v1",
	} {
		if kinds[kind] == 0 {
			t.Errorf("the journal has no %s; it has %v", kind, slices.Sorted(maps.Keys(kinds)))
		}
	}
	if r.SetAside() != 0 || r.Unknown() != 0 {
		t.Errorf("%d segments and %d entries were passed over", r.SetAside(), r.Unknown())
	}
}

// TestAConnectorGoesOnInAJournalOfThePreviousVersion, under the same numbers.
func TestAConnectorGoesOnInAJournalOfThePreviousVersion(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("testdata", "journal", "fb79c34"))); err != nil {
		t.Fatal(err)
	}
	j, err := journal.Open(dir, journal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	last := func() (seq uint64, kind messages.Kind) {
		if err := j.Read(t.Context(), "connector/orders", 0, func(e messages.Entry) bool {
			seq, kind = e.Seq, e.Kind
			return true
		}); err != nil {
			t.Error(err)
		}
		return seq, kind
	}
	before, _ := last()
	book := actors.NewBook(j, "p2", nil)
	book.Keep(t.Context(), &messages.RecordEvents{Stream: "connector/orders", Writer: "p2", From: 1, Oldest: 1, Events: []messages.Event{&messages.HealthChanged{To: messages.Flowing}}})
	if seq, kind := last(); seq != before+1 || kind != "health_changed.v2" {
		t.Errorf("entry %d is %s, want %d and health_changed.v2", seq, kind, before+1)
	}
}
