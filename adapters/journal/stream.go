package journal

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// retryAfter is how long a stream stays stopped after a failed write.
const retryAfter = 10 * time.Second

// idleClose is how long a segment's file stays open without a write.
const idleClose = time.Minute

// stream is one stream's end: what waits in memory, and the segment that is
// written to.
type stream struct {
	name string
	dir  string

	mu      sync.Mutex
	closed  bool
	found   bool   // the end on disk is known
	next    uint64 // Seq of the next entry
	waiting []byte // frames
	count   int64  // of entries in waiting
	first   uint64 // Seq of the first of them
	retry   time.Time

	// Under Segments.files, and written under mu too.
	path    string // of the last segment; "" = the next write makes one
	size    int64
	made    time.Time
	file    file // nil = not open
	touched time.Time
	torn    segmentEnd // of a segment that could not be cut there
}

// place is where trouble is that is this stream's.
func (s *stream) place() string { return "stream " + s.name }

// take numbers and encodes entries, all or none, and returns their bytes.
func (s *stream) take(j *Segments, entries []messages.Entry) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return 0, ErrClosed
	}
	if now := j.world.now(); now.Before(s.retry) {
		return 0, fmt.Errorf("stopped after a failed write, next try in %s", s.retry.Sub(now).Round(time.Second))
	}
	if !s.found {
		if err := s.find(j); err != nil {
			s.retry = j.world.now().Add(retryAfter)
			j.report(s.place(), err)
			return 0, err
		}
	}
	before, next := len(s.waiting), s.next
	for i := range entries {
		entries[i].Seq = next
		frames, err := appendFrame(s.waiting, &entries[i])
		if err != nil {
			s.waiting = s.waiting[:before]
			return 0, err
		}
		s.waiting = frames
		next++
	}
	if before == 0 {
		s.first = s.next
	}
	s.next = next
	s.count += int64(len(entries))
	j.written.Add(int64(len(entries)))
	return int64(len(s.waiting) - before), nil
}

// find looks for the stream's end on disk: it cuts a torn write off and sets
// aside what is no segment. mu is held.
func (s *stream) find(j *Segments) error {
	segments, err := listSegments(s.dir)
	if err != nil {
		return err
	}
	s.next = 1
	for i := len(segments) - 1; i >= 0; i-- {
		last := segments[i]
		end, err := findEnd(last)
		switch {
		case errors.Is(err, errNoHeader):
			// Its writer died before anything was in it.
			if err := j.world.remove(last.path); err != nil {
				return err
			}
			s.next = max(s.next, last.first)
			continue
		case unusable(err):
			j.setAside(last.path, err)
			s.next = max(s.next, last.first+1)
			continue
		case err != nil:
			return err
		}
		s.next = max(s.next, end.next)
		if i < len(segments)-1 {
			break // a later one was there: this one stays closed
		}
		if err := s.cut(j, last, end); err != nil {
			return err
		}
		break
	}
	s.found = true
	return nil
}

// cut takes the last segment as the one to go on in, without what is torn.
func (s *stream) cut(j *Segments, last segment, end segmentEnd) error {
	info, err := os.Stat(last.path)
	if err != nil {
		return err
	}
	if extra := info.Size() - end.size; extra > 0 {
		if err := j.world.truncate(last.path, end.size); err != nil {
			return err
		}
		j.opts.Log(fmt.Errorf("journal: stream %s: cut %d bytes of a torn write off %s", s.name, extra, filepath.Base(last.path)))
	}
	s.path, s.size, s.made = last.path, end.size, end.made
	return nil
}

// segmentEnd is where a segment's last whole frame ends.
type segmentEnd struct {
	path string
	size int64
	next uint64 // Seq after its last entry
	made time.Time
}

func findEnd(segment segment) (segmentEnd, error) {
	in, err := openSegment(segment.path, 0)
	if err != nil {
		return segmentEnd{}, err
	}
	defer in.file.Close()
	end := segmentEnd{path: segment.path, next: segment.first, made: in.header.made}
	for {
		payload, err := in.next()
		if errors.Is(err, io.EOF) || errors.Is(err, errBadFrame) {
			end.size = in.end
			return end, nil
		}
		if err != nil {
			return end, err
		}
		end.next++
		if e, err := decodeEntry(payload); err == nil {
			end.next = max(end.next, e.Seq+1)
		}
	}
}

// close refuses what comes from now on.
func (s *stream) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
}
