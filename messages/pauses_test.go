package messages

import (
	"slices"
	"testing"
	"time"
)

// TestPausesAreValues: what was copied before stays as it was.
func TestPausesAreValues(t *testing.T) {
	at := time.Unix(1700000000, 0)
	var none Pauses
	one := none.Add([]ShardID{"a"}, at)
	if !none.None() || none.Has("a") || !one.Has("a") || one.Has("b") || !one.Since.Equal(at) {
		t.Errorf("one shard paused: %+v, before %+v", one, none)
	}
	two := one.Add([]ShardID{"b", "a"}, at.Add(time.Hour))
	if !slices.Equal(two.Shards, []ShardID{"a", "b"}) || !two.Since.Equal(at) || !one.Same(Pauses{Shards: []ShardID{"a"}}) {
		t.Errorf("another paused: %+v, before %+v", two, one)
	}
	if b := two.Remove([]ShardID{"a"}); b.Has("a") || !b.Has("b") || !two.Has("a") {
		t.Errorf("the first resumed: %+v, before %+v", b, two)
	}
	if p := one.Remove([]ShardID{"a"}); !p.None() || !p.Since.IsZero() {
		t.Errorf("the last one resumed: %+v", p)
	}
	all := two.Add(nil, at)
	if !all.Has("c") || len(all.Shards) != 0 || !all.Remove([]ShardID{"c"}).Has("c") || !all.Remove(nil).None() {
		t.Errorf("all paused: %+v", all)
	}
}

// TestAChangeOfPausesAddsUp: whoever is told the events comes from one state to
// the other, from any to any.
func TestAChangeOfPausesAddsUp(t *testing.T) {
	states := []Pauses{{}, {All: true}, {Shards: []ShardID{"a"}}, {Shards: []ShardID{"a", "b"}}, {Shards: []ShardID{"b", "c"}}}
	for _, from := range states {
		for _, to := range states {
			got := from
			events := from.Change(to, time.Unix(5, 0))
			for _, e := range events {
				switch e := e.(type) {
				case *Paused:
					got = got.Add(e.Shards, e.At)
				case *Resumed:
					got = got.Remove(e.Shards)
				}
			}
			if !got.Same(to) || from.Same(to) != (len(events) == 0) {
				t.Errorf("from %+v to %+v: %d events, which lead to %+v", from, to, len(events), got)
			}
		}
	}
}
