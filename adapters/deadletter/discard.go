package deadletter

import (
	"context"
	"sync/atomic"

	"github.com/kinesnow/kinesnow/messages"
)

// Counter counts letters and keeps nothing of them. Safe for concurrent use.
type Counter struct{ letters atomic.Int64 }

var _ messages.DeadLetter = (*Counter)(nil)

// Discard returns the dead-letter queue that only counts: the default, as the
// documented connector behaves.
func Discard() *Counter { return &Counter{} }

// Put implements messages.DeadLetter. It never fails.
func (c *Counter) Put(_ context.Context, letters []messages.Letter) error {
	c.letters.Add(int64(len(letters)))
	return nil
}

// Letters returns how many were put.
func (c *Counter) Letters() int64 { return c.letters.Load() }

// Close implements messages.DeadLetter.
func (c *Counter) Close() error { return nil }
