package journal

import (
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// failing disks are told by what they do to the operation that fails.
type fault string

const (
	full     fault = "no space left"      // nothing of a write arrives
	short    fault = "half of it arrives" // and then there is no space
	broken   fault = "input/output error"
	readOnly fault = "read-only file system"
)

func (f fault) err() error {
	switch f {
	case broken:
		return syscall.EIO
	case readOnly:
		return syscall.EROFS
	}
	return syscall.ENOSPC
}

// faultyDisk fails operations number from to upTo, counted from 1 over all
// kinds of operations.
type faultyDisk struct {
	*fakeWorld
	kind       fault
	from, upTo int

	mu   sync.Mutex
	done int
	hits []string
}

// next counts an operation and says whether it fails.
func (d *faultyDisk) next(op string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.done++
	if d.done < d.from || d.done > d.upTo {
		return nil
	}
	d.hits = append(d.hits, op)
	return d.kind.err()
}

func (d *faultyDisk) heal() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.upTo = 0
}

func (d *faultyDisk) world() world {
	w := d.fakeWorld.world()
	onPath := func(op string, do func(string) error) func(string) error {
		return func(path string) error {
			if err := d.next(op); err != nil {
				return err
			}
			return do(path)
		}
	}
	w.makeFolder, w.remove = onPath("mkdir", w.makeFolder), onPath("remove", w.remove)
	open, rename, truncate := w.openFile, w.rename, w.truncate
	w.openFile = func(path string, flag int) (file, error) {
		if err := d.next("open"); err != nil {
			return nil, err
		}
		f, err := open(path, flag)
		return &faultyFile{f, d}, err
	}
	w.rename = func(from, to string) error {
		if err := d.next("rename"); err != nil {
			return err
		}
		return rename(from, to)
	}
	w.truncate = func(path string, size int64) error {
		if err := d.next("truncate"); err != nil {
			return err
		}
		return truncate(path, size)
	}
	return w
}

type faultyFile struct {
	file
	disk *faultyDisk
}

func (f *faultyFile) Write(p []byte) (int, error) {
	err := f.disk.next("write")
	if err == nil {
		return f.file.Write(p)
	}
	n := 0
	if f.disk.kind == short {
		n, _ = f.file.Write(p[:len(p)/2])
	}
	return n, err
}

func (f *faultyFile) Sync() error {
	if err := f.disk.next("sync"); err != nil {
		return err
	}
	return f.file.Sync()
}

func (f *faultyFile) Truncate(size int64) error {
	if err := f.disk.next("cut"); err != nil {
		return err
	}
	return f.file.Truncate(size)
}

func (f *faultyFile) Close() error {
	err := f.disk.next("close")
	if other := f.file.Close(); err == nil {
		err = other
	}
	return err
}

// life is a journal's life on a disk that may fail: it finds what earlier lives
// left, fills segments, closes idle ones, deletes the oldest, and goes on.
type life struct {
	t        *testing.T
	name     string
	dir      string
	disk     *faultyDisk
	journal  *Segments
	appended map[string][]string // bodies, in order; "" = it was not taken
	total    int64
	told     []string
	errors   int // looks at State that found one
}

func newLife(t *testing.T, kind fault, from, upTo int) *life {
	l := &life{
		t: t, name: fmt.Sprintf("operations %d to %d: %s", from, upTo, kind), dir: t.TempDir(), appended: map[string][]string{},
		disk: &faultyDisk{fakeWorld: newFake(), kind: kind, from: from, upTo: upTo},
	}
	l.leftovers()
	j, err := open(l.dir, Options{SegmentBytes: 250, FlushEvery: time.Hour, Retention: 1e6 * time.Hour, Log: func(err error) { l.told = append(l.told, err.Error()) }}, l.disk.world())
	if err != nil {
		t.Fatal(err)
	}
	l.journal = j
	return l
}

// leftovers are what a dead writer may leave: a torn write in one stream, a
// header that was begun in another, and a foreign segment in a third.
func (l *life) leftovers() {
	before, err := open(l.dir, Options{FlushEvery: time.Hour}, newFake().world())
	if err != nil {
		l.t.Fatal(err)
	}
	for _, name := range []string{"torn", "begun", "foreign"} {
		l.append(before, name)
	}
	before.Close()
	l.disk.done = 0
	torn := filepath.Join(l.dir, "torn", firstSegment)
	write(l.t, torn, append(read(l.t, torn), 9, 9, 9))
	write(l.t, filepath.Join(l.dir, "begun", "00000000000000000002.seg"), []byte("knjo"))
	write(l.t, filepath.Join(l.dir, "foreign", "00000000000000000002.seg"), []byte(strings.Repeat("letters home\n", 9)))
}

func (l *life) append(j *Segments, name string) {
	body := fmt.Sprint(name, " ", len(l.appended[name])+1)
	e := entry(1)
	e.Body = []byte(body)
	l.total++
	if j.Append(l.t.Context(), name, []messages.Entry{e}) != nil {
		body = ""
	}
	l.appended[name] = append(l.appended[name], body)
	l.look(j)
}

