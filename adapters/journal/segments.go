package journal

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/gofrs/flock"

	"github.com/kinesnow/kinesnow/messages"
)

// lockName is the file that tells a folder's writer.
const lockName = "journal.lock"

// ErrClosed is the error of an Append to a closed journal.
var ErrClosed = errors.New("journal: closed")

// Segments keeps event streams in append-only files. Safe for concurrent use;
// one process writes a folder.
type Segments struct {
	dir   string
	opts  Options
	world world
	lock  *flock.Flock

	waiting atomic.Int64 // bytes in memory
	written atomic.Int64 // entries
	dropped atomic.Int64 // entries
	aside   atomic.Int64 // segments
	unknown atomic.Int64 // entries that cannot be read, counted each time
	wake    chan struct{}
	full    chan struct{}
	stop    context.CancelFunc
	done    chan struct{}

	mu       sync.Mutex // guards what follows; held for memory only
	streams  map[string]*stream
	troubles map[string]trouble // by place, while they last
	unfit    map[string]bool    // segments that cannot be used, by path
	closed   bool

	files sync.Mutex // taken before any stream's; guards what is on disk
}

var _ messages.Journal = (*Segments)(nil)

// Open opens a journal's folder for writing, and makes it where it is absent.
// Streams are opened when they are first used.
//
// Errors: the folder cannot be made or locked; another process writes it.
func Open(dir string, opts Options) (*Segments, error) { return open(dir, opts, realWorld()) }

func open(dir string, opts Options, w world) (*Segments, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	lock := flock.New(filepath.Join(dir, lockName), flock.SetPermissions(0o600))
	switch ours, err := lock.TryLock(); {
	case err != nil:
		return nil, fmt.Errorf("journal: lock %s: %w", dir, err)
	case !ours:
		return nil, fmt.Errorf("journal: another process writes %s: stop it, or give this one a data_dir of its own", dir)
	}
	ctx, stop := context.WithCancel(context.Background())
	j := &Segments{
		dir: dir, opts: opts.withDefaults(), world: w, lock: lock,
		wake: make(chan struct{}, 1), full: make(chan struct{}, 1),
		stop: stop, done: make(chan struct{}),
		streams: map[string]*stream{}, troubles: map[string]trouble{}, unfit: map[string]bool{},
	}
	go j.run(ctx)
	return j, nil
}

// Append implements messages.Journal. It takes entries into memory; Read in
// this process sees them at once, other readers within FlushEvery.
//
// Errors: the stream has stopped after a failed write and tries again later,
// the disk is too slow, an entry is too large, or the journal is closed. The
// entries are counted as dropped then.
func (j *Segments) Append(ctx context.Context, name string, entries []messages.Entry) error {
	err := ctx.Err()
	if err == nil && len(entries) > 0 {
		err = j.append(name, entries)
	}
	if err != nil {
		j.dropped.Add(int64(len(entries)))
	}
	return err
}

func (j *Segments) append(name string, entries []messages.Entry) error {
	if limit := 16 * j.opts.FlushBytes; j.waiting.Load() > limit {
		return fmt.Errorf("journal: stream %s: more than %d bytes wait for the disk", name, limit)
	}
	s, err := j.stream(name)
	if err != nil {
		return err
	}
	n, err := s.take(j, entries)
	if err != nil {
		return fmt.Errorf("journal: stream %s: %w", name, err)
	}
	if j.waiting.Add(n) >= j.opts.FlushBytes {
		signal(j.full)
	}
	signal(j.wake)
	return nil
}

// Read implements messages.Journal. It reads what is on disk, after everything
// that waited has been written.
func (j *Segments) Read(ctx context.Context, name string, after uint64, yield func(messages.Entry) bool) error {
	j.flush()
	return readFiles(ctx, j.dir, name, &scan{after: after, aside: j.setAside, unknown: func() { j.unknown.Add(1) }, yield: yield})
}

// Streams lists the streams' names, sorted. One that was never written to
// disk is not among them.
func (j *Segments) Streams() ([]string, error) {
	j.flush()
	return listStreams(j.dir)
}

// State returns how the journal is. Written counts entries on their way to the
// disk too; Error is gone again once every stream writes. It never waits for
// the disk.
func (j *Segments) State() messages.JournalState {
	state := messages.JournalState{
		Written: j.written.Load(), Dropped: j.dropped.Load(), SetAside: j.aside.Load(), Unknown: j.unknown.Load(),
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if names := slices.Sorted(maps.Keys(j.troubles)); len(names) > 0 {
		state.Error = j.troubles[names[0]].err.Error()
		if more := len(names) - 1; more > 0 {
			state.Error += fmt.Sprintf(" (and %d more)", more)
		}
	}
	return state
}

// SetAside returns how many segments were found that cannot be used.
func (j *Segments) SetAside() int64 { return j.aside.Load() }

// Sync writes what waits and returns once it is safe from a crash of the
// machine.
func (j *Segments) Sync() error {
	errs := []error{j.flush()}
	j.files.Lock()
	defer j.files.Unlock()
	for _, s := range j.all() {
		errs = append(errs, s.sync(j))
	}
	return errors.Join(errs...)
}

// Close writes and syncs everything and gives the folder up.
func (j *Segments) Close() error {
	j.mu.Lock()
	if j.closed {
		j.mu.Unlock()
		return nil
	}
	j.closed = true
	j.mu.Unlock()
	j.stop()
	<-j.done
	for _, s := range j.all() {
		s.close()
	}
	errs := []error{j.flush()}
	j.files.Lock()
	defer j.files.Unlock()
	for _, s := range j.all() {
		errs = append(errs, s.end(j))
	}
	return errors.Join(append(errs, j.lock.Unlock())...)
}

// stream returns a stream, which may not have been opened yet.
func (j *Segments) stream(name string) (*stream, error) {
	folder, err := folderName(name)
	if err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.closed {
		return nil, ErrClosed
	}
	s := j.streams[name]
	if s == nil {
		s = &stream{name: name, dir: filepath.Join(j.dir, folder)}
		j.streams[name] = s
	}
	return s, nil
}

// all returns the streams in use.
func (j *Segments) all() []*stream {
	j.mu.Lock()
	defer j.mu.Unlock()
	all := make([]*stream, 0, len(j.streams))
	for _, s := range j.streams {
		all = append(all, s)
	}
	return all
}
