package journal

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

const firstSegment = "00000000000000000001.seg"

func TestAReopenedJournalCountsOn(t *testing.T) {
	dir := t.TempDir()
	for round := range 3 {
		j := opened(t, dir, Options{}, newFake())
		add(t, j, "s", entries(1, 2)...)
		wantSeqs(t, seqs(t, j, "s", 0), upTo(1, uint64(2*round+2)))
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if got := files(t, dir, "s"); !slices.Equal(got, []string{firstSegment}) {
		t.Errorf("files = %v, want one segment", got)
	}
}

func TestAnEntryIsOnDiskWithinTheFlushInterval(t *testing.T) {
	dir := t.TempDir()
	j := opened(t, dir, Options{FlushEvery: time.Millisecond}, newFake())
	reader, err := OpenReader(dir)
	if err != nil {
		t.Fatal(err)
	}
	add(t, j, "s", entry(1))
	for len(seqs(t, reader, "s", 0)) == 0 {
		time.Sleep(time.Millisecond) // ends with the test's own limit at the latest
	}
}

func TestMuchThatWaitsIsWrittenAtOnce(t *testing.T) {
	dir := t.TempDir()
	j := opened(t, dir, Options{FlushBytes: 1000}, newFake())
	reader, err := OpenReader(dir)
	if err != nil {
		t.Fatal(err)
	}
	add(t, j, "s", entries(1, 50)...)
	for len(seqs(t, reader, "s", 0)) == 0 {
		time.Sleep(time.Millisecond)
	}
}

func TestAFullSegmentIsFollowedByAnother(t *testing.T) {
	dir := t.TempDir()
	j := opened(t, dir, Options{SegmentBytes: 500}, newFake())
	for n := 1; n <= 20; n++ {
		add(t, j, "s", entry(n))
		if err := j.Sync(); err != nil {
			t.Fatal(err)
		}
	}
	if got := files(t, dir, "s"); len(got) < 3 || got[0] != firstSegment {
		t.Fatalf("files = %v, want several", got)
	}
	wantSeqs(t, seqs(t, j, "s", 0), upTo(1, 20))
	wantSeqs(t, seqs(t, j, "s", 13), upTo(14, 20))
	j.Close()
	wantSeqs(t, seqs(t, opened(t, dir, Options{}, newFake()), "s", 0), upTo(1, 20))
}

func TestASecondWriterIsRefused(t *testing.T) {
	dir := t.TempDir()
	j := opened(t, dir, Options{}, newFake())
	if _, err := Open(dir, Options{}); err == nil || !strings.Contains(err.Error(), dir) || !strings.Contains(err.Error(), "data_dir") {
		t.Errorf("second Open: %v, want an error with the folder and the way out", err)
	}
	j.Close()
	second, err := Open(dir, Options{})
	if err != nil {
		t.Fatalf("Open after Close: %v", err)
	}
	second.Close()
}

func TestAClosedJournalTakesNothing(t *testing.T) {
	j := opened(t, t.TempDir(), Options{}, newFake())
	add(t, j, "s", entry(1))
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	for _, stream := range []string{"s", "new"} {
		if err := j.Append(t.Context(), stream, entries(1, 1)); !errors.Is(err, ErrClosed) {
			t.Errorf("Append to %s = %v, want ErrClosed", stream, err)
		}
	}
	if err := j.Close(); err != nil {
		t.Errorf("second Close = %v", err)
	}
}

func TestAnEntryThatIsTooLargeIsRefusedWithItsBatch(t *testing.T) {
	j := opened(t, t.TempDir(), Options{}, newFake())
	huge := entry(2)
	huge.Body = make([]byte, MaxEntryBytes)
	if err := j.Append(t.Context(), "s", []messages.Entry{entry(1), huge}); err == nil {
		t.Error("an entry above the limit was taken")
	}
	add(t, j, "s", entry(3))
	got := all(t, j, "s", 0)
	if len(got) != 1 || got[0].Seq != 1 || string(got[0].Body) != "body 3" {
		t.Errorf("the journal has %v, want entry 3 alone, as Seq 1", got)
	}
	if state := j.State(); state.Dropped != 2 {
		t.Errorf("dropped %d, want 2", state.Dropped)
	}
}

func TestADiskThatIsTooSlowCostsEntriesAndNotTime(t *testing.T) {
	j := opened(t, t.TempDir(), Options{FlushBytes: 100}, newFake())
	j.files.Lock() // as a write that does not come back
	var err error
	for n := 0; err == nil && n < 1000; n++ {
		err = j.Append(t.Context(), "s", entries(n, n))
	}
	dropped := j.State().Dropped
	j.files.Unlock()
	if err == nil || dropped != 1 {
		t.Errorf("error %v, dropped %d, want one entry dropped once 1,600 bytes wait", err, dropped)
	}
}

func TestStreamNamesSurviveTheirFolders(t *testing.T) {
	dir := t.TempDir()
	j := opened(t, dir, Options{}, newFake())
	names := []string{".", "..", "connector", "leases/node-0", "shard/shardId-000000000003", "ä b%2F\\:*"}
	for _, name := range names {
		add(t, j, name, entry(1))
	}
	got, err := j.Streams()
	if err != nil || !slices.Equal(got, names) {
		t.Errorf("streams = %q, %v, want %q", got, err, names)
	}
	for _, bad := range []string{"", strings.Repeat("x", 201)} {
		if err := j.Append(t.Context(), bad, entries(1, 1)); err == nil {
			t.Errorf("stream name %q was taken", bad)
		}
	}
}
