package stream

import (
	"math/bits"
	"runtime"
	"sync"
)

// The memory of the data path is few and large buffers. They are kept here and
// not in a sync.Pool: that holds whatever comes back until two collections have
// passed, which is seldom on a heap of this kind, and grew the process to
// several times its byte budget.

const (
	leastKept  = 32 << 10 // smaller buffers are left to the collector
	mostKept   = 4 << 20  // and larger ones
	shelfBytes = 8 << 20
)

// rowBuffers are the buffers of blocks that were appended.
var rowBuffers shelf

// takeBuffer returns an empty buffer for at least n bytes, and at most an
// eighth more: a block's buffer is what the byte budget does not see.
func takeBuffer(n int) []byte {
	if b := rowBuffers.take(n); b != nil {
		return b
	}
	return make([]byte, 0, bufferSize(n))
}

// recycle takes a block's rows back.
func recycle(b []byte) { rowBuffers.put(b) }

// bufferSize rounds n up to a size, sixteen to a power of two, so that blocks of
// nearly the same size can take each other's place.
func bufferSize(n int) int {
	step := max(10, bits.Len(uint(n))-5)
	return (n + 1<<step - 1) >> step << step
}

// shelf keeps buffers, the latest on top, up to a number of bytes.
type shelf struct {
	mu    sync.Mutex
	idle  [][]byte
	bytes int
}

// take returns the latest buffer that fits n bytes well, nil where none does.
func (s *shelf) take(n int) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := len(s.idle) - 1; i >= 0; i-- {
		if b := s.idle[i]; cap(b) >= n && cap(b) <= n+n/8 {
			s.remove(i)
			return b
		}
	}
	return nil
}

// put keeps a buffer, in place of the oldest ones where there is no room.
func (s *shelf) put(b []byte) {
	if cap(b) < leastKept || cap(b) > mostKept {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.bytes+cap(b) > shelfBytes {
		s.remove(0)
	}
	s.idle, s.bytes = append(s.idle, b[:0]), s.bytes+cap(b)
}

func (s *shelf) remove(i int) {
	s.bytes -= cap(s.idle[i])
	copy(s.idle[i:], s.idle[i+1:])
	s.idle[len(s.idle)-1] = nil
	s.idle = s.idle[:len(s.idle)-1]
}

// bodies are the buffers that answers are read into, and with them the right to
// read one. An answer waits for one with its header read and its body still with
// the service: a thousand shards would else hold a thousand bodies, which no
// budget counts. More of them would bring nothing: a core renders one at a time,
// and another may be on its way. Beside them each client has one of its own:
// answers that do not move, of one stream, may hold all of these for as long as
// a call may take, and another stream's must not stand still for it.
var bodies = newBodies(max(4, 2*runtime.GOMAXPROCS(0)))

func newBodies(n int) chan []byte {
	c := make(chan []byte, n)
	for range n {
		c <- nil
	}
	return c
}
