package snowpipe

import (
	"errors"
	"io"
	"sync"
)

var errDetached = errors.New("the request is over")

// payload is a request body in pieces that can be sent several times.
//
// net/http may go on reading a body after the call has returned. detach waits
// for the read under way, if any, and makes all later ones fail, so that the
// pieces may be reused.
type payload struct {
	length int64

	mu     sync.Mutex
	pieces [][]byte
	gone   bool
}

func newPayload(pieces [][]byte, length int64) *payload {
	return &payload{pieces: pieces, length: length}
}

func textPayload(text []byte) *payload { return newPayload([][]byte{text}, int64(len(text))) }

func (p *payload) detach() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pieces, p.gone = nil, true
}

// reader returns the body from its start.
func (p *payload) reader() io.ReadCloser { return &payloadReader{from: p} }

type payloadReader struct {
	from   *payload
	at     int // piece
	offset int // in it
}

func (r *payloadReader) Read(b []byte) (int, error) {
	r.from.mu.Lock()
	defer r.from.mu.Unlock()
	if r.from.gone {
		return 0, errDetached
	}
	n := 0
	for n < len(b) && r.at < len(r.from.pieces) {
		piece := r.from.pieces[r.at]
		moved := copy(b[n:], piece[r.offset:])
		n += moved
		if r.offset += moved; r.offset == len(piece) {
			r.at, r.offset = r.at+1, 0
		}
	}
	if n == 0 && len(b) > 0 {
		return 0, io.EOF
	}
	return n, nil
}

func (r *payloadReader) Close() error { return nil }
