package main

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"
)

// guests lets processes join and leave, each at a place of its own.
func (s *storm) guests(ctx context.Context, dice *rand.Rand) {
	var all sync.WaitGroup
	defer all.Wait()
	for _, p := range s.w.places {
		if p.guest {
			own := rand.New(rand.NewPCG(dice.Uint64(), dice.Uint64()))
			all.Go(func() { s.guest(ctx, p, own) })
		}
	}
}

// guest joins, stays for a while, in which it is as likely to be hit as others,
// and leaves in order.
func (s *storm) guest(ctx context.Context, p *place, dice *rand.Rand) {
	for sleep(ctx, between(dice, 2*time.Second, 8*time.Second)) {
		s.w.start(p, s.any(dice), s.w.data[0])
		s.w.tally.do(func(t *tally) { t.joins++ })
		s.w.trace.say("join", p.name())
		if !sleep(ctx, between(dice, 6*time.Second, 16*time.Second)) {
			return
		}
		mine := &claim{}
		c := p.take(mine, false)
		for c == nil {
			if !sleep(ctx, 100*time.Millisecond) {
				return
			}
			c = p.take(mine, false)
		}
		s.leave(p, c, "leave")
		s.w.tally.do(func(t *tally) { t.leaves++ })
		p.release(mine)
	}
}

// leave ends a process in order.
func (s *storm) leave(p *place, c *child, what string) {
	began := time.Now()
	in := c.drain(drainWithin)
	took := time.Since(began)
	dirty := c.state.ExitCode() == drainedDirty
	s.w.tally.do(func(t *tally) {
		t.slowest = max(t.slowest, took)
		if dirty {
			t.dirty++
		}
	})
	s.w.trace.say(what, p.name(), "seconds", took.Seconds(), "state", c.state.String())
	switch {
	case !in:
		s.w.tell("%s did not drain in %s", p.name(), drainWithin)
	case !c.state.Success() && !dirty && !p.unborn(c):
		s.w.tell("%s drained with %s", p.name(), c.state)
	}
}
