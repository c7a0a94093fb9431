package leasetable

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
)

// turn is what a call is for. While the table throttles, the lesser turn goes
// first (specs/kinesis-consumption.md 6).
type turn uint8

const (
	renewing  turn = iota // without it a lease is lost
	placing               // without it the next start repeats more
	looking               // it can be done later
	turnKinds = iota
)

const (
	throttleMemory = 10 * time.Second // since the last throttle: the table throttles
	turnPatience   = 5 * time.Second  // nobody waits for his turn longer than this
)

// turns lets a call wait while the table throttles and more urgent ones are
// under way or wait themselves: what little it takes is for those that keep
// leases. Otherwise nobody waits. The zero value is ready; safe for concurrent
// use.
type turns struct {
	mu        sync.Mutex
	throttled time.Time // when it was last
	under     [turnKinds]int
	waiting   [turnKinds]int
	moved     chan struct{} // closed when something has changed; nil = nobody waits
}

// enter waits for a call's turn. leave has to be called when it is over. The
// error is that of a ctx that ended first.
func (t *turns) enter(ctx context.Context, kind turn) (leave func(), err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.waits(kind) {
		if err := t.wait(ctx, kind); err != nil {
			return nil, err
		}
	}
	t.under[kind]++
	return func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.under[kind]--
		t.tell()
	}, nil
}

// wait gives the lock up until it is the call's turn, or it waited enough.
func (t *turns) wait(ctx context.Context, kind turn) error {
	t.waiting[kind]++
	defer func() {
		t.waiting[kind]--
		t.tell()
	}()
	patience, cancel := context.WithTimeout(ctx, turnPatience)
	defer cancel()
	for t.waits(kind) && patience.Err() == nil {
		if t.moved == nil {
			t.moved = make(chan struct{})
		}
		moved := t.moved
		t.mu.Unlock()
		select {
		case <-moved:
		case <-patience.Done():
		}
		t.mu.Lock()
	}
	return ctx.Err()
}

// waits reports whether somebody more urgent goes first.
func (t *turns) waits(kind turn) bool {
	if time.Since(t.throttled) >= throttleMemory {
		return false
	}
	for k := range kind {
		if t.under[k]+t.waiting[k] > 0 {
			return true
		}
	}
	return false
}

// tell has those that wait look again.
func (t *turns) tell() {
	if t.moved != nil {
		close(t.moved)
		t.moved = nil
	}
}

// watch adds to a client's calls that each attempt which was throttled is
// noted, also where the SDK's next attempt succeeds.
func (t *turns) watch(stack *middleware.Stack) error {
	return stack.Finalize.Insert(middleware.FinalizeMiddlewareFunc("kinesnowThrottled",
		func(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (middleware.FinalizeOutput, middleware.Metadata, error) {
			out, metadata, err := next.HandleFinalize(ctx, in)
			var api smithy.APIError
			if errors.As(err, &api) && throttled[api.ErrorCode()] {
				t.mu.Lock()
				t.throttled = time.Now()
				t.mu.Unlock()
			}
			return out, metadata, err
		}), "Retry", middleware.After)
}
