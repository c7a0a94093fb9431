package servers

import (
	"context"
	"sync"
	"time"
)

// pulse looks at the lease table all the time, as a node does: what keeps it from
// looking - a process that stands still, a machine with too much to do - keeps
// nodes from renewing their leases.
type pulse struct {
	stop func()

	mu      sync.Mutex
	last    time.Time     // when it had looked last
	longest time.Duration // between two looks
	stood   time.Duration // in all, between looks that were late
}

const (
	pulseEvery = 100 * time.Millisecond
	pulseLate  = 500 * time.Millisecond
)

// feel begins to look; end has to be called.
func (s *stage) feel(ctx context.Context) *pulse {
	ctx, cancel := context.WithCancel(ctx)
	p, ended := &pulse{last: time.Now()}, make(chan struct{})
	p.stop = func() {
		cancel()
		<-ended
	}
	go func() {
		defer close(ended)
		for pause(ctx, pulseEvery) == nil {
			_, _ = s.leases(ctx) // before there is a table that is an answer, too
			p.beat()
		}
	}()
	return p
}

// beat notes a look.
func (p *pulse) beat() {
	p.mu.Lock()
	defer p.mu.Unlock()
	gap := time.Since(p.last)
	p.last = time.Now()
	p.longest = max(p.longest, gap)
	if gap > pulseLate {
		p.stood += gap
	}
}

// end says for how long there was no look at the longest, and in all.
func (p *pulse) end() (longest, stood time.Duration) {
	p.stop()
	p.beat()
	return p.longest, p.stood
}

// steadily does what takes no harm while nodes can renew their leases in time. It
// does it again where they could not.
func (s *stage) steadily(ctx context.Context, do func() error) error {
	for range mostTries {
		p := s.feel(ctx)
		err := do()
		if longest, _ := p.end(); err == nil || ctx.Err() != nil || longest < s.lease/3 {
			return err
		}
	}
	return do()
}
