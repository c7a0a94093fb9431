package tap

import "encoding/binary"

// preface begins a client's side of HTTP/2 (RFC 9113, section 3.4).
const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

// Frame types (RFC 9113, section 6) that say what becomes of streams.
const (
	data     = 0x0
	headers  = 0x1
	reset    = 0x3
	settings = 0x4

	endStream = 0x1 // flag of data and headers

	headLength = 9 // bytes
)

// frame is the head of one (RFC 9113, section 4.1).
type frame struct {
	kind, flags byte
	stream      uint32
}

// scan is how far one side of a connection was read.
type scan struct {
	preface string // what must come before frames, the rest of it
	other   bool   // it is not HTTP/2
	head    []byte
	payload int // bytes of it that still come
}

// frames finds the heads of frames in the bytes of one side.
type frames struct {
	*scan
	found func(frame)
}

// Write never fails: what is not HTTP/2 has no frames.
func (f frames) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0 && !f.other; {
		rest = rest[f.next(rest):]
	}
	return len(p), nil
}

// next takes one or more bytes.
func (f frames) next(p []byte) int {
	switch {
	case f.preface != "":
		f.other = p[0] != f.preface[0]
		f.preface = f.preface[1:]
		return 1
	case f.payload > 0:
		n := min(f.payload, len(p))
		f.payload -= n
		return n
	}
	n := min(headLength-len(f.head), len(p))
	f.head = append(f.head, p[:n]...)
	if len(f.head) == headLength {
		h := f.head
		f.payload = int(h[0])<<16 | int(h[1])<<8 | int(h[2])
		f.found(frame{kind: h[3], flags: h[4], stream: binary.BigEndian.Uint32(h[5:]) &^ (1 << 31)})
		f.head = h[:0]
	}
	return n
}
