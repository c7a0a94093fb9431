package main

import (
	"context"
	"hash/fnv"
	"math/rand/v2"
	"sync"
	"time"
)

// storm does things to a world. Each kind of blow has its own dice and its own
// rhythm, so that the seed fixes what it does next whatever the others do.
type storm struct {
	w        *world
	plan     plan // of the world
	seed     uint64
	length   time.Duration
	kills    int       // that must count
	programs []program // a restart takes any
	blows    []string  // beside kills
	restarts sync.WaitGroup
}

// allBlows are those of a storm of either kind.
var allBlows = []string{"zombie", "drain", "disk", "clock", "link", "service", "event", "invalidate", "reshard"}

// any throws what a restart takes.
func (s *storm) any(dice *rand.Rand) program { return s.programs[dice.IntN(len(s.programs))] }

// stretch is how much longer than planned a storm may last, to come to its
// kills.
const stretch = 1.2

// dice for one kind of blow.
func (s *storm) dice(kind string) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(kind))
	return rand.New(rand.NewPCG(s.seed, h.Sum64()))
}

// run storms until its time is over and its kills have counted, or ctx ends.
func (s *storm) run(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, time.Duration(float64(s.length)*stretch))
	defer cancel()
	var all sync.WaitGroup
	kinds := map[string]func(context.Context, *rand.Rand){
		"zombie": s.zombies, "drain": s.drains, "disk": s.disks, "clock": s.skews, "link": s.mischief,
		"service": s.services, "event": s.events, "invalidate": s.invalidate, "reshard": s.reshard, "rescale": s.rescale, "guest": s.guests,
	}
	for _, kind := range s.blows {
		all.Go(func() { kinds[kind](ctx, s.dice(kind)) })
	}
	s.killing(ctx, s.dice("kill"))
	cancel()
	all.Wait()
	s.restarts.Wait()
}

// killing kills at a steady pace: a fifth more than must count, and after that
// until they have.
func (s *storm) killing(ctx context.Context, dice *rand.Rand) {
	every := time.Duration(float64(s.length) / (float64(s.kills)*1.2 + 1))
	begun := time.Now()
	for due := every; sleep(ctx, time.Until(begun.Add(due))); due = max(due+every, time.Since(begun)) {
		if time.Since(begun) >= s.length && s.w.tally.enough(s.kills) {
			return
		}
		s.kill(ctx, dice, every)
	}
}

// How long a kill waits, in kills: for somebody who holds a lease, and for rows
// to be committed. A storm in which nothing flows for longer shows it in kills
// that do not count.
const (
	holderWithin = 2
	freshWithin  = 4
)

// kill ends one process at once and starts it again: at once, soon, or when its
// leases have run out; now and then with another data_dir.
func (s *storm) kill(ctx context.Context, dice *rand.Rand, every time.Duration) {
	w, mine := s.w, &claim{}
	wait := []time.Duration{0, 0, time.Duration(dice.Int64N(int64(time.Second))), time.Duration(dice.Int64N(int64(time.Second))), leaseDuration + time.Second}[dice.IntN(5)]
	data := w.data[0]
	if dice.IntN(6) == 0 {
		data = w.data[1]
	}
	next := s.any(dice)
	overrule := dice.IntN(8) == 0
	p, c, held := s.victim(ctx, dice, mine, overrule, every)
	if p == nil {
		return
	}
	frozen := c.isFrozen()
	rows := w.rows()
	c.kill()
	counts := w.tally.kill(rows)
	if held == 0 && !frozen {
		w.tally.do(func(t *tally) { t.idle++ })
	}
	w.trace.say("kill", p.name(), "counts", counts, "rows", rows, "shards", held, "frozen", frozen, "again", wait.String())
	s.restarts.Go(func() {
		defer p.release(mine)
		sleep(ctx, wait)
		w.start(p, next, data)
	})
}

// victim claims the one to be killed: once a kill would count, somebody who
// holds a lease; when that takes too long, anybody. It is nil when ctx ended.
func (s *storm) victim(ctx context.Context, dice *rand.Rand, mine *claim, overrule bool, every time.Duration) (p *place, c *child, held int) {
	for began := time.Now(); ; {
		anybody, late := time.Since(began) > holderWithin*every, time.Since(began) > freshWithin*every
		if late || s.w.tally.fresh(s.w.rows()) {
			for _, i := range dice.Perm(len(s.w.places)) {
				p = s.w.places[i]
				if c = p.take(mine, overrule || anybody); c == nil {
					continue
				}
				if held = heldBy(ctx, c); held > 0 || anybody {
					return p, c, held
				}
				p.release(mine)
			}
		}
		if !sleep(ctx, 50*time.Millisecond) {
			return nil, nil, 0
		}
	}
}

// heldBy is how many leases a process holds; one that is frozen cannot say,
// and counts as holding some.
func heldBy(ctx context.Context, c *child) int {
	if c.isFrozen() {
		return 1
	}
	if state := stateOf(ctx, c); state != nil {
		return len(state.Shards)
	}
	return 0
}

// enough reports whether so many kills have counted.
func (t *tally) enough(kills int) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.counted >= kills
}

// between throws a duration.
func between(dice *rand.Rand, least, most time.Duration) time.Duration {
	return least + time.Duration(dice.Int64N(int64(most-least)+1))
}
