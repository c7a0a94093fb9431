package journal

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"time"

	"github.com/vmihailenco/msgpack/v5"

	"github.com/kinesnow/kinesnow/messages"
)

// MaxEntryBytes bounds one entry's payload on disk.
const MaxEntryBytes = 4 << 20

// frameHead is the length of what stands before a payload.
const frameHead = 8

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// errBadFrame says that what follows is no whole frame: a torn write, or
// damage.
var errBadFrame = errors.New("bad frame")

// stored is an entry as the payload holds it.
type stored struct {
	Seq    uint64        `msgpack:"seq"`
	At     time.Time     `msgpack:"at"`
	Writer string        `msgpack:"writer"`
	Kind   messages.Kind `msgpack:"kind"`
	Body   []byte        `msgpack:"body"`
}

// appendFrame adds an entry's frame to buf.
func appendFrame(buf []byte, e *messages.Entry) ([]byte, error) {
	payload, err := msgpack.Marshal(&stored{e.Seq, e.At, e.Writer, e.Kind, e.Body})
	if err != nil {
		return buf, fmt.Errorf("entry %s: %w", e.Kind, err)
	}
	if len(payload) > MaxEntryBytes {
		return buf, fmt.Errorf("entry %s has %d bytes, at most %d fit", e.Kind, len(payload), MaxEntryBytes)
	}
	var head [frameHead]byte
	binary.LittleEndian.PutUint32(head[:4], uint32(len(payload)))
	binary.LittleEndian.PutUint32(head[4:], checksum(head[:4], payload))
	return append(append(buf, head[:]...), payload...), nil
}

// checksum covers the length too: a stretch of zeros is no frame then.
func checksum(length, payload []byte) uint32 {
	return crc32.Update(crc32.Checksum(length, castagnoli), castagnoli, payload)
}

// frameReader reads frames one after the other.
type frameReader struct {
	in  *bufio.Reader
	end int64 // in the file, of the last whole frame
	buf []byte
}

// next returns the next payload, valid until the next call; io.EOF at the
// exact end of a frame; errBadFrame for anything that is no whole frame. Any
// other error is the disk's.
func (r *frameReader) next() ([]byte, error) {
	var head [frameHead]byte
	if _, err := io.ReadFull(r.in, head[:]); err != nil {
		return nil, torn(err)
	}
	length := binary.LittleEndian.Uint32(head[:4])
	if length == 0 || length > MaxEntryBytes {
		return nil, errBadFrame
	}
	if cap(r.buf) < int(length) {
		r.buf = make([]byte, length)
	}
	payload := r.buf[:length]
	if _, err := io.ReadFull(r.in, payload); err != nil {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return nil, torn(err)
	}
	if checksum(head[:4], payload) != binary.LittleEndian.Uint32(head[4:]) {
		return nil, errBadFrame
	}
	r.end += frameHead + int64(length)
	return payload, nil
}

func torn(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return errBadFrame
	}
	return err
}

// decodeEntry reads a payload. Its checksum was right, so one that does not
// read was written by another version.
func decodeEntry(payload []byte) (messages.Entry, error) {
	var s stored
	if err := messages.Unmarshal(payload, &s); err != nil {
		return messages.Entry{}, err
	}
	return messages.Entry{Seq: s.Seq, At: s.At.UTC(), Writer: s.Writer, Kind: s.Kind, Body: s.Body}, nil
}
