package scenarios

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/integration/fault"
	"github.com/kinesnow/kinesnow/integration/localcloud"
	"github.com/kinesnow/kinesnow/integration/localkinesis"
	"github.com/kinesnow/kinesnow/integration/localsnowflake"
	"github.com/kinesnow/kinesnow/integration/producer"
	"github.com/kinesnow/kinesnow/messages"
)

// storm is a world whose stream changes its shards all the time, and what was
// put through it.
type storm struct {
	*world
	slots [][]int // N, by the place among the hash keys, in the order of the puts
}

// stormSlots are the places of the hash keys that records are put on, so that
// no shard is without.
const stormSlots = 12

func newStorm(w *world) *storm {
	w.shards = stormSlots // how putRaw divides the hash keys
	return &storm{w, make([][]int, stormSlots)}
}

// gust puts two records on each slot, and an aggregate of three on every third.
func (s *storm) gust() {
	s.t.Helper()
	for slot := range s.slots {
		from := s.put
		s.putOn(slot, 2)
		if slot%3 == len(s.slots[slot])%3 {
			s.putRaw(slot, s.packed(3))
		}
		s.slots[slot] = append(s.slots[slot], between(from, s.put)...)
	}
}

// packed is n more records in one, all of one key.
func (s *storm) packed(n int) []byte {
	users := make([]producer.User, n)
	for i := range users {
		users[i] = producer.User{Key: "packed", Data: fmt.Appendf(nil, `{"N":%d}`, s.put)}
		s.put++
	}
	return producer.Aggregate(users...)
}

// rage changes the number of shards five times, with a split and a merge in the
// midst, and records before and after everything: faster than anybody follows.
func (s *storm) rage(inTheMidst func()) {
	s.t.Helper()
	for i, shards := range []int{8, 4, 2, 6, 3} {
		s.gust()
		if err := s.Kinesis.UpdateShardCount("orders", shards); err != nil {
			s.t.Fatal(err)
		}
		if i == 2 {
			s.gust()
			s.splitShard(s.open()[0])
			inTheMidst()
			s.gust()
			halves := s.open()[1:]
			s.mergeShards(halves[0], halves[1])
		}
	}
	s.gust()
}

// open lists the open shards by number.
func (s *storm) open() (open []int) {
	for _, shard := range s.Kinesis.Streams()[0].Shards {
		if shard.Open {
			open = append(open, shardNumber(s.t, shard.ID))
		}
	}
	return open
}

// expectOrder demands that each slot's records are in the table once, in the
// order in which they were put, whichever shards they came through.
func (s *storm) expectOrder() {
	s.t.Helper()
	slotOf := map[int]int{}
	for slot, all := range s.slots {
		for _, n := range all {
			slotOf[n] = slot
		}
	}
	got := make([][]int, len(s.slots))
	for _, n := range s.numbers("SELECT N FROM ORDERS") {
		slot, put := slotOf[n]
		if !put {
			s.t.Errorf("the table holds %d, which should not be there", n)
			continue
		}
		got[slot] = append(got[slot], n)
	}
	for slot, want := range s.slots {
		if !slices.Equal(got[slot], want) {
			s.t.Errorf("slot %d: %v, want %v", slot, got[slot], want)
		}
	}
}

// expectParentsFirst demands, whenever a channel is opened from now on, that each
// parent of its shard says SHARD_END in its row, or has none because it ended
// before the first start.
func (s *storm) expectParentsFirst() {
	s.Snowflake.Faults().Set(localsnowflake.ActionOpenChannel, func(c fault.Call) (e fault.Effect) {
		for _, shard := range s.Kinesis.Streams()[0].Shards {
			if !strings.HasSuffix(c.Key, shard.ID) {
				continue
			}
			for _, p := range shard.Parents {
				parent := shardNumber(s.t, p)
				if s.lease(parent, "shardId") != nil && !s.ended(parent) {
					s.t.Errorf("the channel of %s is opened, and its parent %s has not ended", shard.ID, p)
				}
			}
		}
		return e
	})
}

// untilAllEnded waits until each closed shard says so in its row.
func (s *storm) untilAllEnded() {
	s.t.Helper()
	s.wait("ended all that is closed", func() bool {
		return !slices.ContainsFunc(s.Kinesis.Streams()[0].Shards, func(shard localkinesis.ShardInfo) bool {
			return !shard.Open && !s.ended(shardNumber(s.t, shard.ID))
		})
	})
}

// ways are how a stream can be read.
func ways() map[string]func(*plan) {
	return map[string]func(*plan){"polled": func(*plan) {}, "pushed": fanOut}
}

// stormWays are those that make test has time for, or all.
func stormWays() map[string]func(*plan) {
	all := ways()
	if !*everything {
		delete(all, "polled") // as in the simulation, which has storms on both
	}
	return all
}

// TestAStormOfShardsFiveDeepIsExact: three processes, of which one dies in the
// midst of it.
func TestAStormOfShardsFiveDeepIsExact(t *testing.T) {
	t.Parallel()
	for name, way := range stormWays() {
		t.Run(name, func(t *testing.T) {
			s := newStorm(newWorld(t, 4, shortLived))
			s.expectParentsFirst()
			a, b := s.connect(way), s.connect(way)
			s.gust()
			s.untilRows(s.put / 2)
			s.rage(a.kill)
			c := s.connect(way)
			s.untilRows(s.put)
			s.untilAllEnded()
			s.expectOrder()
			if n := len(s.Kinesis.Streams()[0].Shards); n < 30 {
				t.Errorf("%d shards: no storm", n)
			}
			for _, c := range []*connector{b, c} {
				if gaps := events[*messages.GapDetected](c); len(gaps) > 0 {
					t.Errorf("a gap that is none: %+v", gaps[0])
				}
			}
		})
	}
}

// TestLatestLosesNothingToAStorm that begins when the first start is decided,
// and is over before anybody has listed a shard again: children of children
// open, close and are passed on meanwhile.
func TestLatestLosesNothingToAStorm(t *testing.T) {
	t.Parallel()
	for name, way := range stormWays() {
		t.Run(name, func(t *testing.T) {
			w, clock := newClockedWorld(t, 4)
			s := newStorm(w)
			s.gust()
			s.slots = make([][]int, stormSlots) // is before LATEST
			before := s.put
			clock.advance(2 * time.Second)
			s.Dynamo.Faults().Set("UpdateItem", func(c fault.Call) (e fault.Effect) {
				if strings.Contains(c.Key, "shardId-") {
					e = refusal(500, "InternalServerError")
				}
				return e
			})
			c := s.connect(fromLatest, way)
			decided := func(what string) any {
				return s.Dynamo.Item(localcloud.LeaseTable("orders"), "orders", "__stream__")[what]
			}
			s.wait("decided", func() bool { return decided("initialTimestamp") != nil })
			c.kill()
			if s.lease(0, "shardId") != nil || decided("initialised") == true {
				t.Fatal("the shards have rows: this is not the moment between the decision and them")
			}
			s.Dynamo.Faults().Set("UpdateItem", nil)
			s.expectParentsFirst()
			clock.advance(2 * time.Second)
			s.rage(func() {})
			clock.advance(2 * time.Second)
			c = s.connect(fromLatest, way)
			s.untilRows(s.put - before)
			c.untilCaughtUp(0)
			s.expectOrder()
		})
	}
}
