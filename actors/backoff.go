package actors

import (
	"math/rand/v2"
	"time"
)

// Backoff is a pause that doubles from Base to Cap, with full jitter. Each has
// a generator of its own, so that what it yields does not depend on who else
// waits at the same time.
type Backoff struct {
	Base, Cap time.Duration
	count     int
	source    rand.PCG
}

// NewBackoff returns a pause that starts at base.
func NewBackoff(base, limit time.Duration) Backoff {
	b := Backoff{Base: base, Cap: limit}
	b.source.Seed(chance.Uint64(), chance.Uint64())
	return b
}

// Next returns the next pause, somewhere in (0, limit].
func (b *Backoff) Next() time.Duration {
	limit := b.Cap
	if b.count < 20 {
		limit = min(b.Cap, b.Base<<b.count)
	}
	b.count++
	return 1 + time.Duration(rand.New(&b.source).Int64N(int64(limit)))
}

// Reset starts over.
func (b *Backoff) Reset() { b.count = 0 }
