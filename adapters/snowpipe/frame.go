package snowpipe

import "sync"

const (
	// chunkBytes is the size of the pieces that frames are made of. A frame
	// wastes half of one on average, whatever its size.
	chunkBytes = 128 << 10
	// smallFrame is below which size, before compression, a frame gets no chunk.
	smallFrame = chunkBytes / 4
	// frameExcess is what a codec may add to a small frame of bytes that do not
	// compress: headers, trailer, and a few bytes per block.
	frameExcess = 128
	// keepChunks bounds what is kept between batches: 8 MiB.
	keepChunks = 64
)

// frame collects an encoder's output in pieces of one size: a buffer that grew
// to the size of the frame would hold up to twice its bytes, fit no other one,
// and leave as much behind.
type frame struct {
	from   *chunks
	small  int // capacity of the only piece of a small frame; 0 = pieces of chunkBytes
	pieces [][]byte
	length int64
}

// newFrame makes a frame for so many bytes before compression. A small one gets
// a piece of its own size: a thousand shards with a row each would else hold a
// thousand pieces while their appends are under way. It is not kept.
func newFrame(from *chunks, raw int64) frame {
	f := frame{from: from}
	if raw < smallFrame {
		f.small = int(raw) + frameExcess
	}
	return f
}

// Write implements io.Writer; it never fails.
func (f *frame) Write(b []byte) (int, error) {
	n := len(b)
	for len(b) > 0 {
		last := len(f.pieces) - 1
		if last < 0 || len(f.pieces[last]) == cap(f.pieces[last]) {
			f.pieces = append(f.pieces, f.next())
			last++
		}
		piece := f.pieces[last]
		moved := copy(piece[len(piece):cap(piece)], b)
		f.pieces[last], b = piece[:len(piece)+moved], b[moved:]
	}
	f.length += int64(n)
	return n, nil
}

func (f *frame) next() []byte {
	if n := f.small; n > 0 {
		f.small = 0 // what does not compress and grew beyond frameExcess
		return make([]byte, 0, n)
	}
	return f.from.take()
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
