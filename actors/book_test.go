package actors

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/kinesnow/kinesnow/messages"
)

// appendOf is a batch of n records and rows.
func appendOf(after, to messages.Position, n int64) *messages.BatchAppended {
	return &messages.BatchAppended{Shard: shard0, After: after, From: after, To: to, Records: n, Rows: n}
}

func keep(t *testing.T, b *Book, writer string, from, oldest int64, events ...messages.Event) int64 {
	t.Helper()
	return b.Keep(t.Context(), &messages.RecordEvents{Stream: ShardStream(shard0), Writer: writer, From: from, Oldest: oldest, Events: events})
}

func stretchOf(t *testing.T, b *Book, from, to messages.Position) (messages.Counters, bool) {
	t.Helper()
	return b.Stretch(t.Context(), &messages.StretchWanted{Shard: shard0, From: from, To: to, Digest: "d"})
}

// digestOf folds batches as Checkpoint does.
func digestOf(batches ...*messages.BatchAppended) messages.Digest {
	d := messages.Digest("d")
	for _, a := range batches {
		d = d.Fold(a.To, a.Rows)
	}
	return d
}

// TestTheLedgerCountsAStretchItSaw, to the digest.
func TestTheLedgerCountsAStretchItSaw(t *testing.T) {
	b := NewBook(&tape{}, "p", nil)
	a1, a2, a3 := appendOf(messages.Position{}, whole("10"), 3), appendOf(whole("10"), whole("20"), 4), appendOf(whole("20"), whole("30"), 5)
	a2.Discarded, a2.Filtered, a2.Records = 1, 2, 7
	keep(t, b, "w", 1, 1, a1, a2, a3)
	for _, c := range []struct {
		name     string
		from, to messages.Position
		want     messages.Counters
		found    bool
	}{
		{"from the beginning", messages.Position{}, whole("30"), messages.Counters{Read: 15, Appended: 12, Discarded: 1, Filtered: 2, Digest: digestOf(a1, a2, a3)}, true},
		{"the middle", whole("10"), whole("20"), messages.Counters{Read: 7, Appended: 4, Discarded: 1, Filtered: 2, Digest: digestOf(a2)}, true},
		{"nothing", whole("20"), whole("20"), messages.Counters{Digest: "d"}, true},
		{"an end that is no batch's", whole("10"), whole("25"), messages.Counters{}, false},
		{"a beginning that is no batch's", whole("15"), whole("20"), messages.Counters{}, false},
		{"the wrong way round", whole("20"), whole("10"), messages.Counters{}, false},
	} {
		got, found := stretchOf(t, b, c.from, c.to)
		if found != c.found || got != c.want {
			t.Errorf("%s: %+v, %v; want %+v, %v", c.name, got, found, c.want, c.found)
		}
	}
}

// TestABatchThatARewindCancelledIsNotCounted: its later twin is.
func TestABatchThatARewindCancelledIsNotCounted(t *testing.T) {
	b := NewBook(&tape{}, "p", nil)
	a1, lost := appendOf(messages.Position{}, whole("10"), 3), appendOf(whole("10"), whole("30"), 20)
	a2, a3 := appendOf(whole("10"), whole("20"), 10), appendOf(whole("20"), whole("30"), 10)
	keep(t, b, "w", 1, 1, a1, lost, &messages.Rewound{From: whole("30"), To: whole("10")}, a2, a3)
	got, found := stretchOf(t, b, messages.Position{}, whole("30"))
	if want := (messages.Counters{Read: 23, Appended: 23, Digest: digestOf(a1, a2, a3)}); !found || got != want {
		t.Errorf("%+v, %v; want %+v", got, found, want)
	}
}

// TestABatchThatIsMissingMakesTheStretchUnknown: it is never guessed.
func TestABatchThatIsMissingMakesTheStretchUnknown(t *testing.T) {
	b := NewBook(&tape{}, "p", nil)
	keep(t, b, "w", 1, 1, appendOf(messages.Position{}, whole("10"), 1), appendOf(whole("20"), whole("30"), 1))
	if got, found := stretchOf(t, b, messages.Position{}, whole("30")); found {
		t.Errorf("found %+v", got)
	}
}

// TestAnEarlierProcessesBatchesAreFoundInTheJournal, also mixed with those of
// this one, which the journal has as well.
func TestAnEarlierProcessesBatchesAreFoundInTheJournal(t *testing.T) {
	journal := &tape{}
	a1, a2, a3 := appendOf(messages.Position{}, whole("10"), 1), appendOf(whole("10"), whole("20"), 2), appendOf(whole("20"), whole("30"), 4)
	keep(t, NewBook(journal, "p1", nil), "w1", 1, 1, &messages.Opened{Shard: shard0}, a1, a2)
	b := NewBook(journal, "p2", nil)
	keep(t, b, "w2", 1, 1, a3)
	for range 2 { // the journal is read once
		got, found := stretchOf(t, b, messages.Position{}, whole("30"))
		if want := (messages.Counters{Read: 7, Appended: 7, Digest: digestOf(a1, a2, a3)}); !found || got != want {
			t.Errorf("%+v, %v; want %+v", got, found, want)
		}
	}
}

