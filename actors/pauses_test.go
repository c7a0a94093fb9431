package actors

import (
	"testing"

	"github.com/kinesnow/kinesnow/messages"
)

// TestPausesAreToldToWhoeverComes: a shard manager that is respawned is told
// what is paused.
func TestPausesAreToldToWhoeverComes(t *testing.T) {
	var none Pauses
	if none.Message() != nil || none.Has("a") {
		t.Error("something is paused at first")
	}
	one := none.Add([]messages.ShardID{"a"})
	if m := one.Message(); m == nil || len(m.Shards) != 1 || m.Shards[0] != "a" || !one.Has("a") || one.Has("b") || none.Has("a") {
		t.Errorf("one shard paused: %v", m)
	}
	if two := one.Add([]messages.ShardID{"b"}).Remove([]messages.ShardID{"a"}); two.Has("a") || !two.Has("b") || !one.Has("a") {
		t.Errorf("another paused and the first resumed: %+v, before %+v", two, one)
	}
	all := one.Add(nil)
	if m := all.Message(); m == nil || len(m.Shards) != 0 || !all.Has("b") {
		t.Errorf("all paused: %v", m)
	}
	if p := all.Remove(nil); p.Message() != nil || p.Has("a") {
		t.Error("something is paused after all were resumed")
	}
}
