package supervisor

import (
	"context"
	"sync"
	"time"
)

// StatusPace bounds the status calls that a process makes for one pipe: at most
// four within any second, whichever of its connectors make them. What Snowflake
// allows is not documented; this is what 1,800 channels of one pipe need once a
// second. Pipes do not wait for each other. The zero StatusPace is ready; share
// one between the connectors of a process.
type StatusPace struct {
	mu    sync.Mutex
	pipes map[string]*pipePace
}

// of returns the pace of one pipe, by its full name.
func (p *StatusPace) of(pipe string) *pipePace {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.pipes == nil {
		p.pipes = map[string]*pipePace{}
	}
	if p.pipes[pipe] == nil {
		p.pipes[pipe] = &pipePace{turn: make(chan struct{}, 1)}
	}
	return p.pipes[pipe]
}

// pipePace is the queue of one pipe. Who waits takes its turn only when that has
// come: one that gives up, or whose connector dies, leaves it to the next.
type pipePace struct {
	turn chan struct{}          // holds one while somebody is at the head of the queue
	made [statusCalls]time.Time // the last calls, the oldest at next; of who holds turn
	next int
}

const (
	statusCalls = 4
	// statusWindow is a second, and what two calls may gain on each other on
	// their way.
	statusWindow = 1080 * time.Millisecond
)

// wait waits for the turn of one call. The error is that ctx has ended.
func (p *pipePace) wait(ctx context.Context) error {
	select {
	case p.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-p.turn }()
	if err := p.pause(ctx); err != nil {
		return err
	}
	p.made[p.next], p.next = time.Now(), (p.next+1)%statusCalls
	return nil
}

// pause waits until the window of the oldest call is over.
func (p *pipePace) pause(ctx context.Context) error {
	oldest := p.made[p.next]
	pause := time.Until(oldest.Add(statusWindow))
	if oldest.IsZero() || pause <= 0 {
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
