package actors

import (
	"math/rand/v2"
	"time"
)

// Backoff is a pause that doubles from Base to Cap, with full jitter. The zero
// count starts at Base.
type Backoff struct {
	Base, Cap time.Duration
	count     int
}

// Next returns the next pause, somewhere in (0, limit].
func (b *Backoff) Next() time.Duration {
	limit := b.Cap
	if b.count < 20 {
		limit = min(b.Cap, b.Base<<b.count)
	}
	b.count++
	return 1 + time.Duration(rand.Int64N(int64(limit)))
}

// Reset starts over.
func (b *Backoff) Reset() { b.count = 0 }
