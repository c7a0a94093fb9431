package journal

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

func TestExpendableIsWhatIsTooOldOrTooMuch(t *testing.T) {
	file := func(name string, age time.Duration, size int64, last bool) kept {
		return kept{path: name, newest: noon.Add(-age), size: size, last: last}
	}
	for _, c := range []struct {
		name      string
		files     []kept
		retention time.Duration
		limit     int64
		want      []string
	}{
		{"nothing without limits", []kept{file("a", 1e6*time.Hour, 1e9, false)}, 0, 0, nil},
		{"what is older than retention", []kept{file("a", 3*time.Hour, 1, false), file("b", time.Hour, 1, false)}, 2 * time.Hour, 0, []string{"a"}},
		{"an old stream's last one too", []kept{file("a", 3*time.Hour, 1, true)}, 2 * time.Hour, 0, []string{"a"}},
		{"the oldest of what is too much", []kept{file("c", 1, 40, false), file("a", 3, 40, false), file("b", 2, 40, false)}, 0, 90, []string{"a"}},
		{"never what a stream goes on in, for its size", []kept{file("a", 3, 40, true), file("b", 2, 40, false), file("c", 1, 40, true)}, 0, 90, []string{"b"}},
		{"nothing at exactly the limit", []kept{file("a", 3, 45, false), file("b", 2, 45, false)}, 0, 90, nil},
	} {
		var got []string
		for _, f := range expendable(c.files, noon, c.retention, c.limit) {
			got = append(got, f.path)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestOldSegmentsGoAndTheStreamCountsOn(t *testing.T) {
	dir, disk := t.TempDir(), newFake()
	j := opened(t, dir, Options{SegmentBytes: 1, Retention: time.Hour}, disk)
	for n := 1; n <= 3; n++ {
		add(t, j, "s", entry(n))
		j.flush()
		path := segmentPath(filepath.Join(dir, "s"), uint64(n))
		if err := os.Chtimes(path, noon, noon.Add(time.Duration(n)*30*time.Minute)); err != nil {
			t.Fatal(err)
		}
	}
	disk.pass(2*time.Hour + time.Minute) // the third is 31 minutes old
	j.tend()
	wantSeqs(t, seqs(t, j, "s", 0), []uint64{3})
	disk.pass(time.Hour)
	j.tend()
	if _, err := os.Stat(filepath.Join(dir, "s")); !os.IsNotExist(err) {
		t.Errorf("the empty stream's folder is still there: %v", err)
	}
	add(t, j, "s", entry(4))
	wantSeqs(t, seqs(t, j, "s", 0), []uint64{4})
}

func TestASegmentBeingWrittenIsNeverDeleted(t *testing.T) {
	dir, disk := t.TempDir(), newFake()
	j := opened(t, dir, Options{Retention: time.Hour}, disk)
	add(t, j, "s", entry(1))
	j.flush()
	long := noon.Add(-100 * time.Hour)
	if err := os.Chtimes(filepath.Join(dir, "s", firstSegment), long, long); err != nil {
		t.Fatal(err)
	}
	j.tend()
	wantSeqs(t, seqs(t, j, "s", 0), []uint64{1})
	disk.pass(idleClose + time.Second) // now it is closed, and old
	j.tend()
	wantSeqs(t, seqs(t, j, "s", 0), nil)
}

func TestASegmentIsClosedBeforeItsFirstEntriesOutliveRetention(t *testing.T) {
	dir, disk := t.TempDir(), newFake()
	j := opened(t, dir, Options{Retention: time.Hour}, disk)
	for n := 1; n <= 3; n++ {
		add(t, j, "s", entry(n))
		j.flush()
		disk.pass(31 * time.Minute)
	}
	if got := files(t, dir, "s"); len(got) != 2 {
		t.Errorf("files = %v, want two", got)
	}
}

func TestManyStreamsShareTheSpace(t *testing.T) {
	j := opened(t, t.TempDir(), Options{MaxBytes: 10 << 20}, newFake())
	if got := j.segmentLimit(); got != 5<<20 {
		t.Errorf("limit without streams %d, want half the space", got)
	}
	for n := range 10 {
		add(t, j, string(rune('a'+n)), entry(n))
	}
	if got := j.segmentLimit(); got != 512<<10 {
		t.Errorf("limit with 10 streams %d, want a twentieth of the space", got)
	}
}
