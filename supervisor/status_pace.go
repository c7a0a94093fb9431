package supervisor

import (
	"context"
	"sync"
	"time"
)

// StatusPace bounds the status calls of a process: at most four within any
// second, whoever makes them. What Snowflake allows is not documented; this is
// what 1,800 channels of one pipe need once a second. Share one between the
// connectors of a process.
type StatusPace struct {
	mu   sync.Mutex
	made [statusCalls]time.Time // the last calls, the oldest at next
	next int
}

const (
	statusCalls = 4
	// statusWindow is a second, and what two calls may gain on each other on
	// their way.
	statusWindow = 1080 * time.Millisecond
)

// NewStatusPace returns the pace of one process.
func NewStatusPace() *StatusPace { return &StatusPace{} }

// wait waits for the turn of one call. The error is that ctx has ended.
func (p *StatusPace) wait(ctx context.Context) error {
	pause := p.turn(time.Now())
	if pause <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// turn takes the next turn, and says how far off it is.
func (p *StatusPace) turn(now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	at := now
	if oldest := p.made[p.next]; !oldest.IsZero() && oldest.Add(statusWindow).After(now) {
		at = oldest.Add(statusWindow)
	}
	p.made[p.next], p.next = at, (p.next+1)%statusCalls
	return at.Sub(now)
}
