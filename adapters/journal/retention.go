package journal

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// kept is one file that retention looks at.
type kept struct {
	stream string // folder
	path   string
	size   int64
	newest time.Time // about when its last entry was written
	last   bool      // the stream goes on in it
}

// retention is the place of what retention cannot do.
const retention = "retention"

// tend closes files that have been idle and deletes what is too old or too
// much.
func (j *Segments) tend() {
	j.files.Lock()
	defer j.files.Unlock()
	now := j.world.now()
	for _, s := range j.all() {
		if s.file != nil && now.Sub(s.touched) > idleClose {
			s.end(j) // reported there
		}
	}
	files, err := j.keptFiles()
	if err != nil {
		j.report(retention, err)
		return
	}
	var failed error
	for _, f := range expendable(files, now, j.opts.Retention, j.opts.MaxBytes) {
		if !j.release(f) {
			continue
		}
		if err := j.world.remove(f.path); err != nil && !os.IsNotExist(err) {
			failed = err
		}
		_ = j.world.remove(f.stream) // only an empty folder goes
	}
	if failed != nil {
		j.report(retention, failed)
		return
	}
	j.heal(func(place string, _ trouble) bool { return place == retention })
}

// expendable returns the files to delete, oldest first: whatever is older than
// keep, and, while all together are larger than limit, the oldest that no
// stream goes on in.
func expendable(files []kept, now time.Time, keep time.Duration, limit int64) []kept {
	slices.SortFunc(files, func(a, b kept) int {
		return cmp.Or(a.newest.Compare(b.newest), strings.Compare(a.path, b.path))
	})
	var total int64
	for _, f := range files {
		total += f.size
	}
	var gone []kept
	for _, f := range files {
		old := keep > 0 && now.Sub(f.newest) > keep
		much := limit > 0 && total > limit && !f.last
		if old || much {
			gone = append(gone, f)
			total -= f.size
		}
	}
	return gone
}

// keptFiles lists every segment, the ones set aside included.
func (j *Segments) keptFiles() ([]kept, error) {
	folders, err := os.ReadDir(j.dir)
	if err != nil {
		return nil, err
	}
	var files []kept
	for _, folder := range folders {
		if !folder.IsDir() {
			continue
		}
		stream := filepath.Join(j.dir, folder.Name())
		entries, err := os.ReadDir(stream)
		if err != nil {
			return nil, err
		}
		last := -1 // in files, of this stream
		for _, e := range entries {
			name := strings.TrimSuffix(e.Name(), asideSuffix)
			info, err := e.Info()
			if err != nil || !e.Type().IsRegular() || !strings.HasSuffix(name, segmentSuffix) {
				continue
			}
			if name == e.Name() {
				last = len(files) // names are in order
			}
			files = append(files, kept{stream, filepath.Join(stream, e.Name()), info.Size(), info.ModTime(), false})
		}
		if last >= 0 {
			files[last].last = true
		}
	}
	return files, nil
}

// release makes sure that no stream writes to a file; false keeps it.
func (j *Segments) release(f kept) bool {
	for _, s := range j.all() {
		s.mu.Lock()
		ours, writing := s.path == f.path, s.file != nil
		s.mu.Unlock()
		if ours && writing {
			return false
		}
		if ours {
			s.leave()
		}
	}
	return true
}