// TestWhatIsCheckpointedIsForgotten, and what lies ahead is not.
func TestWhatIsCheckpointedIsForgotten(t *testing.T) {
	b := NewBook(&tape{}, "p", nil)
	a1, a2, a3 := appendOf(messages.Position{}, whole("10"), 1), appendOf(whole("10"), whole("20"), 2), appendOf(whole("20"), whole("30"), 4)
	keep(t, b, "w", 1, 1, a1, a2, a3, &messages.Checkpointed{Shard: shard0, To: whole("20")})
	if n := len(b.appends[ShardStream(shard0)]); n != 1 {
		t.Errorf("%d batches are remembered, want 1", n)
	}
	if got, found := stretchOf(t, b, whole("20"), whole("30")); !found || got.Read != 4 {
		t.Errorf("%+v, %v", got, found)
	}
}

// TestEventsAreKeptOnceAndInOrderHoweverTheyAreSent: repeated, overlapping, or
// with a message lost between.
func TestEventsAreKeptOnceAndInOrderHoweverTheyAreSent(t *testing.T) {
	journal := &tape{}
	var told []messages.Position
	b := NewBook(journal, "p", func(_ string, e messages.Event) { told = append(told, e.(*messages.Committed).To) })
	e := func(n int) messages.Event {
		return &messages.Committed{Shard: shard0, To: whole(messages.SequenceNumber(fmt.Sprint(n)))}
	}
	for _, s := range []struct {
		name         string
		writer       string
		from, oldest int64
		events       []messages.Event
		upto         int64
	}{
		{"the first", "w", 1, 1, []messages.Event{e(1), e(2)}, 2},
		{"again", "w", 1, 1, []messages.Event{e(1), e(2)}, 2},
		{"overlapping", "w", 2, 1, []messages.Event{e(2), e(3)}, 3},
		{"after a message that was lost", "w", 5, 4, []messages.Event{e(5)}, 3},
		{"the writer's repetition", "w", 4, 4, []messages.Event{e(4), e(5)}, 5},
		{"after what the writer gave up itself", "w", 9, 9, []messages.Event{e(9)}, 9},
		{"another incarnation counts from 1", "w2", 1, 1, []messages.Event{e(10)}, 1},
		{"an old repetition", "w", 4, 4, []messages.Event{e(4), e(5)}, 9},
	} {
		if got := keep(t, b, s.writer, s.from, s.oldest, s.events...); got != s.upto {
			t.Errorf("%s: kept up to %d, want %d", s.name, got, s.upto)
		}
	}
	var want []messages.Position
	for _, n := range []int{1, 2, 3, 4, 5, 9, 10} {
		want = append(want, whole(messages.SequenceNumber(fmt.Sprint(n))))
	}
	if !slices.Equal(told, want) || len(journal.entries[ShardStream(shard0)]) != len(want) {
		t.Errorf("kept %v in %d entries, want %v", told, len(journal.entries[ShardStream(shard0)]), want)
	}
	for _, entry := range journal.entries[ShardStream(shard0)] {
		if entry.Kind != messages.KindCommitted || entry.Writer == "" || entry.At.IsZero() {
			t.Errorf("entry %+v", entry)
		}
	}
	if got := b.State(); got.Written != int64(len(want)) || got.Dropped != 0 {
		t.Errorf("state %+v", got)
	}
}

// TestAJournalThatFailsIsCountedAndHoldsNothingUp is P25.
func TestAJournalThatFailsIsCountedAndHoldsNothingUp(t *testing.T) {
	journal := &tape{broken: errors.New("disk full")}
	b := NewBook(journal, "p", nil)
	if got := keep(t, b, "w", 1, 1, appendOf(messages.Position{}, whole("10"), 1)); got != 1 {
		t.Errorf("the writer is told to repeat what cannot be kept: up to %d", got)
	}
	if got := b.State(); got.Dropped != 1 || got.Error != "disk full" {
		t.Errorf("state %+v", got)
	}
	if _, found := stretchOf(t, b, messages.Position{}, whole("10")); !found {
		t.Error("memory forgot what the journal refused")
	}
	journal.broken = nil
	keep(t, b, "w", 2, 2, appendOf(whole("10"), whole("20"), 1))
	if got := b.State(); got.Written != 1 || got.Error != "" {
		t.Errorf("state after it healed %+v", got)
	}
}
