package actors

import (
	"sync"
	"time"
)

// Pace bounds how often something is done: so many times in any minute. It is
// shared by all lives of the actor that does it, so that a respawn grants
// nothing.
type Pace struct {
	mu   sync.Mutex
	last []time.Time // of the newest, a ring
	next int
}

// NewPace returns a pace of perMinute, at least 1.
func NewPace(perMinute int) *Pace { return &Pace{last: make([]time.Time, max(1, perMinute))} }

// Take takes one turn, or returns how long there is none.
func (p *Pace) Take(now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if oldest := p.last[p.next]; !oldest.IsZero() {
		if wait := oldest.Add(time.Minute).Sub(now); wait > 0 {
			return wait
		}
	}
	p.last[p.next] = now
	p.next = (p.next + 1) % len(p.last)
	return 0
}
