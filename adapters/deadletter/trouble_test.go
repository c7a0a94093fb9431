package deadletter

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/kinesnow/kinesnow/messages"
)

// fullDisk has room for so many bytes, and may refuse to sync.
type fullDisk struct {
	disk
	room   *int
	broken *error
}

func (f fullDisk) Write(p []byte) (int, error) {
	fits := min(len(p), *f.room)
	*f.room -= fits
	n, err := f.disk.Write(p[:fits])
	if err == nil && fits < len(p) {
		err = syscall.ENOSPC
	}
	return n, err
}

func (f fullDisk) Sync() error {
	if *f.broken != nil {
		return *f.broken
	}
	return f.disk.Sync()
}

func TestAFullDiskKeepsNothingOfACallAndSaysWhere(t *testing.T) {
	dir := t.TempDir()
	q := opened(t, dir, Options{MaxPerMinute: 3})
	room, broken := 1<<20, error(nil)
	create := q.create
	q.create = func(path string) (disk, error) {
		on, err := create(path)
		return fullDisk{on, &room, &broken}, err
	}
	put(t, q, letter(1))
	for _, trouble := range []func(){func() { room = 300 }, func() { room, broken = 1<<20, syscall.EIO }} {
		trouble()
		err := q.Put(t.Context(), letters(2, 3))
		if err == nil || !strings.Contains(err.Error(), dir) || !errors.Is(err, syscall.ENOSPC) && !errors.Is(err, syscall.EIO) {
			t.Fatalf("Put = %v, want an error with the folder and the cause", err)
		}
		wantKept(t, dir, "1")
	}
	broken = nil
	put(t, q, letters(2, 3)...) // the failed calls used nothing of the minute
	wantKept(t, dir, "1 2 3")
	if got := q.State(); got != (messages.LetterState{Written: 3, Failed: 2}) {
		t.Errorf("state = %+v, want 3 written", got)
	}
}

func TestAFolderThatWentAwayIsAnError(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "gone")
	q := opened(t, dir, Options{})
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := q.Put(t.Context(), letters(1, 1)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("Put = %v", err)
	}
}

func TestLinesThatAreNoLetterArePassedOver(t *testing.T) {
	dir := t.TempDir()
	q := opened(t, dir, Options{})
	put(t, q, letters(1, 2)...)
	q.Close()
	path := files(t, dir)[0]
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := bytes.Cut(b, []byte("\n"))
	b = append(append(bytes.Clone(first), "\nnot json\n"...), b...) // letter 1, a bad line, 1, 2
	if err := os.WriteFile(path, b[:len(b)-1], 0o600); err != nil { // the last line is torn
		t.Fatal(err)
	}
	os.WriteFile(filepath.Join(dir, "notes.txt"), []byte("hello"), 0o600)
	if got, bad := kept(t, dir); got != "1 1" || bad != 2 {
		t.Errorf("kept %q and %d bad lines, want 1 1 and 2", got, bad)
	}
}
