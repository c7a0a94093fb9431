package deadletter

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// Defaults of Options.
const (
	DefaultMaxPerMinute = 1000
	DefaultSegmentBytes = 64 << 20
)

// ErrClosed is the error of a Put after Close.
var ErrClosed = errors.New("deadletter: closed")

// Options bound what is kept.
type Options struct {
	MaxPerMinute int              // letters; the rest is counted only; 0 = 1,000
	SegmentBytes int64            // a new file is begun once one has so many; 0 = 64 MiB
	Now          func() time.Time // nil = time.Now
}

// disk is what the queue needs of an open file.
type disk interface {
	io.WriteCloser
	Sync() error
	Truncate(size int64) error
}

// File keeps letters in files of one folder. Safe for concurrent use.
type File struct {
	dir     string
	opts    Options
	create  func(path string) (disk, error)
	written atomic.Int64
	capped  atomic.Int64
	failed  atomic.Int64
	trouble atomic.Pointer[string] // of the last attempt; nil = it kept all

	mu     sync.Mutex
	closed bool
	file   disk // nil = the next Put begins one
	size   int64
	begun  int // files, by this process
	minute time.Time
	used   int // letters of that minute
}

var _ messages.DeadLetter = (*File)(nil)

// OpenFile returns the dead-letter queue of a folder, which it makes where it
// is absent. Payloads are the users' data: folder and files are the owner's
// alone.
func OpenFile(dir string, opts Options) (*File, error) {
	if opts.MaxPerMinute <= 0 {
		opts.MaxPerMinute = DefaultMaxPerMinute
	}
	if opts.SegmentBytes <= 0 {
		opts.SegmentBytes = DefaultSegmentBytes
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("deadletter: %w", err)
	}
	return &File{dir: dir, opts: opts, create: createFile}, nil
}

func createFile(path string) (disk, error) {
	return os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE|os.O_EXCL, 0o600)
}

// Put implements messages.DeadLetter: it writes the letters and syncs them. Of
// more than MaxPerMinute in one minute the rest is counted only.
//
// Errors name the folder. Nothing of the call is kept then, and the same
// letters can be put again later.
func (f *File) Put(ctx context.Context, letters []messages.Letter) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return ErrClosed
	}
	kept := f.within(letters)
	if len(kept) > 0 {
		lines, err := encode(kept)
		if err == nil {
			err = f.write(lines)
		}
		if err != nil {
			err = fmt.Errorf("deadletter: cannot keep %d letters in %s: %w", len(kept), f.dir, err)
			text := err.Error()
			f.trouble.Store(&text)
			f.failed.Add(1)
			return err
		}
		f.trouble.Store(nil)
	}
	f.used += len(kept)
	f.written.Add(int64(len(kept)))
	f.capped.Add(int64(len(letters) - len(kept)))
	return nil
}

// State returns the account.
func (f *File) State() messages.LetterState {
	s := messages.LetterState{Written: f.written.Load(), Capped: f.capped.Load(), Failed: f.failed.Load()}
	if text := f.trouble.Load(); text != nil {
		s.Error = *text
	}
	return s
}

// Close implements messages.DeadLetter. Every letter is safe already.
func (f *File) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	if f.file == nil {
		return nil
	}
	err := f.file.Close()
	f.file = nil
	return err
}

// within returns the letters that the running minute has room for.
func (f *File) within(letters []messages.Letter) []messages.Letter {
	if now := f.opts.Now(); now.Sub(f.minute).Abs() >= time.Minute {
		f.minute, f.used = now, 0
	}
	return letters[:min(len(letters), max(0, f.opts.MaxPerMinute-f.used))]
}

// encode writes letters as lines.
func encode(letters []messages.Letter) ([]byte, error) {
	var lines []byte
	for i := range letters {
		line, err := json.Marshal(&letters[i])
		if err != nil {
			return nil, err
		}
		lines = append(append(lines, line...), '\n')
	}
	return lines, nil
}

// write appends lines and syncs them, all or none.
func (f *File) write(lines []byte) error {
	if f.file == nil {
		if err := f.begin(); err != nil {
			return err
		}
	}
	_, err := f.file.Write(lines)
	if err == nil {
		err = f.file.Sync()
	}
	if err != nil {
		// Back to the last whole letter, and never again through a
		// descriptor that has failed.
		err = errors.Join(err, f.file.Truncate(f.size))
		f.file.Close()
		f.file = nil
		return err
	}
	f.size += int64(len(lines))
	if f.size < f.opts.SegmentBytes {
		return nil
	}
	f.file.Close() // synced already
	f.file = nil
	return nil
}

// begin makes the next file.
func (f *File) begin() error {
	f.begun++
	name := fmt.Sprintf("letters-%s-%d%s", f.opts.Now().UTC().Format("20060102T150405.000000000Z"), f.begun, suffix)
	file, err := f.create(filepath.Join(f.dir, name))
	if err != nil {
		return err
	}
	syncFolder(f.dir) // the name has to be safe, too
	f.file, f.size = file, 0
	return nil
}
