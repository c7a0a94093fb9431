package actors

import (
	"slices"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/actors/actorstest"
	"github.com/kinesnow/kinesnow/messages"
)

const leaseTime = 20 * time.Second

// TestAnOwnerIsDeadWhenItsCounterStoodStillForItsOwnLeaseTime is P18: read the
// same twice, its own duration between by the observer's clock. The times in
// the row decide nothing.
func TestAnOwnerIsDeadWhenItsCounterStoodStillForItsOwnLeaseTime(t *testing.T) {
	epoch := time.Unix(1700000000, 0)
	type read struct {
		at      time.Duration
		counter int64
		owner   messages.Owner
	}
	for _, c := range []struct {
		name     string
		duration int64 // leaseDurationMs of the row
		reads    []read
		free     bool
	}{
		{"no owner", 20000, []read{{0, 5, ""}}, true},
		{"read once", 20000, []read{{0, 5, "a"}}, false},
		{"read twice, too soon", 20000, []read{{0, 5, "a"}, {leaseTime - 1, 5, "a"}}, false},
		{"read twice, its lease time between", 20000, []read{{0, 5, "a"}, {leaseTime, 5, "a"}}, true},
		{"read often", 20000, []read{{0, 5, "a"}, {5 * time.Second, 5, "a"}, {leaseTime, 5, "a"}}, true},
		{"it moved once", 20000, []read{{0, 5, "a"}, {15 * time.Second, 6, "a"}, {leaseTime, 6, "a"}}, false},
		{"it moved, then stood", 20000, []read{{0, 5, "a"}, {15 * time.Second, 6, "a"}, {35 * time.Second, 6, "a"}}, true},
		{"another owner with the same counter", 20000, []read{{0, 5, "a"}, {leaseTime, 5, "b"}}, false},
		{"a longer lease than ours", 60000, []read{{0, 5, "a"}, {leaseTime, 5, "a"}}, false},
		{"a longer lease, over", 60000, []read{{0, 5, "a"}, {time.Minute, 5, "a"}}, true},
		{"a shorter lease than ours", 5000, []read{{0, 5, "a"}, {5 * time.Second, 5, "a"}}, true},
		{"a sibling's row without a duration", 0, []read{{0, 5, "a"}, {leaseTime, 5, "a"}}, true},
	} {
		f := NewFleet()
		var row messages.ShardRow
		var now time.Time
		for _, r := range c.reads {
			row = messages.ShardRow{Shard: shard0, Owner: r.owner, Counter: r.counter, DurationMS: c.duration, Expiry: epoch.Add(-time.Hour).UnixMilli()}
			now = epoch.Add(r.at)
			f.look([]messages.ShardRow{row}, nil, now)
		}
		if got := f.free(&row, leaseTime, now); got != c.free {
			t.Errorf("%s: free is %v", c.name, got)
		}
		row.Ended = true
		if f.free(&row, leaseTime, now) {
			t.Errorf("%s: free although the shard has ended", c.name)
		}
	}
}

// TestASiblingsRowLivesByItsExpiry: it has no counter; the expiry moves.
func TestASiblingsRowLivesByItsExpiry(t *testing.T) {
	f, epoch := NewFleet(), time.Unix(1700000000, 0)
	row := messages.ShardRow{Shard: shard0, Owner: "nifi", Expiry: 1}
	for i := range int64(5) {
		row.Expiry = i + 1
		f.look([]messages.ShardRow{row}, nil, epoch.Add(time.Duration(i)*15*time.Second))
	}
	if f.free(&row, leaseTime, epoch.Add(time.Minute)) {
		t.Error("free although its expiry keeps moving")
	}
	f.look([]messages.ShardRow{row}, nil, epoch.Add(time.Minute+leaseTime))
	if !f.free(&row, leaseTime, epoch.Add(time.Minute+leaseTime)) {
		t.Error("not free although its expiry stood still")
	}
}

