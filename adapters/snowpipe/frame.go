package snowpipe

import "sync"

const (
	// chunkBytes is the size of the pieces that frames are made of. A frame
	// wastes half of one on average, whatever its size.
	chunkBytes = 128 << 10
	// keepChunks bounds what is kept between batches: 8 MiB.
	keepChunks = 64
)

// frame collects an encoder's output in pieces of one size: a buffer that grew
// to the size of the frame would hold up to twice its bytes, fit no other one,
// and leave as much behind.
type frame struct {
	from   *chunks
	pieces [][]byte
	length int64
}

// Write implements io.Writer; it never fails.
func (f *frame) Write(b []byte) (int, error) {
	n := len(b)
	for len(b) > 0 {
		last := len(f.pieces) - 1
		if last < 0 || len(f.pieces[last]) == chunkBytes {
			f.pieces = append(f.pieces, f.from.take())
			last++
		}
		piece := f.pieces[last]
		moved := copy(piece[len(piece):chunkBytes], b)
		f.pieces[last], b = piece[:len(piece)+moved], b[moved:]
	}
	f.length += int64(n)
	return n, nil
}

// chunks are the pieces that no frame needs. Safe for concurrent use.
type chunks struct {
	mu   sync.Mutex
	idle [][]byte
}

func (c *chunks) take() []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := len(c.idle)
	if n == 0 {
		return make([]byte, 0, chunkBytes)
	}
	chunk := c.idle[n-1]
	c.idle[n-1], c.idle = nil, c.idle[:n-1]
	return chunk
}

// put takes pieces back.
func (c *chunks) put(pieces [][]byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, p := range pieces {
		if len(c.idle) < keepChunks && cap(p) == chunkBytes {
			c.idle = append(c.idle, p[:0])
		}
	}
}
