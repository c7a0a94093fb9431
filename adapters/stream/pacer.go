package stream

import (
	"context"
	"time"
)

// idleAfter is how many empty answers in a row make a shard idle.
const idleAfter = 5

// pacer says when a shard may be asked again. It counts from the answer, not
// from the call, so that a slow network never makes calls arrive closer than
// they were sent.
type pacer struct {
	pace  Pace
	due   time.Time
	empty int
}

// answered notes an answer with so many bytes of data; idle means that it held
// no record and nothing was behind it.
func (p *pacer) answered(now time.Time, data int, idle bool) {
	pause := p.pace.MinInterval
	if idle {
		p.empty++
	} else {
		p.empty = 0
	}
	if p.empty >= idleAfter {
		pause = max(pause, p.pace.IdleInterval)
	}
	if p.pace.BytesPerSecond > 0 {
		pause = max(pause, time.Duration(float64(data)/float64(p.pace.BytesPerSecond)*float64(time.Second)))
	}
	p.due = now.Add(pause)
}

// failed notes a call without an answer that counts.
func (p *pacer) failed(now time.Time) { p.due = now.Add(p.pace.MinInterval) }

// sleep waits, or returns the context's error once that ends.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
