package supervisor

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kinesnow/kinesnow/actors/actorstest"
	"github.com/kinesnow/kinesnow/messages"
)

// TestKP06TenMinutesOfStallLoseNoLeaseAndTakeNoMoreMemory lets Snowflake take
// nothing, or take everything and commit nothing, while records keep coming:
// every shard stays where it is, readers stop, and all is made up for later.
func TestKP06TenMinutesOfStallLoseNoLeaseAndTakeNoMoreMemory(t *testing.T) {
	throttled := func(op string, _ int) actorstest.Effect {
		if op == "Append" {
			return actorstest.Effect{Err: actorstest.Refusal(messages.Transient, messages.ReasonThrottled, "")}
		}
		return actorstest.Effect{}
	}
	silent := func(op string, _ int) actorstest.Effect {
		if op == "Append" {
			return actorstest.Effect{Delay: 20 * time.Second, Lose: true}
		}
		return actorstest.Effect{}
	}
	deaf := func(op string, _ int) actorstest.Effect {
		if op == "Status" {
			return actorstest.Effect{Err: actorstest.Unanswered(op, errors.New("503"))}
		}
		return actorstest.Effect{}
	}
	for name, stall := range map[string]actorstest.Script{"appends are throttled": throttled, "appends are not answered": silent, "commits are not told": deaf} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const shards = 4
				w := fleetOf(t, shards)
				w.spawn()
				w.spawn()
				w.flowFor(shards, time.Minute)
				before := fmt.Sprint(w.owners(shards))
				where := w.ownerOf(shards)
				w.cloud.Play(stall)
				for minute := range 10 {
					for range 60 {
						for i := range shards {
							w.cloud.Stream.PutRecord(actorstest.ShardID(i), actorstest.User{Rows: 1, Bytes: 32 << 10})
						}
						time.Sleep(time.Second)
					}
					if now := w.ownerOf(shards); fmt.Sprint(now) != fmt.Sprint(where) {
						t.Fatalf("after %d minutes shards moved: %v, were %v", minute+1, now, where)
					}
				}
				for _, p := range w.processes {
					if b := p.plant.budget.State(); b.Peak > b.Total || b.Used > b.Total {
						t.Errorf("the budget of %s: %+v", p.pid.Id, b)
					}
					if held := p.held(); held > 2*(8<<20)+(4<<20) { // of two shards: what a channel takes before it is accepted, and a fetch
						t.Errorf("%s holds %d bytes", p.pid.Id, held)
					}
				}
				w.cloud.Play(nil)
				time.Sleep(3 * time.Minute)
				if now := fmt.Sprint(w.owners(shards)); now != before {
					t.Errorf("owners %s, were %s", now, before)
				}
				w.endWhole()
			})
		})
	}
}

// ownerOf is which process has each shard.
func (w *chaosWorld) ownerOf(shards int) (all []string) {
	for i := range shards {
		row := w.cloud.Table.Row(actorstest.ShardID(i))
		all = append(all, string(row.Owner))
	}
	return all
}

// held is what a process's shards have fetched and not appended.
func (p *process) held() (bytes int64) {
	for _, s := range p.plant.published.Load().Shards {
		bytes += s.Held
	}
	return bytes
}
