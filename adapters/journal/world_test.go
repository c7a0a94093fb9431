package journal

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

var noon = time.Date(2026, 10, 2, 12, 0, 0, 0, time.UTC)

// fakeWorld is a world with a clock that is set by hand, and a disk that can
// fail.
type fakeWorld struct {
	mu     sync.Mutex
	clock  time.Time
	room   int   // bytes that can still be written; < 0 = no limit
	broken error // of Sync
}

func newFake() *fakeWorld { return &fakeWorld{clock: noon, room: -1} }

func (f *fakeWorld) world() world {
	w := realWorld()
	real := w.openFile
	w.openFile = func(path string, flag int) (file, error) {
		on, err := real(path, flag)
		if err != nil {
			return nil, err
		}
		return &fakeFile{on, f}, nil
	}
	w.syncFolder = func(string) {}
	w.now = func() time.Time {
		f.mu.Lock()
		defer f.mu.Unlock()
		return f.clock
	}
	for i := range w.incarnation {
		w.incarnation[i] = byte(i)
	}
	return w
}

func (f *fakeWorld) set(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
}

func (f *fakeWorld) pass(d time.Duration) { f.set(func() { f.clock = f.clock.Add(d) }) }

// fakeFile writes as much as there is room for.
type fakeFile struct {
	file
	world *fakeWorld
}

func (f *fakeFile) Write(p []byte) (int, error) {
	f.world.mu.Lock()
	defer f.world.mu.Unlock()
	fits := len(p)
	if f.world.room >= 0 {
		fits = min(fits, f.world.room)
		f.world.room -= fits
	}
	n, err := f.file.Write(p[:fits])
	if err == nil && fits < len(p) {
		err = syscall.ENOSPC
	}
	return n, err
}

func (f *fakeFile) Sync() error {
	f.world.mu.Lock()
	defer f.world.mu.Unlock()
	if f.world.broken != nil {
		return f.world.broken
	}
	return nil // no test needs it on the disk
}

// opened is a journal that writes only when it is read, synced or closed.
func opened(t *testing.T, dir string, opts Options, f *fakeWorld) *Segments {
	t.Helper()
	if opts.FlushEvery == 0 {
		opts.FlushEvery = time.Hour
	}
	j, err := open(dir, opts, f.world())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { j.Close() })
	return j
}

// entry is an entry that is known by its number.
func entry(n int) messages.Entry {
	return messages.Entry{At: noon.Add(time.Duration(n) * time.Second), Writer: "node-0/p", Kind: "test.v1", Body: fmt.Appendf(nil, "body %d", n)}
}

func entries(from, to int) []messages.Entry {
	var all []messages.Entry
	for n := from; n <= to; n++ {
		all = append(all, entry(n))
	}
	return all
}

func add(t *testing.T, j messages.Journal, stream string, all ...messages.Entry) {
	t.Helper()
	if err := j.Append(t.Context(), stream, all); err != nil {
		t.Fatal(err)
	}
}

// source is what a Journal and a Reader have in common.
type source interface {
	Read(ctx context.Context, stream string, after uint64, yield func(messages.Entry) bool) error
}

func all(t *testing.T, j source, stream string, after uint64) []messages.Entry {
	t.Helper()
	var found []messages.Entry
	if err := j.Read(t.Context(), stream, after, func(e messages.Entry) bool {
		found = append(found, e)
		return true
	}); err != nil {
		t.Fatal(err)
	}
	return found
}

// seqs are the Seqs of what a stream holds after a Seq.
func seqs(t *testing.T, j source, stream string, after uint64) []uint64 {
	t.Helper()
	var found []uint64
	for _, e := range all(t, j, stream, after) {
		found = append(found, e.Seq)
	}
	return found
}

func upTo(from, to uint64) []uint64 {
	var n []uint64
	for ; from <= to; from++ {
		n = append(n, from)
	}
	return n
}

func wantSeqs(t *testing.T, got, want []uint64) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("Seqs = %v, want %v", got, want)
	}
}

// files lists a stream's folder.
func files(t *testing.T, dir, folder string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, folder, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range found {
		found[i] = filepath.Base(found[i])
	}
	return found
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func write(t *testing.T, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}
