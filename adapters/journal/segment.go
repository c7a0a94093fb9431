package journal

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	headerBytes   = 52
	formatVersion = 1
	magic         = "knjournl"
	segmentSuffix = ".seg"
	asideSuffix   = ".bad"
)

// Why a file that is named as a segment cannot be read as one.
var (
	errNoHeader = errors.New("shorter than a header")
	errForeign  = errors.New("not a segment of this journal")
	errNewer    = errors.New("written in a newer format version")
)

// header is what stands at the beginning of a segment.
type header struct {
	incarnation [16]byte
	first       uint64
	made        time.Time
}

func (h header) bytes() []byte {
	b := make([]byte, 0, headerBytes)
	b = append(b, magic...)
	b = binary.LittleEndian.AppendUint32(b, formatVersion)
	b = binary.LittleEndian.AppendUint32(b, 0)
	b = append(b, h.incarnation[:]...)
	b = binary.LittleEndian.AppendUint64(b, h.first)
	b = binary.LittleEndian.AppendUint64(b, uint64(h.made.UnixMilli()))
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
}

func parseHeader(b []byte) (header, error) {
	var h header
	if string(b[:8]) != magic {
		return h, errForeign
	}
	if v := binary.LittleEndian.Uint32(b[8:]); v > formatVersion {
		return h, fmt.Errorf("%w (%d)", errNewer, v)
	}
	if crc32.Checksum(b[:48], castagnoli) != binary.LittleEndian.Uint32(b[48:]) {
		return h, errForeign
	}
	copy(h.incarnation[:], b[16:])
	h.first = binary.LittleEndian.Uint64(b[32:])
	h.made = time.UnixMilli(int64(binary.LittleEndian.Uint64(b[40:])))
	return h, nil
}

// segment is one file, by its name.
type segment struct {
	path  string
	first uint64
}

func segmentPath(dir string, first uint64) string {
	return filepath.Join(dir, fmt.Sprintf("%020d%s", first, segmentSuffix))
}

// listSegments returns a stream's segments, oldest first. Other files are
// passed over; a folder that is not there has none.
func listSegments(dir string) ([]segment, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var all []segment
	for _, e := range entries {
		first, ok := firstOf(e.Name())
		if ok && e.Type().IsRegular() {
			all = append(all, segment{filepath.Join(dir, e.Name()), first})
		}
	}
	slices.SortFunc(all, func(a, b segment) int { return strings.Compare(a.path, b.path) })
	return all, nil
}

// firstOf is the Seq that a segment's name tells.
func firstOf(name string) (first uint64, ok bool) {
	digits, ok := strings.CutSuffix(name, segmentSuffix)
	first, err := strconv.ParseUint(digits, 10, 64)
	return first, ok && err == nil && len(digits) == 20
}

// openedSegment is a segment being read.
type openedSegment struct {
	frameReader
	header header
	file   *os.File
}

// openSegment opens a segment at an offset; 0 is its first frame.
func openSegment(path string, offset int64) (*openedSegment, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	head := make([]byte, headerBytes)
	_, err = io.ReadFull(file, head)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = errNoHeader
	}
	s := &openedSegment{file: file}
	if err == nil {
		s.header, err = parseHeader(head)
	}
	if first, _ := firstOf(filepath.Base(path)); err == nil && first != s.header.first {
		err = errForeign // some other segment, that was moved here
	}
	s.end = max(offset, headerBytes)
	if err == nil {
		_, err = file.Seek(s.end, io.SeekStart)
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	s.in = bufio.NewReaderSize(file, 256<<10)
	return s, nil
}

// verify reads to the end and reports whether every frame is whole.
func (s *openedSegment) verify() error {
	for {
		if _, err := s.next(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// syncFolder makes names in a folder durable where the system can. Where it
// cannot, a machine's crash may cost the newest file.
func syncFolder(dir string) {
	if d, err := os.Open(dir); err == nil {
		d.Sync()
		d.Close()
	}
}