// look is somebody's who asks how the journal is.
func (l *life) look(j *Segments) {
	if j.State().Error != "" {
		l.errors++
	}
}

var lifeStreams = []string{"torn", "begun", "foreign", "new"}

// run lives it. Errors of the journal are its own business.
func (l *life) run() {
	for round := range 8 {
		for i, name := range lifeStreams {
			if round%(i+1) == 0 {
				l.append(l.journal, name)
			}
		}
		_ = l.journal.flush()
		l.disk.pass(retryAfter / 2)
		if round%4 == 3 {
			_ = l.journal.Sync()
			l.look(l.journal)
			l.disk.pass(idleClose + time.Second)
			l.journal.tend()
		}
		l.look(l.journal)
	}
}

// judge heals the disk, and holds what can be read to what was said of it.
func (l *life) judge() {
	l.t.Helper()
	l.disk.heal()
	l.disk.pass(idleClose + time.Second)
	for _, name := range lifeStreams {
		l.append(l.journal, name)
	}
	_ = l.journal.flush()
	l.journal.tend()
	if state := l.journal.State(); state.Error != "" {
		l.t.Errorf("%s: the disk is well, and the journal says %s", l.name, state.Error)
	}
	if err := l.journal.Close(); err != nil {
		l.t.Errorf("%s: Close = %v", l.name, err)
	}
	state := l.journal.State()
	if state.Written+state.Dropped != l.total-3 { // three by the dead writer
		l.t.Errorf("%s: %d written and %d dropped of %d", l.name, state.Written, state.Dropped, l.total-3)
	}
	r, err := OpenReader(l.dir)
	if err != nil {
		l.t.Fatal(err)
	}
	found := int64(0)
	for _, name := range lifeStreams {
		before, have := uint64(0), map[string]bool{}
		for _, e := range all(l.t, r, name, 0) {
			if e.Seq <= before || have[string(e.Body)] {
				l.t.Errorf("%s: stream %s has %q as Seq %d after Seq %d", l.name, name, e.Body, e.Seq, before)
			}
			before, have[string(e.Body)] = e.Seq, true
			found++
		}
		last := l.appended[name][len(l.appended[name])-1]
		if last == "" || !have[last] {
			l.t.Errorf("%s: stream %s did not come back: its last entry %q is not there", l.name, name, last)
		}
		for body := range have {
			if !taken(l.appended[name], body) {
				l.t.Errorf("%s: stream %s has %q, which it refused or never got", l.name, name, body)
			}
		}
	}
	if found != state.Written+3 {
		l.t.Errorf("%s: %d can be read, %d are said to be written", l.name, found, state.Written+3)
	}
	if len(l.disk.hits) > 0 && l.errors == 0 && len(l.told) <= leftoversTold && !harmless(l.disk.hits) {
		l.t.Errorf("%s: %v failed, and neither state nor log ever said so", l.name, l.disk.hits)
	}
	if len(l.told) > leftoversTold+6 { // the trouble and its end, a few times
		l.t.Errorf("%s: the log is flooded: %s", l.name, strings.Join(l.told, "\n"))
	}
}

// leftoversTold is what the log is told of leftovers: a torn write, a foreign
// segment.
const leftoversTold = 2

func taken(bodies []string, body string) bool {
	for _, b := range bodies {
		if b == body {
			return true
		}
	}
	return false
}

// harmless operations leave nothing unwritten: an empty folder that stays, a
// foreign segment that keeps its name.
func harmless(hits []string) bool {
	for _, op := range hits {
		if op != "rename" && op != "remove" {
			return false
		}
	}
	return true
}

// TestNoFailureOfTheDiskCostsMoreThanItIsSaidToCost lets every operation on the
// disk fail in turn, alone, with those that follow, and for the rest of the
// life: the journal goes on, counts what it could not keep, says so once, and
// is whole again when the disk is.
func TestNoFailureOfTheDiskCostsMoreThanItIsSaidToCost(t *testing.T) {
	well := newLife(t, full, 1, 0)
	well.run()
	operations := well.disk.done
	well.judge()
	if operations < 40 || well.journal.State().Dropped != 0 || well.errors > 0 {
		t.Fatalf("a life on a good disk has %d operations, state %+v: too few to tell, or not good", operations, well.journal.State())
	}
	hit := map[string]bool{}
	for _, c := range []struct {
		kind fault
		more int // operations that fail after the first
		step int // from one first to the next
	}{{full, 1 << 30, 1}, {short, 0, 1}, {broken, 0, 1}, {short, 2, 4}, {broken, 2, 4}, {readOnly, 1 << 30, 8}} {
		for n := 1; n <= operations; n += c.step {
			l := newLife(t, c.kind, n, n+c.more)
			l.run()
			l.judge()
			for _, op := range l.disk.hits {
				hit[op] = true
			}
			if t.Failed() {
				return
			}
		}
	}
	for _, op := range []string{"open", "mkdir", "write", "sync", "cut", "close", "remove", "rename", "truncate"} {
		if !hit[op] {
			t.Errorf("no %s ever failed", op)
		}
	}
}
