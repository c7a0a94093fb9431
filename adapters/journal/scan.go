package journal

import (
	"context"
	"errors"
	"io"
	"os"

	"github.com/kinesnow/kinesnow/messages"
)

// scan reads one stream's files, beside a writer or without one.
type scan struct {
	dir   string
	after uint64
	aside func(path string, cause error) // told of a segment that cannot be used
	// unknown is told of a whole frame that is no entry of this version.
	unknown func()
	yield   func(messages.Entry) bool

	at     uint64 // first of the segment read last
	offset int64  // how far into it
}

// run yields every entry after s.after and ends at the end of the last
// segment.
func (s *scan) run(ctx context.Context) error {
	for {
		segments, err := listSegments(s.dir)
		if err != nil {
			return err
		}
		segments = s.left(segments)
		for i, segment := range segments {
			last := i == len(segments)-1
			if more, err := s.segment(ctx, segment, last); err != nil || !more {
				return err
			}
		}
		// What was the last segment may have been closed since, and others
		// begun.
		now, err := listSegments(s.dir)
		if err != nil || len(now) == 0 || now[len(now)-1].first <= s.at || len(segments) == 0 {
			return err
		}
	}
}

// left leaves out the segments that hold nothing after s.after, and those that
// were read.
func (s *scan) left(segments []segment) []segment {
	for len(segments) > 0 && (segments[0].first < s.at || len(segments) > 1 && segments[1].first <= s.after+1) {
		segments = segments[1:]
	}
	return segments
}

// segment yields one segment's entries; more is false once yield has had
// enough.
func (s *scan) segment(ctx context.Context, segment segment, last bool) (more bool, err error) {
	offset := int64(0)
	if segment.first == s.at {
		offset = s.offset
	}
	s.at, s.offset = segment.first, offset
	if !last {
		if err := check(segment.path, offset); unusable(err) {
			s.aside(segment.path, err)
			return true, nil
		} else if err != nil {
			return true, ignoreGone(err)
		}
	}
	in, err := openSegment(segment.path, offset)
	switch {
	case errors.Is(err, errNoHeader) && last:
		return true, nil // its writer is about to write it
	case unusable(err):
		s.aside(segment.path, err)
		return true, nil
	case err != nil:
		return true, ignoreGone(err)
	}
	defer in.file.Close()
	defer func() { s.offset = in.end }()
	for ctx.Err() == nil {
		payload, err := in.next()
		switch {
		case errors.Is(err, io.EOF) || errors.Is(err, errBadFrame):
			return true, nil // in the last segment: not whole yet
		case err != nil:
			return false, err
		}
		entry, err := decodeEntry(payload)
		if err != nil {
			s.unknown()
			continue
		}
		if entry.Seq <= s.after {
			continue
		}
		s.after = entry.Seq
		if !s.yield(entry) {
			return false, nil
		}
	}
	return false, ctx.Err()
}

// check reads a whole segment and says what is wrong with it.
func check(path string, offset int64) error {
	in, err := openSegment(path, offset)
	if err != nil {
		return err
	}
	defer in.file.Close()
	return in.verify()
}

// unusable reports whether err is about what a segment holds, and not about
// reaching it.
func unusable(err error) bool {
	return errors.Is(err, errBadFrame) || errors.Is(err, errForeign) || errors.Is(err, errNewer) || errors.Is(err, errNoHeader)
}

// ignoreGone passes over a segment that retention has deleted meanwhile.
func ignoreGone(err error) error {
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}
