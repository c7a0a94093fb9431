package main

import (
	"context"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/kinesnow/kinesnow/integration/fault"
	"github.com/kinesnow/kinesnow/integration/localkinesis"
)

var brokenInside = &fault.Refusal{Code: "InternalFailureException", Message: "An internal failure occurred."}

// silenceBefore is how long before the end of a storm subscriptions and links may
// fall silent for good: a reader takes a subscription for dead after 35 s.
const silenceBefore = 45 * time.Second

// events makes subscriptions push a few events late or twice, break off before
// or within one, or end with an exception; one of them falls silent and stays
// open.
func (s *storm) events(ctx context.Context, dice *rand.Rand) {
	begun, silenced := time.Now(), false
	for sleep(ctx, between(dice, spoilsFor, 6*time.Second)) {
		effects := []localkinesis.EventEffect{
			{Delay: between(dice, 20*time.Millisecond, 800*time.Millisecond)}, {Repeat: true}, {Drop: true}, {CutAfter: 1 + dice.IntN(300)}, {Exception: brokenInside},
		}
		at, times := dice.IntN(len(effects)), 1+dice.IntN(3)
		effect := effects[at]
		if !silenced && time.Since(begun) < s.length-silenceBefore {
			effect, times, silenced = localkinesis.EventEffect{Silence: true}, 1, true
		}
		var left atomic.Int64
		left.Store(int64(times))
		until := time.Now().Add(spoilsFor)
		s.w.cloud.Kinesis.EventFaults(func(localkinesis.EventCall) localkinesis.EventEffect {
			if time.Now().After(until) || left.Add(-1) < 0 {
				return localkinesis.EventEffect{}
			}
			s.w.spoils.events.Add(1)
			return effect
		})
		s.w.trace.say("event", "", "times", times, "silence", effect.Silence, "drop", effect.Drop, "cut", effect.CutAfter, "repeat", effect.Repeat, "exception", effect.Exception != nil)
	}
}
