package supervisor

import (
	"context"
	"time"
)

// StatusPace bounds the status calls of a process: at most four within any
// second, whoever makes them. What Snowflake allows is not documented; this is
// what 1,800 channels of one pipe need once a second. Make it with
// NewStatusPace, and share one between the connectors of a process.
//
// Who waits stands in a queue, and takes its turn only when that has come: one
// that gives up, or whose connector dies, leaves it to the next.
type StatusPace struct {
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

// NewStatusPace returns the pace of one process.
func NewStatusPace() *StatusPace { return &StatusPace{turn: make(chan struct{}, 1)} }

// wait waits for the turn of one call. The error is that ctx has ended.
func (p *StatusPace) wait(ctx context.Context) error {
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
func (p *StatusPace) pause(ctx context.Context) error {
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
