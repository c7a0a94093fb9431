package main

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/kinesnow/kinesnow/integration/chaos/proxy"
)

// mischief spoils one link after the other, several at a time.
func (s *storm) mischief(ctx context.Context, dice *rand.Rand) {
	var running sync.WaitGroup
	defer running.Wait()
	begun, forgets := time.Now(), 0
	busy := map[*proxy.Link]bool{}
	var mu sync.Mutex
	for sleep(ctx, between(dice, 500*time.Millisecond, 2500*time.Millisecond)) {
		p, service, kind := s.w.places[dice.IntN(len(s.w.places))], dice.IntN(services), dice.IntN(5)
		link := p.links[service]
		mood, lasts := moodOf(kind, dice)
		if mood.Swallow && forgets < mostForgets && time.Since(begun) < s.length-silenceBefore {
			mood.Forget = true
			forgets++
		}
		mu.Lock()
		taken := busy[link]
		busy[link] = true
		mu.Unlock()
		if taken {
			continue
		}
		s.w.trace.say("link", p.name(), "service", serviceNames[service], "mood", moodNames[kind], "forget", mood.Forget, "lasts", lasts.String())
		running.Go(func() {
			if kind == 0 {
				link.Reset()
			} else {
				link.Set(mood)
				sleep(ctx, lasts)
				link.Set(proxy.Mood{})
			}
			mu.Lock()
			defer mu.Unlock()
			delete(busy, link)
		})
	}
}

// mostForgets is how often connections are half-open for good: whoever had one
// finds out by its own limits of time.
const mostForgets = 2

var moodNames = [...]string{"reset", "latency", "slices", "half-open", "cut"}

// moodOf throws how bad a mood is and how long it lasts.
func moodOf(kind int, dice *rand.Rand) (m proxy.Mood, lasts time.Duration) {
	switch moodNames[kind] {
	case "latency":
		return proxy.Mood{Latency: between(dice, 20*time.Millisecond, 400*time.Millisecond)}, between(dice, time.Second, 3*time.Second)
	case "slices":
		return proxy.Mood{Slice: 1 + dice.IntN(50)}, between(dice, time.Second, 3*time.Second)
	case "half-open":
		return proxy.Mood{Swallow: true}, between(dice, 500*time.Millisecond, 5*time.Second)
	case "cut":
		return proxy.Mood{Cut: true}, between(dice, 200*time.Millisecond, time.Second)
	}
	return m, 0
}
