package actors

import (
	"cmp"
	"slices"
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
	paused   func(shard messages.ShardID) bool // stays where it is
}

// holding is a live node's part as a look at the table shows it.
type holding struct {
	owner  messages.Owner
	has    int                  // what it holds, what is on its way to it, and not what is on its way to others
	rows   []*messages.ShardRow // of these, what may be asked for
	target int
}

// lacks is how many rows the node should get; below zero, how many it should
// give.
func (h *holding) lacks() int { return h.target - h.has }

// share works out a node's part (specs/kinesis-consumption.md 7.4). The shards
// that can be worked on are split evenly over the live nodes. Every node works
// out from the same table, and without chance, which free row goes to whom and
// who gives which row to whom, and then does what concerns itself. So no two
// ask for more than there is to give, and a change of membership moves as many
// shards as balance needs and each of them once: nobody has less than its part
// while another one has more, and who has more keeps the remainder. What is
// paused stays where it is, and counts for nobody.
func (f *Fleet) share(rows []messages.ShardRow, nodes []messages.NodeRow, s standing, now time.Time) share {
	held := map[messages.Owner]*holding{}
	for _, owner := range f.live(nodes, s, now) {
		held[owner] = &holding{owner: owner}
	}
	byID := byShard(rows)
	var free []*messages.ShardRow
	shards := 0
	for i := range rows {
		r := &rows[i]
		if r.Ended || !eligible(r, byID) {
			continue
		}
		if held[r.Owner] != nil && s.paused(r.Shard) {
			continue
		}
		shards++
		switch owner, next := held[r.Owner], held[r.Handoff]; {
		case s.taking(r.Shard):
			held[s.me].has++
		case r.Owner != s.me && f.free(r, s.duration, now):
			free = append(free, r)
		case next != nil && next != owner && !(r.Handoff == s.me && s.late(r.Shard)):
			next.has++
		case owner != nil:
			owner.has++
			if next == nil {
				owner.rows = append(owner.rows, r)
			}
		}
	}
	fleet := inPlan(held, shards)
	var out share
	mine := deal(fleet, free, s.me)
	for i, r := range free {
		if mine[i] || f.left(r, s.duration, now) {
			out.claim = append(out.claim, r)
		}
	}
	if len(free) > 0 {
		return out // they may be all that is lacking
	}
	given := surplus(fleet)
	for i, yes := range deal(fleet, given, s.me) {
		if yes {
			out.ask = append(out.ask, given[i])
		}
	}
	out.ask = out.ask[:(len(out.ask)+1)/2] // the rest in the next round, if it is still so
	return out
}

// inPlan sets the targets and returns the nodes in the order of the plan. The
// remainder stays with those that have the most.
func inPlan(held map[messages.Owner]*holding, shards int) []*holding {
	fleet := make([]*holding, 0, len(held))
	for _, h := range held {
		fleet = append(fleet, h)
	}
	slices.SortFunc(fleet, func(a, b *holding) int {
		return cmp.Or(cmp.Compare(b.has, a.has), strings.Compare(string(a.owner), string(b.owner)))
	})
	for i, h := range fleet {
		h.target = shards / len(fleet)
		if i < shards%len(fleet) {
			h.target++
		}
	}
	return fleet
}

// deal goes through the rows and gives each node as many as it lacks; it says
// which of them are one node's.
func deal(fleet []*holding, rows []*messages.ShardRow, me messages.Owner) []bool {
	mine := make([]bool, len(rows))
	next := 0
	for _, h := range fleet {
		for range min(max(0, h.lacks()), len(rows)-next) {
			mine[next] = h.owner == me
			next++
		}
	}
	return mine
}

// surplus lists the rows that their owners have above their part.
func surplus(fleet []*holding) (rows []*messages.ShardRow) {
	for _, h := range fleet {
		rows = append(rows, h.rows[:min(max(0, -h.lacks()), len(h.rows))]...)
	}
	return rows
}

// live are the owners that count: the nodes whose heartbeat moves, and this
// one. A node that is leaving keeps what it has and gets nothing. One that was
// never seen moving counts for half a lease, in which the living beat: who has
// just joined is not to keep parts for the dead.
func (f *Fleet) live(nodes []messages.NodeRow, s standing, now time.Time) []messages.Owner {
	owners := []messages.Owner{s.me}
	for _, n := range nodes {
		owner, seen, patience := messages.MakeOwner(n.Node, n.Process), f.nodes[n.Node], s.duration
		if !seen.moved {
			patience /= 2
		}
		if owner != s.me && n.Process != "" && !n.Leaving && !seen.still(patience, now) {
			owners = append(owners, owner)
		}
	}
	return owners
}

// left reports whether nobody has taken a free row for so long that it is
// anybody's: the node whose part it is may be dead, and not known to be.
func (f *Fleet) left(r *messages.ShardRow, duration time.Duration, now time.Time) bool {
	return f.shards[r.Shard].still(life(r, duration)+claimGrace, now)
}
