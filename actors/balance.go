package actors

import (
	"sort"
	"strings"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// share is what one look at the table asks of a node: which free rows it should
// claim now, and which rows of others it should ask for (P21).
type share struct {
	claim []*messages.ShardRow
	ask   []*messages.ShardRow
}

// standing is what Lease itself knows beside the table.
type standing struct {
	me       messages.Owner
	duration time.Duration                     // of a lease
	taking   func(shard messages.ShardID) bool // a claim of it is under way
	late     func(shard messages.ShardID) bool // asked for, and not handed over in time
}

// share works out a node's part (specs/kinesis-consumption.md 7.4). The shards
// that can be worked on are split evenly over the live nodes, the first ones by
// id taking the remainder. A node below its part takes free rows first, and
// then asks who has the most above his, but never for more than half of the
// surplus at once, and only where it differs by two or more: what is as even
// as it can be stays where it is.
func (f *Fleet) share(rows []messages.ShardRow, nodes []messages.NodeRow, s standing, now time.Time) share {
	byID := byShard(rows)
	owned := map[messages.Owner][]*messages.ShardRow{} // of live owners, what is promised away left out
	for _, owner := range f.live(nodes, s, now) {
		owned[owner] = nil
	}
	var free []*messages.ShardRow
	shards, coming := 0, 0
	for i := range rows {
		r := &rows[i]
		if r.Ended || !eligible(r, byID) {
			continue
		}
		shards++
		_, live := owned[r.Owner]
		switch {
		case s.taking(r.Shard):
			coming++
		case r.Owner != s.me && f.free(r, s.duration, now):
			free = append(free, r)
		case r.Handoff == s.me && r.Owner != s.me:
			if !s.late(r.Shard) {
				coming++
			}
		case live && !f.promised(r, owned):
			owned[r.Owner] = append(owned[r.Owner], r)
		}
	}
	want := target(owned, s.me, shards) - len(owned[s.me]) - coming
	var out share
	chance.Shuffle(len(free), func(i, j int) { free[i], free[j] = free[j], free[i] })
	for _, r := range free {
		if want > 0 || f.left(r, s.duration, now) {
			out.claim = append(out.claim, r)
			want--
		}
	}
	if want <= 0 || len(free) > 0 {
		return out
	}
	victim := richest(owned, s.me)
	has, mine := len(owned[victim]), len(owned[s.me])+coming
	if victim == "" || has-mine < 2 {
		return out
	}
	surplus := max(1, has-target(owned, victim, shards))
	theirs := owned[victim]
	chance.Shuffle(len(theirs), func(i, j int) { theirs[i], theirs[j] = theirs[j], theirs[i] })
	out.ask = theirs[:min(want, (surplus+1)/2)]
	return out
}

// live are the owners that count: the nodes whose heartbeat moves, and this
// one. A node that is leaving keeps what it has and gets nothing.
func (f *Fleet) live(nodes []messages.NodeRow, s standing, now time.Time) []messages.Owner {
	owners := []messages.Owner{s.me}
	for _, n := range nodes {
		owner := messages.MakeOwner(n.Node, n.Process)
		if owner != s.me && n.Process != "" && !n.Leaving && !f.nodes[n.Node].still(s.duration, now) {
			owners = append(owners, owner)
		}
	}
	return owners
}

// promised reports whether a row is on its way to another live node.
func (f *Fleet) promised(r *messages.ShardRow, owned map[messages.Owner][]*messages.ShardRow) bool {
	_, live := owned[r.Handoff]
	return r.Handoff != "" && live
}

// left reports whether nobody has taken a free row for so long that it is
// anybody's: the node whose part it is may be dead, and not known to be.
func (f *Fleet) left(r *messages.ShardRow, duration time.Duration, now time.Time) bool {
	return f.shards[r.Shard].still(life(r, duration)+claimGrace, now)
}

// target is a live node's part of n shards.
func target(owned map[messages.Owner][]*messages.ShardRow, node messages.Owner, n int) int {
	if _, live := owned[node]; !live {
		return 0
	}
	before := 0
	for other := range owned {
		if strings.Compare(string(other), string(node)) < 0 {
			before++
		}
	}
	part := n / len(owned)
	if before < n%len(owned) {
		part++
	}
	return part
}

// richest is the other live node with the most rows, the first by id of equals.
func richest(owned map[messages.Owner][]*messages.ShardRow, me messages.Owner) messages.Owner {
	var others []messages.Owner
	for owner := range owned {
		if owner != me {
			others = append(others, owner)
		}
	}
	sort.Slice(others, func(i, j int) bool {
		if a, b := len(owned[others[i]]), len(owned[others[j]]); a != b {
			return a > b
		}
		return others[i] < others[j]
	})
	if len(others) == 0 {
		return ""
	}
	return others[0]
}
