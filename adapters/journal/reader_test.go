package journal

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/kinesnow/kinesnow/messages"
)

// TestAReaderSeesAllOfARunningWriter reads while segments fill and rotate.
func TestAReaderSeesAllOfARunningWriter(t *testing.T) {
	const total = 500
	dir := t.TempDir()
	j := opened(t, dir, Options{SegmentBytes: 1000}, newFake())
	go func() {
		for n := 1; n <= total; n++ {
			if err := j.Append(t.Context(), "s", entries(n, n)); err != nil {
				t.Error(err)
			}
			j.flush()
		}
	}()
	reader, err := OpenReader(dir)
	if err != nil {
		t.Fatal(err)
	}
	for last := uint64(0); last < total; {
		if err := reader.Read(t.Context(), "s", last, func(e messages.Entry) bool {
			if e.Seq != last+1 {
				t.Fatalf("Seq %d after %d", e.Seq, last)
			}
			last = e.Seq
			return true
		}); err != nil {
			t.Fatal(err)
		}
	}
	if reader.SetAside() != 0 {
		t.Errorf("%d segments were taken for damaged", reader.SetAside())
	}
}

// TestReadingGoesOnInSegmentsThatBeginMeanwhile lets the writer rotate while
// the reader is at the end of what was the last segment.
func TestReadingGoesOnInSegmentsThatBeginMeanwhile(t *testing.T) {
	dir := t.TempDir()
	j := opened(t, dir, Options{SegmentBytes: 300}, newFake())
	add(t, j, "s", entry(1))
	j.flush()
	reader, err := OpenReader(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []uint64
	if err := reader.Read(t.Context(), "s", 0, func(e messages.Entry) bool {
		if e.Seq == 1 {
			for n := 2; n <= 9; n++ {
				add(t, j, "s", entry(n))
				j.flush()
			}
		}
		got = append(got, e.Seq)
		return true
	}); err != nil {
		t.Fatal(err)
	}
	wantSeqs(t, got, upTo(1, 9))
}

func TestAReaderNeedsAFolder(t *testing.T) {
	if _, err := OpenReader(filepath.Join(t.TempDir(), "absent")); err == nil {
		t.Error("an absent folder was opened")
	}
	path := filepath.Join(t.TempDir(), "file")
	write(t, path, nil)
	if _, err := OpenReader(path); err == nil {
		t.Error("a file was opened as a folder")
	}
}

// TestAnotherProcessReadsBesideTheWriter runs this test binary again as the
// reader.
func TestAnotherProcessReadsBesideTheWriter(t *testing.T) {
	if dir := os.Getenv("JOURNAL_READ_DIR"); dir != "" {
		reader, err := OpenReader(dir)
		if err != nil {
			t.Fatal(err)
		}
		wantSeqs(t, seqs(t, reader, "s", 0), upTo(1, 3))
		if _, err := Open(dir, Options{}); err == nil {
			t.Error("a second process may write")
		}
		return
	}
	dir := t.TempDir()
	j := opened(t, dir, Options{}, newFake())
	add(t, j, "s", entries(1, 3)...)
	j.flush()
	reader := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestAnotherProcessReadsBesideTheWriter$")
	reader.Env = append(os.Environ(), "JOURNAL_READ_DIR="+dir)
	if out, err := reader.CombinedOutput(); err != nil {
		t.Errorf("the other process: %v\n%s", err, out)
	}
}
