package stream

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
)

// A frame of application/vnd.amazon.eventstream, all numbers big-endian
// (specs/kinesis-consumption.md 4.2):
//
//	total bytes u32 | header bytes u32 | CRC-32 of these 8 bytes u32
//	headers: name length u8 | name | type u8 | value
//	payload
//	CRC-32 of everything before it u32
const (
	frameOverhead = 16
	// maxFrame bounds what a frame may announce: an event of one record of 10 MiB
	// has 14 MiB of base64.
	maxFrame = 32 << 20
	// maxFrameHeaders is the encoding's own bound.
	maxFrameHeaders = 128 << 10
)

var (
	errFrameSize = errors.New("event stream frame announces an impossible size")
	errFrameSum  = errors.New("event stream frame has a wrong checksum")
	errFrameHead = errors.New("event stream frame has malformed headers")
)

// frameHead is what a frame begins with.
type frameHead [12]byte

// sizes is how long headers and payload are, once the head's checksum agrees.
func (h *frameHead) sizes() (headers, payload int, err error) {
	total, headers32 := binary.BigEndian.Uint32(h[0:]), binary.BigEndian.Uint32(h[4:])
	switch {
	case crc32.ChecksumIEEE(h[:8]) != binary.BigEndian.Uint32(h[8:]):
		return 0, 0, errFrameSum
	case total < frameOverhead || total > maxFrame || headers32 > maxFrameHeaders || headers32 > total-frameOverhead:
		return 0, 0, fmt.Errorf("%w: %d bytes, %d of headers", errFrameSize, total, headers32)
	}
	return int(headers32), int(total - frameOverhead - headers32), nil
}

// frame is the last frame that was read. Its headers are good until the next.
type frame struct {
	scratch []byte
	tail    [4]byte
	limited io.LimitedReader // of the payload: a field, so that no frame allocates one

	message   []byte // :message-type
	event     []byte // :event-type
	exception []byte // :exception-type, or :error-code
	text      []byte // :error-message
}

// read reads what follows a head, the payload into a's body. No size is believed
// before the head's checksum agreed, and nothing else before the frame's did.
func (f *frame) read(ctx context.Context, r io.Reader, head *frameHead, a *answer) error {
	headers, payload, err := head.sizes()
	if err != nil {
		return err
	}
	if cap(f.scratch) < headers {
		f.scratch = make([]byte, headers, max(headers, 512))
	}
	f.scratch = f.scratch[:headers]
	if _, err := io.ReadFull(r, f.scratch); err != nil {
		return brokeOff(err)
	}
	if err := a.hold(ctx); err != nil {
		return err
	}
	f.limited = io.LimitedReader{R: r, N: int64(payload)}
	if err := a.read(&f.limited, int64(payload)); err != nil {
		return err
	}
	if _, err := io.ReadFull(r, f.tail[:]); err != nil {
		return brokeOff(err)
	}
	sum := crc32.Update(crc32.Update(crc32.ChecksumIEEE(head[:]), crc32.IEEETable, f.scratch), crc32.IEEETable, a.body)
	if sum != binary.BigEndian.Uint32(f.tail[:]) {
		return errFrameSum
	}
	return f.parse()
}

// brokeOff says of a frame's missing bytes that they are missing.
func brokeOff(err error) error {
	if err == io.EOF { //nolint:errorlint // io.ReadFull returns it as it is
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("event stream broke off inside a frame: %w", err)
}

// valueSize is how long a header's value is, by its type: two booleans, byte,
// short, integer, long, bytes and string (behind their length), timestamp, UUID.
var valueSize = [...]int{0, 0, 1, 2, 4, 8, -1, -1, 8, 16}

const stringValue = 7

// parse finds the headers that matter.
func (f *frame) parse() error {
	f.message, f.event, f.exception, f.text = nil, nil, nil, nil
	for b := f.scratch; len(b) > 0; {
		n := int(b[0])
		if len(b) < 1+n+1 || int(b[1+n]) >= len(valueSize) {
			return errFrameHead
		}
		name, kind := b[1:1+n], b[1+n]
		b = b[1+n+1:]
		size := valueSize[kind]
		if size < 0 {
			if len(b) < 2 {
				return errFrameHead
			}
			size, b = int(binary.BigEndian.Uint16(b)), b[2:]
		}
		if len(b) < size {
			return errFrameHead
		}
		value := b[:size]
		b = b[size:]
		if kind == stringValue {
			f.note(name, value)
		}
	}
	return nil
}

func (f *frame) note(name, value []byte) {
	switch string(name) {
	case ":message-type":
		f.message = value
	case ":event-type":
		f.event = value
	case ":exception-type", ":error-code":
		f.exception = value
	case ":error-message":
		f.text = value
	}
}
