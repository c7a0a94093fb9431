package journal

import (
	"errors"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestAFullDiskStopsTheStreamAndNotForEver(t *testing.T) {
	dir, disk := t.TempDir(), newFake()
	j := opened(t, dir, Options{}, disk)
	add(t, j, "s", entries(1, 2)...)
	if err := j.Sync(); err != nil {
		t.Fatal(err)
	}

	disk.set(func() { disk.room = 20 }) // not even one frame
	add(t, j, "s", entries(3, 4)...)
	if err := j.Sync(); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("Sync = %v, want a full disk", err)
	}
	if err := j.Append(t.Context(), "s", entries(5, 7)); err == nil {
		t.Error("the stopped stream took entries")
	}
	if state := j.State(); state.Written != 2 || state.Dropped != 5 || !strings.Contains(state.Error, "no space") {
		t.Errorf("state = %+v, want 2 written, 5 dropped, and why", state)
	}
	wantSeqs(t, seqs(t, j, "s", 0), upTo(1, 2))

	disk.set(func() { disk.room = -1 })
	disk.pass(retryAfter)
	add(t, j, "s", entry(8))
	wantSeqs(t, seqs(t, j, "s", 0), []uint64{1, 2, 5}) // 3 and 4 are a hole that shows
	if state := j.State(); state.Error != "" || state.Written != 3 {
		t.Errorf("state = %+v, want no error any more", state)
	}
	j.Close()
	j = opened(t, dir, Options{}, newFake())
	wantSeqs(t, seqs(t, j, "s", 0), []uint64{1, 2, 5})
	if got := files(t, dir, "s"); len(got) != 2 || j.SetAside() != 0 {
		t.Errorf("files = %v, set aside %d: want two whole segments", got, j.SetAside())
	}
}

func TestADiskThatIsFullFromTheBeginningLeavesNoRemains(t *testing.T) {
	dir, disk := t.TempDir(), newFake()
	disk.room = 10
	j := opened(t, dir, Options{}, disk)
	add(t, j, "s", entry(1))
	if err := j.Sync(); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("Sync = %v, want a full disk", err)
	}
	disk.set(func() { disk.room = headerBytes + 5 })
	disk.pass(retryAfter)
	add(t, j, "s", entry(2))
	if err := j.Sync(); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("Sync = %v, want a full disk", err)
	}
	if got := files(t, dir, "s"); len(got) != 0 {
		t.Errorf("files = %v", got)
	}
}

func TestOneStreamsTroubleIsNotAnothers(t *testing.T) {
	dir, disk := t.TempDir(), newFake()
	j := opened(t, dir, Options{}, disk)
	write(t, filepath.Join(dir, "blocked"), nil) // a file where a folder should be
	add(t, j, "fine", entry(1))
	if err := j.Append(t.Context(), "blocked", entries(1, 1)); err == nil {
		err = j.Sync()
		if err == nil {
			t.Fatal("a stream without a folder was written")
		}
	}
	add(t, j, "fine", entry(2))
	wantSeqs(t, seqs(t, j, "fine", 0), upTo(1, 2))
	if state := j.State(); state.Error == "" || state.Dropped != 1 {
		t.Errorf("state = %+v", state)
	}
}

func TestAFailedSyncIsTheLastOfItsDescriptor(t *testing.T) {
	dir, disk := t.TempDir(), newFake()
	j := opened(t, dir, Options{}, disk)
	add(t, j, "s", entry(1))
	disk.set(func() { disk.broken = syscall.EIO })
	if err := j.Sync(); !errors.Is(err, syscall.EIO) {
		t.Fatalf("Sync = %v", err)
	}
	disk.set(func() { disk.broken = nil })
	add(t, j, "s", entry(2))
	if err := j.Sync(); err != nil {
		t.Fatal(err)
	}
	if got := files(t, dir, "s"); len(got) != 2 {
		t.Errorf("files = %v, want a new segment after the failed sync", got)
	}
	wantSeqs(t, seqs(t, j, "s", 0), upTo(1, 2))
}
