package journal

import (
	"crypto/rand"
	"io"
	"os"
	"time"
)

// Defaults of Options.
const (
	DefaultSegmentBytes = 64 << 20
	DefaultFlushEvery   = 200 * time.Millisecond
	DefaultFlushBytes   = 1 << 20
)

// Options bound a journal on disk. The zero value keeps everything for ever.
type Options struct {
	SegmentBytes int64         // a segment is closed once it has so many; 0 = 64 MiB
	Retention    time.Duration // segments whose last entry is older are deleted; 0 = never
	MaxBytes     int64         // of all segments; the oldest closed ones are deleted above it; 0 = no limit
	FlushEvery   time.Duration // how long an entry may wait in memory; 0 = 200 ms
	FlushBytes   int64         // how many bytes may wait before they are written at once; 0 = 1 MiB
	// Log is told when trouble begins, not how often it repeats, and when it is
	// over; it must not call the journal; may be nil.
	Log func(error)
}

func (o Options) withDefaults() Options {
	o.SegmentBytes = orDefault(o.SegmentBytes, DefaultSegmentBytes)
	o.FlushBytes = orDefault(o.FlushBytes, DefaultFlushBytes)
	if o.FlushEvery <= 0 {
		o.FlushEvery = DefaultFlushEvery
	}
	if o.Log == nil {
		o.Log = func(error) {}
	}
	return o
}

// file is what a segment needs of the disk to be written.
type file interface {
	io.WriteCloser
	Sync() error
	Truncate(size int64) error
}

// world is what a journal takes from outside: disk, clock and chance.
type world struct {
	openFile    func(path string, flag int) (file, error)
	makeFolder  func(path string) error
	remove      func(path string) error
	rename      func(from, to string) error
	truncate    func(path string, size int64) error
	syncFolder  func(path string)
	now         func() time.Time
	incarnation [16]byte
}

func realWorld() world {
	w := world{
		openFile:   func(path string, flag int) (file, error) { return os.OpenFile(path, flag, 0o600) },
		makeFolder: func(path string) error { return os.MkdirAll(path, 0o700) },
		remove:     os.Remove,
		rename:     os.Rename,
		truncate:   os.Truncate,
		syncFolder: syncFolder,
		now:        time.Now,
	}
	rand.Read(w.incarnation[:]) // never fails
	return w
}
