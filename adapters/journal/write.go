package journal

import (
	"errors"
	"fmt"
	"os"
	"time"
)

// minSegmentBytes is the least that many streams shrink a segment to.
const minSegmentBytes = 64 << 10

// write writes what waits in memory, if anything does. Segments.files is held.
func (s *stream) write(j *Segments) (wrote bool, err error) {
	s.mu.Lock()
	frames, count, first := s.waiting, s.count, s.first
	s.waiting, s.count = nil, 0
	s.mu.Unlock()
	if count == 0 {
		return false, nil
	}
	j.waiting.Add(-int64(len(frames)))
	err = s.put(j, frames, first)
	now := j.world.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.retry = time.Time{}
	if err != nil {
		s.retry = now.Add(retryAfter)
		j.written.Add(-count)
		j.dropped.Add(count)
		return false, fmt.Errorf("%d entries dropped, next try in %s: %w", count, retryAfter, err)
	}
	s.touched = now
	return true, nil
}

// put appends frames to the stream's segment, and closes it once it is full.
func (s *stream) put(j *Segments, frames []byte, first uint64) error {
	if err := s.open(j, first); err != nil {
		return err
	}
	if _, err := s.file.Write(frames); err != nil {
		return errors.Join(err, s.abandon(j))
	}
	s.size += int64(len(frames))
	if s.size >= j.segmentLimit() || s.tooOld(j) {
		s.end(j) // reported there; the frames are written
		s.leave()
	}
	return nil
}

// open makes sure that there is a file to append to.
func (s *stream) open(j *Segments, first uint64) error {
	if s.file != nil {
		return nil
	}
	if s.path == "" {
		return s.begin(j, first)
	}
	f, err := j.world.openFile(s.path, os.O_WRONLY|os.O_APPEND)
	switch {
	case err == nil:
		s.hold(s.path, f)
		return nil
	case errors.Is(err, os.ErrNotExist): // retention has deleted it
		return s.begin(j, first)
	}
	s.leave()
	return err
}

// begin makes a new segment.
func (s *stream) begin(j *Segments, first uint64) error {
	s.mend(j)
	if err := j.world.makeFolder(s.dir); err != nil {
		return err
	}
	path := segmentPath(s.dir, first)
	f, err := j.world.openFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE|os.O_EXCL)
	if err != nil {
		return err
	}
	h := header{incarnation: j.world.incarnation, first: first, made: j.world.now()}
	if _, err := f.Write(h.bytes()); err != nil {
		f.Close()
		return errors.Join(err, j.world.remove(path))
	}
	j.world.syncFolder(s.dir)
	s.hold(path, f)
	s.size, s.made = headerBytes, h.made
	return nil
}

// abandon goes back to the last whole frame and gives the segment up: nothing
// is written through a descriptor that has failed.
func (s *stream) abandon(j *Segments) error {
	err := s.file.Truncate(s.size)
	s.file.Close() // what mattered has failed already
	switch {
	case s.size == headerBytes:
		err = j.world.remove(s.path)
	case err != nil:
		s.torn = segmentEnd{path: s.path, size: s.size}
	}
	s.leave()
	return err
}

// mend takes a torn write off a segment that was given up and could not be cut
// then: left there it would cost the whole segment.
func (s *stream) mend(j *Segments) {
	if s.torn.path != "" && j.world.truncate(s.torn.path, s.torn.size) == nil {
		s.torn = segmentEnd{}
	}
}

// sync makes the open segment safe. Segments.files is held.
func (s *stream) sync(j *Segments) error {
	if s.file == nil {
		return nil
	}
	if err := s.file.Sync(); err != nil {
		// The kernel may have forgotten the failed pages: a second sync
		// of this descriptor would prove nothing.
		s.file.Close()
		s.leave()
		err = fmt.Errorf("sync: %w", err)
		j.report(s.place(), err)
		return fmt.Errorf("journal: %s: %w", s.place(), err)
	}
	return nil
}

// end syncs and closes the open segment's file; the segment stays the one to
// go on in. Segments.files is held.
func (s *stream) end(j *Segments) error {
	if err := s.sync(j); err != nil || s.file == nil {
		return err
	}
	err := s.file.Close()
	s.hold(s.path, nil)
	if err != nil {
		err = fmt.Errorf("close: %w", err)
		j.report(s.place(), err)
	}
	return err
}

// leave makes the next write begin a new segment.
func (s *stream) leave() {
	s.hold("", nil)
	s.size = 0
}

func (s *stream) hold(path string, f file) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.path, s.file = path, f
}

// tooOld reports whether a segment's first entries would outlive retention by
// waiting for its last ones.
func (s *stream) tooOld(j *Segments) bool {
	return j.opts.Retention > 0 && j.world.now().Sub(s.made) > j.opts.Retention/2
}

// segmentLimit is the size at which a segment is closed.
func (j *Segments) segmentLimit() int64 {
	limit := j.opts.SegmentBytes
	if j.opts.MaxBytes > 0 {
		j.mu.Lock()
		share := j.opts.MaxBytes / int64(2*max(1, len(j.streams)))
		j.mu.Unlock()
		limit = min(limit, max(share, minSegmentBytes))
	}
	return limit
}
