package main

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// drainWithin bounds a drain; the product's own bound is 25 s.
const drainWithin = 40 * time.Second

// claimOne waits for a place that can be claimed; nil when ctx ended first.
func (s *storm) claimOne(ctx context.Context, dice *rand.Rand, mine *claim) (*place, *child) {
	for {
		if p, c := s.w.pick(dice, mine, false); p != nil {
			return p, c
		}
		if !sleep(ctx, 100*time.Millisecond) {
			return nil, nil
		}
	}
}

// zombies stops a process in its tracks for longer than its leases last, and
// lets it go on: it has to find out that others do its work.
func (s *storm) zombies(ctx context.Context, dice *rand.Rand) {
	for sleep(ctx, between(dice, 3*time.Second, 7*time.Second)) {
		mine := &claim{}
		asleep := between(dice, 5*time.Second, 10*time.Second)
		p, c := s.claimOne(ctx, dice, mine)
		if p == nil {
			return
		}
		s.zombie(ctx, p, c, mine, asleep)
		p.release(mine)
	}
}

func (s *storm) zombie(ctx context.Context, p *place, c *child, mine *claim, asleep time.Duration) {
	w := s.w
	state := stateOf(ctx, c)
	if state == nil || len(state.Shards) == 0 {
		return // nobody would miss it
	}
	me := string(messages.MakeOwner(state.Node, state.Process))
	before := w.owners()
	c.freeze()
	p.soften(mine)
	woken := sleep(ctx, asleep)
	lost := 0
	for shard, owner := range w.owners() {
		if before[shard] == me && owner != me {
			lost++
		}
	}
	refused := p.refused()
	if c.gone() || !woken {
		return // killed in its sleep, or the storm is over
	}
	c.thaw()
	sleep(ctx, 3*time.Second)
	refused = p.refused() - refused
	w.tally.do(func(t *tally) {
		t.zombies.frozen++
		if lost > 0 {
			t.zombies.lost++
			t.zombies.refused += refused
			if refused > 0 {
				t.zombies.wrote++
			}
		}
	})
	w.trace.say("zombie", p.name(), "slept", asleep.String(), "held", len(state.Shards), "lost", lost, "refused", refused)
}

// drainedDirty is the exit code of a process that left rows behind which were
// not committed in time, for the next owner to read again: what a storm may do
// to it. In the calm it may not.
const drainedDirty = 1

// drains ends a process in order and starts it again.
func (s *storm) drains(ctx context.Context, dice *rand.Rand) {
	for sleep(ctx, between(dice, 10*time.Second, 18*time.Second)) {
		mine := &claim{}
		wait := between(dice, 0, 1500*time.Millisecond)
		next := s.any(dice)
		p, c := s.claimOne(ctx, dice, mine)
		if p == nil {
			return
		}
		s.leave(p, c, "drain")
		s.w.tally.do(func(t *tally) { t.drains++ })
		sleep(ctx, wait)
		s.w.start(p, next, s.w.data[0])
		p.release(mine)
	}
}

const (
	flowsWithin = 10 * time.Second // other blows may hold its rows up
	stopsWithin = 5 * time.Second  // once it had something to write
	mendsWithin = 20 * time.Second // the journal tries again every 10 s
)

// disks lets a process's files grow no more for a while. Its journal must say
// so and stop, and rows must go on flowing.
func (s *storm) disks(ctx context.Context, dice *rand.Rand) {
	if !canFillDisks {
		return
	}
	for sleep(ctx, between(dice, 8*time.Second, 14*time.Second)) {
		mine := &claim{}
		p, c := s.claimOne(ctx, dice, mine)
		if p == nil {
			return
		}
		s.disk(ctx, p, c, mine)
		p.release(mine)
	}
}

func (s *storm) disk(ctx context.Context, p *place, c *child, mine *claim) {
	before := s.working(ctx, c)
	if before == nil || fillDisk(c.pid()) != nil {
		return
	}
	flowed := s.awaits(ctx, c, flowsWithin, func(now *messages.State) bool { return now.Total.Committed > before.Total.Committed })
	stopped := s.awaits(ctx, c, stopsWithin, func(now *messages.State) bool {
		return now.Journal.Error != "" || now.Journal.Dropped > before.Journal.Dropped
	})
	after := stateOf(ctx, c)
	_ = freeDisk(c.pid()) // it may be gone
	p.soften(mine)
	if after == nil {
		return
	}
	mended := s.awaits(ctx, c, mendsWithin, func(now *messages.State) bool {
		return now.Journal.Written > after.Journal.Written
	})
	if c.gone() || ctx.Err() != nil {
		return
	}
	if flowed && !stopped && after.Journal.Error == "" && after.Journal.Dropped == before.Journal.Dropped {
		s.w.tell("%s: rows flowed on a full disk, and %s later its journal had not said that it is one", p.name(), stopsWithin)
	}
	s.w.tally.do(func(t *tally) {
		t.disks.filled++
		t.disks.judged++
		for n, did := range map[*int]bool{&t.disks.stopped: stopped, &t.disks.flowed: flowed, &t.disks.mended: mended} {
			if did {
				*n++
			}
		}
	})
	s.w.trace.say("disk", p.name(), "stopped", stopped, "flowed", flowed, "mended", mended, "error", after.Journal.Error, "dropped", after.Journal.Dropped)
}

// working waits for a process to hold a lease; nil when it does not in time.
func (s *storm) working(ctx context.Context, c *child) (state *messages.State) {
	s.awaits(ctx, c, 5*time.Second, func(now *messages.State) bool {
		if len(now.Shards) > 0 {
			state = now
		}
		return state != nil
	})
	return state
}

// awaits asks a process until it is as wanted, or time is over.
func (s *storm) awaits(ctx context.Context, c *child, within time.Duration, good func(*messages.State) bool) bool {
	for limit := time.Now().Add(within); time.Now().Before(limit) && !c.gone(); {
		if now := stateOf(ctx, c); now != nil && good(now) {
			return true
		}
		if !sleep(ctx, 200*time.Millisecond) {
			return false
		}
	}
	return false
}
