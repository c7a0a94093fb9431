package doctor

import (
	"context"
	"sync"
	"time"
)

// Bounds of an examination: of one check, and of what checks share. A fact has
// less time than the check that waits for it, so that who asks can still say so.
const (
	checkLimit = 10 * time.Second
	factLimit  = 8 * time.Second
)

// fact is something that several checks need: it is found out once.
type fact[T any] struct {
	find  func(context.Context) (T, error)
	once  sync.Once
	value T
	err   error
}

// of finds the fact out, or waits for who does.
func (f *fact[T]) of(ctx context.Context) (T, error) {
	f.once.Do(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), factLimit)
		defer cancel()
		f.value, f.err = f.find(ctx)
	})
	return f.value, f.err
}
