package main

import (
	"context"
	"sync"
	"time"
)

// stall measures how long this machine did not get round to what was due: by
// so much a bound of the protocol may be missed without anybody's fault.
type stall struct {
	mu   sync.Mutex
	late time.Duration // since begin
}

const (
	stallEvery = 10 * time.Millisecond
	stallLeast = 10 * time.Millisecond // as late is any sleep
)

// watch measures until ctx ends.
func (s *stall) watch(ctx context.Context) {
	for {
		began := time.Now()
		if !sleep(ctx, stallEvery) {
			return
		}
		if late := time.Since(began) - stallEvery; late > stallLeast {
			s.mu.Lock()
			s.late += late
			s.mu.Unlock()
		}
	}
}

// begin counts anew.
func (s *stall) begin() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.late = 0
}

// total is what was lost since begin.
func (s *stall) total() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.late
}
