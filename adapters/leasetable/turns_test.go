package leasetable

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// queue is a turnstile at which calls arrive, and the order in which they got
// their turn.
type queue struct {
	turns
	mu    sync.Mutex
	order []string
	over  map[string]chan struct{}
}

// call lets a call arrive that lasts until it is ended.
func (q *queue) call(ctx context.Context, name string, kind turn) {
	over := make(chan struct{})
	q.over[name] = over
	go func() {
		leave, err := q.enter(ctx, kind)
		if err != nil {
			name += ": " + err.Error()
		}
		q.mu.Lock()
		q.order = append(q.order, name)
		q.mu.Unlock()
		if err == nil {
			<-over
			leave()
		}
	}()
	synctest.Wait()
}

func (q *queue) end(name string) {
	close(q.over[name])
	synctest.Wait()
}

func (q *queue) demand(t *testing.T, when string, want ...string) {
	t.Helper()
	q.mu.Lock()
	defer q.mu.Unlock()
	if fmt.Sprint(q.order) != fmt.Sprint(want) {
		t.Errorf("%s: %v, want %v", when, q.order, want)
	}
}

func inQueue(t *testing.T, do func(t *testing.T, q *queue)) {
	synctest.Test(t, func(t *testing.T) { do(t, &queue{over: map[string]chan struct{}{}}) })
}

// TestWhileItThrottlesTheMoreUrgentGoesFirst: renewals before position writes
// before looks, and no renewal waits for anybody.
func TestWhileItThrottlesTheMoreUrgentGoesFirst(t *testing.T) {
	inQueue(t, func(t *testing.T, q *queue) {
		q.throttled = time.Now()
		q.call(t.Context(), "renewal 1", renewing)
		q.call(t.Context(), "look", looking)
		q.call(t.Context(), "position", placing)
		q.call(t.Context(), "renewal 2", renewing)
		q.demand(t, "renewals under way", "renewal 1", "renewal 2")
		q.end("renewal 1")
		q.demand(t, "one still is", "renewal 1", "renewal 2")
		q.end("renewal 2")
		q.demand(t, "renewals over", "renewal 1", "renewal 2", "position")
		q.end("position")
		q.demand(t, "positions over", "renewal 1", "renewal 2", "position", "look")
		q.end("look")
	})
}

// TestNobodyWaitsWhereNothingThrottles, also not once that is long ago.
func TestNobodyWaitsWhereNothingThrottles(t *testing.T) {
	inQueue(t, func(t *testing.T, q *queue) {
		time.Sleep(time.Second)
		q.call(t.Context(), "renewal", renewing)
		q.call(t.Context(), "look", looking)
		q.demand(t, "never throttled", "renewal", "look")
		q.end("look")
		q.throttled = time.Now()
		time.Sleep(throttleMemory)
		q.call(t.Context(), "look again", looking)
		q.demand(t, "long ago", "renewal", "look", "look again")
		q.end("look again")
		q.end("renewal")
	})
}

// TestNobodyWaitsForEver: patience ends, and so does a call's own time.
func TestNobodyWaitsForEver(t *testing.T) {
	inQueue(t, func(t *testing.T, q *queue) {
		q.throttled = time.Now()
		q.call(t.Context(), "renewal", renewing)
		q.call(t.Context(), "look", looking)
		hurried, cancel := context.WithTimeoutCause(t.Context(), time.Second, errors.New("called off"))
		defer cancel()
		q.call(hurried, "short look", looking)
		time.Sleep(turnPatience - time.Millisecond)
		synctest.Wait()
		q.demand(t, "waiting", "renewal", "short look: context deadline exceeded")
		time.Sleep(time.Millisecond)
		synctest.Wait()
		q.demand(t, "patience is over", "renewal", "short look: context deadline exceeded", "look")
		q.end("look")
		q.end("renewal")
		if q.under != [turnKinds]int{} || q.waiting != [turnKinds]int{} {
			t.Errorf("under way %v, waiting %v after all is over", q.under, q.waiting)
		}
	})
}
