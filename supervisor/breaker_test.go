package supervisor

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kinesnow/kinesnow/actors/actorstest"
	"github.com/kinesnow/kinesnow/messages"
)

// TestT07AServerThatInvalidatesForEverIsNotSpunAgainst: five generations without
// an accepted append give DEGRADED with the cause, openings become rare, and a
// commit ends all of that (P19).
func TestT07AServerThatInvalidatesForEverIsNotSpunAgainst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := fleetOf(t, 1)
		w.spawn()
		w.flowFor(1, 30*time.Second)
		state := func() *messages.State { return w.processes[0].plant.published.Load() }
		if s := state(); s.Health != messages.Flowing {
			t.Fatalf("health %s before", s.Health)
		}
		refusal := actorstest.Refusal(messages.Transient, messages.ReasonInvalidated, "")
		w.cloud.Play(func(op string, _ int) actorstest.Effect {
			if op == "Append" {
				return actorstest.Effect{Err: refusal}
			}
			return actorstest.Effect{}
		})
		opens := func() int { return w.cloud.Calls("Open") }
		before, degraded, silent := opens(), time.Duration(0), 0
		for tenth := range 1200 {
			if tenth%10 == 0 {
				w.cloud.Stream.Put(actorstest.ShardID(0), 1)
			}
			time.Sleep(time.Second / 10)
			if tenth == 600 && opens()-before > 20 {
				t.Errorf("%d openings in the first minute", opens()-before)
			}
			s := state()
			switch {
			case s.Health == messages.Degraded && degraded == 0:
				degraded = time.Duration(tenth) * time.Second / 10
			case degraded > 0 && s.Health != messages.Degraded:
				t.Errorf("after %d s health is %s again", tenth/10, s.Health)
			}
			if degraded > 0 && !strings.Contains(s.Why, "invalidated") {
				silent++
			}
		}
		if degraded == 0 || degraded > 30*time.Second {
			t.Errorf("DEGRADED after %s", degraded)
		}
		if silent > 0 {
			t.Errorf("the cause was not shown in %d looks: %+v", silent, state())
		}
		minute := opens()
		w.flowFor(1, time.Minute)
		if n := opens() - minute; n < 1 || n > 10 {
			t.Errorf("%d openings in the third minute", n)
		}
		w.cloud.Play(nil)
		w.flowFor(1, 45*time.Second)
		if s := state(); s.Health != messages.Flowing || s.Shards[0].Failing || s.Shards[0].Error != "" {
			t.Errorf("after it healed: %s, %s, %+v", s.Health, s.Why, s.Shards[0])
		}
		w.cloud.Play(once("Append", refusal))
		healed := opens()
		w.flowFor(1, 3*time.Second)
		if opens() == healed {
			t.Error("a channel that is invalidated once is not opened again within 3 s: the backoff was not reset")
		}
		w.endWhole()
	})
}

// once fails the first call of an operation from now on.
func once(op string, err error) actorstest.Script {
	done := false
	return func(called string, _ int) actorstest.Effect {
		if called != op || done {
			return actorstest.Effect{}
		}
		done = true
		return actorstest.Effect{Err: err}
	}
}

// TestAGenerationThatIsToldToWaitWaits: a Retry-After beyond append_retry ends
// the generation, and the next one does not come before it is over.
func TestAGenerationThatIsToldToWaitWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := fleetOf(t, 1)
		w.spawn()
		w.flowFor(1, 20*time.Second)
		w.cloud.Play(once("Append", &messages.Fault{
			Class: messages.Transient, Reason: messages.ReasonThrottled, Op: "Append", After: 2 * time.Minute, Complete: true,
		}))
		w.flowFor(1, 3*time.Second)
		appends, opens := w.cloud.Calls("Append"), w.cloud.Calls("Open")
		w.flowFor(1, 110*time.Second)
		if a, o := w.cloud.Calls("Append")-appends, w.cloud.Calls("Open")-opens; a != 0 || o != 0 {
			t.Errorf("%d appends and %d openings within a Retry-After of 2 minutes", a, o)
		}
		w.flowFor(1, 15*time.Second)
		if w.cloud.Calls("Append") == appends {
			t.Error("nothing is appended after it")
		}
		w.endWhole()
	})
}
