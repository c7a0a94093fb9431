package journal

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"

	"github.com/kinesnow/kinesnow/messages"
)

// Reader reads a journal's folder, also while another process writes it. It
// changes nothing. Safe for concurrent use.
type Reader struct {
	dir   string
	aside atomic.Int64
	odd   atomic.Int64
}

// OpenReader returns a reader of dir.
//
// Errors: dir is not there, or no folder.
func OpenReader(dir string) (*Reader, error) {
	info, err := os.Stat(dir)
	if err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("journal: %s is no folder", dir)
	}
	return &Reader{dir: dir}, nil
}

// Streams lists the streams' names, sorted.
func (r *Reader) Streams() ([]string, error) { return listStreams(r.dir) }

// Read yields a stream's entries after Seq after, oldest first, until yield
// answers false. A stream that is not there has none. What the writer has not
// written yet (200 ms by default) is not seen.
func (r *Reader) Read(ctx context.Context, stream string, after uint64, yield func(messages.Entry) bool) error {
	return readFiles(ctx, r.dir, stream, &scan{
		after: after, aside: func(string, error) { r.aside.Add(1) }, unknown: func() { r.odd.Add(1) }, yield: yield,
	})
}

// SetAside returns how many segments were passed over because they could not
// be used, counted each time.
func (r *Reader) SetAside() int64 { return r.aside.Load() }

// Unknown returns how many entries were passed over because they were whole and
// yet no entry of this version, counted each time.
func (r *Reader) Unknown() int64 { return r.odd.Load() }

// readFiles lets a scan read a stream's folder.
func readFiles(ctx context.Context, dir, stream string, s *scan) error {
	folder, err := folderName(stream)
	if err != nil {
		return err
	}
	s.dir = filepath.Join(dir, folder)
	if err := s.run(ctx); err != nil {
		return fmt.Errorf("journal: stream %s: %w", stream, err)
	}
	return nil
}
