package stream

import (
	"math/bits"
	"sync"
)

// Buffers for rendered rows come in sizes a quarter of a power of two apart,
// so that a block holds at most a quarter more memory than it was charged for.
const (
	leastBuffer = 16 << 10
	keepBuffer  = 8 << 20 // larger ones are left to the collector
)

var buffers [40]sync.Pool

// takeBuffer returns an empty buffer for at least n bytes.
func takeBuffer(n int) []byte {
	size, class := bufferSize(n)
	if size <= keepBuffer {
		if b, ok := buffers[class].Get().(*[]byte); ok {
			return (*b)[:0]
		}
	}
	return make([]byte, 0, size)
}

// recycle takes a block's rows back.
func recycle(b []byte) {
	// A buffer that grew has a size of its own: it serves the class below.
	size, class := bufferSize(cap(b))
	if size > cap(b) {
		class--
	}
	if cap(b) >= leastBuffer && cap(b) <= keepBuffer && class >= 0 {
		buffers[class].Put(&b)
	}
}

// bufferSize rounds n up to a size, and numbers the sizes from 0.
func bufferSize(n int) (size, class int) {
	n = max(n, leastBuffer)
	step := bits.Len(uint(n-1)) - 3 // an eighth of the power of two that n fits in
	quarters := (n + 1<<step - 1) >> step
	return quarters << step, (step-bits.Len(uint(leastBuffer-1))+3)*4 + quarters - 8
}
