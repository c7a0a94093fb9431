package supervisor

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kinesnow/kinesnow/actors/actorstest"
	"github.com/kinesnow/kinesnow/messages"
)

// TestAnOutageIsDegradedOnceNothingHasFlowedForAMinute, and not only after five
// generations, each of which may take a minute, nor while they wait for a lease
// that nobody writes. A short one is none, and one that passes leaves nothing.
func TestAnOutageIsDegradedOnceNothingHasFlowedForAMinute(t *testing.T) {
	refused := actorstest.Effect{Err: actorstest.Unanswered("call", errors.New("connection refused"))}
	silent := actorstest.Effect{Delay: 2 * time.Minute, Lose: true}
	snowflake := []string{"Append", "Open", "Status"}
	for _, c := range []struct {
		name     string
		ops      []string
		effect   actorstest.Effect
		lasts    time.Duration
		degraded time.Duration // at the latest, from its first second; 0 = never
		why      string
	}{
		{"Snowflake refuses connections", snowflake, refused, 5 * time.Minute, 110 * time.Second, "no shard has flowed for a minute: "},
		{"Snowflake is silent", snowflake, silent, 5 * time.Minute, 130 * time.Second, "no shard has flowed for a minute: "},
		{"nothing can be opened, nor a lease be written", []string{"Append", "Open", "Status", "Begin"}, refused, 5 * time.Minute, 110 * time.Second, "no shard has flowed for a minute: "},
		{"a short one", snowflake, refused, 45 * time.Second, 0, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const shards = 2
				w := fleetOf(t, shards)
				w.spawn()
				w.flowFor(shards, 30*time.Second)
				state := func() *messages.State { return w.processes[0].plant.published.Load() }
				if s := state(); s.Health != messages.Flowing {
					t.Fatalf("health %s before: %s", s.Health, s.Why)
				}
				w.cloud.Play(func(op string, _ int) actorstest.Effect {
					for _, hit := range c.ops {
						if op == hit {
							return c.effect
						}
					}
					return actorstest.Effect{}
				})
				var changes []string
				last, degraded := messages.Flowing, time.Duration(0)
				watch := func(lasts time.Duration) {
					for second := range int(lasts / time.Second) {
						w.flowFor(shards, time.Second)
						s := state()
						if s.Health != last {
							changes = append(changes, string(s.Health)+" "+s.Why)
							last = s.Health
						}
						if s.Health == messages.Degraded && degraded == 0 {
							degraded = time.Duration(second+1) * time.Second
							if !strings.HasPrefix(s.Why, c.why) {
								t.Errorf("it says %q", s.Why)
							}
						}
					}
				}
				watch(c.lasts)
				switch {
				case c.degraded == 0 && degraded != 0, degraded > c.degraded:
					t.Errorf("DEGRADED after %s: %q", degraded, changes)
				case c.degraded > 0 && degraded == 0:
					t.Errorf("never DEGRADED: %q", changes)
				}
				w.cloud.Play(nil)
				watch(3 * time.Minute)
				if s := state(); s.Health != messages.Flowing || len(changes) > 2 {
					t.Errorf("after it passed: %s, %s; %q", s.Health, s.Why, changes)
				}
				w.endWhole()
			})
		})
	}
}