// TestTheLowestFreeSlotIsClaimed is P20.
func TestTheLowestFreeSlotIsClaimed(t *testing.T) {
	epoch := time.Unix(1700000000, 0)
	alive := func(k int) messages.NodeRow { return messages.NodeRow{Node: nodeID(k), Process: "p", Counter: 7} }
	retired := func(k int) messages.NodeRow { return messages.NodeRow{Node: nodeID(k), Counter: 7} }
	crowd := func() (nodes []messages.NodeRow) { // that was left by processes which died
		for k := range idleSlots {
			nodes = append(nodes, alive(k))
		}
		return nodes
	}
	for _, c := range []struct {
		name  string
		nodes []messages.NodeRow
		want  string
		still bool
		id    string
		seen  bool
		ok    bool
	}{
		{name: "an empty table", id: "node-0", ok: true},
		{name: "behind those alive", nodes: []messages.NodeRow{alive(0), alive(1)}, id: "node-2", ok: true},
		{name: "a hole", nodes: []messages.NodeRow{alive(0), alive(2)}, id: "node-1", ok: true},
		{name: "a retired one", nodes: []messages.NodeRow{retired(0), alive(1)}, id: "node-0", seen: true, ok: true},
		{name: "a dead one", nodes: []messages.NodeRow{alive(0), alive(1)}, still: true, id: "node-0", seen: true, ok: true},
		{name: "none, while too many may be dead", nodes: crowd(), id: nodeID(idleSlots)},
		{name: "the first of many dead ones", nodes: crowd(), still: true, id: "node-0", seen: true, ok: true},
		{name: "a retired one among many", nodes: append(crowd()[1:], retired(0)), id: "node-0", seen: true, ok: true},
		{name: "the configured one, alive elsewhere", nodes: []messages.NodeRow{alive(0), alive(1)}, want: "node-1", id: "node-1", seen: true},
		{name: "the configured one, free", nodes: []messages.NodeRow{alive(0)}, want: "blue", id: "blue", ok: true},
	} {
		f, now := NewFleet(), epoch
		f.look(nil, c.nodes, now)
		if c.still {
			now = now.Add(leaseTime)
			f.look(nil, c.nodes, now)
		}
		id, seen, ok := f.slot(c.nodes, c.want, leaseTime, now)
		if id != c.id || (seen != nil) != c.seen || ok != c.ok {
			t.Errorf("%s: %s, seen %v, %v", c.name, id, seen, ok)
		}
	}
}

func rowsOf(rows ...messages.ShardRow) map[messages.ShardID]*messages.ShardRow {
	return byShard(rows)
}

// TestChildrenAreEligibleAfterEveryParentEnded is P22, and P12's first set.
func TestChildrenAreEligibleAfterEveryParentEnded(t *testing.T) {
	child := messages.ShardRow{Shard: shard2, Parents: []messages.ShardID{shard0, shard1}}
	live := func(id messages.ShardID) messages.ShardRow { return messages.ShardRow{Shard: id} }
	ended := func(id messages.ShardID) messages.ShardRow { return messages.ShardRow{Shard: id, Ended: true} }
	for _, c := range []struct {
		name            string
		rows            []messages.ShardRow
		eligible, first bool
	}{
		{"both parents live", []messages.ShardRow{live(shard0), live(shard1)}, false, false},
		{"one parent ended", []messages.ShardRow{ended(shard0), live(shard1)}, false, false},
		{"both ended", []messages.ShardRow{ended(shard0), ended(shard1)}, true, false},
		{"both from before the start", nil, true, true},
		{"one from before the start, one live", []messages.ShardRow{live(shard1)}, false, false},
		{"one from before the start, one ended", []messages.ShardRow{ended(shard1)}, true, false},
	} {
		rows := rowsOf(append(c.rows, child)...)
		if got := eligible(&child, rows); got != c.eligible {
			t.Errorf("%s: eligible is %v", c.name, got)
		}
		if got := firstSet(&child, rows); got != c.first {
			t.Errorf("%s: of the first set is %v", c.name, got)
		}
	}
	orphan := messages.ShardRow{Shard: shard0}
	if !eligible(&orphan, nil) || !firstSet(&orphan, nil) {
		t.Error("a shard without parents is eligible and of the first set")
	}
}

// TestShardsThatAreFoundGetRowsParentsFirst and ancestors of known shards none.
func TestShardsThatAreFoundGetRowsParentsFirst(t *testing.T) {
	s := func(n int, parents ...int) messages.Shard {
		shard := messages.Shard{ID: actorstest.ShardID(n)}
		for _, p := range parents {
			shard.Parents = append(shard.Parents, actorstest.ShardID(p))
		}
		return shard
	}
	// 0 -> 1, 2; 2 -> 3, 4; 3 + 4 -> 5
	family := []messages.Shard{s(5, 3, 4), s(4, 2), s(3, 2), s(2, 0), s(1, 0), s(0)}
	for _, c := range []struct {
		name  string
		known []int
		want  []int
	}{
		{"nothing known", nil, []int{0, 1, 2, 3, 4, 5}},
		{"the root", []int{0}, []int{1, 2, 3, 4, 5}},
		{"some of the first set: its ancestors ended before the start", []int{1, 2}, []int{3, 4, 5}},
		{"one branch began later", []int{3}, []int{1, 4, 5}},
		{"the last alone", []int{5}, []int{1}},
		{"all", []int{0, 1, 2, 3, 4, 5}, nil},
	} {
		rows := map[messages.ShardID]*messages.ShardRow{}
		for _, n := range c.known {
			rows[actorstest.ShardID(n)] = &messages.ShardRow{}
		}
		var got []messages.ShardID
		for _, found := range unlisted(family, rows) {
			got = append(got, found.ID)
		}
		var want []messages.ShardID
		for _, n := range c.want {
			want = append(want, actorstest.ShardID(n))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: rows for %v, want %v", c.name, got, want)
		}
	}
}

func TestJitterStaysWithinATenth(t *testing.T) {
	for range 1000 {
		if d := jitter(time.Second); d < 900*time.Millisecond || d > 1100*time.Millisecond {
			t.Fatalf("%s", d)
		}
	}
}
