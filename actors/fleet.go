package actors

import (
	"sort"
	"strings"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// Fleet is what one observer has seen of the lease table: enough to tell a
// dead owner from a slow one by its own clock alone (P18). Times in the rows
// decide nothing. It outlives the Lease actor, so that one which is respawned
// again and again still sees owners die.
type Fleet struct {
	shards map[messages.ShardID]sighting
	nodes  map[string]sighting
	bare   map[messages.ShardID]time.Time // since when nobody works on a shard that could be worked on
}

// beat is what moves in a row while its owner lives.
type beat struct {
	counter, expiry int64
	owner           string
}

// sighting is a beat, and when and how often it was read.
type sighting struct {
	beat  beat
	since time.Time // first read with this beat; carries the monotonic clock
	reads int
	moved bool // another beat was read before
}

// NewFleet returns an observer that has seen nothing.
func NewFleet() *Fleet {
	return &Fleet{shards: map[messages.ShardID]sighting{}, nodes: map[string]sighting{}}
}

// look notes one read of the table.
func (f *Fleet) look(rows []messages.ShardRow, nodes []messages.NodeRow, now time.Time) {
	for i := range rows {
		r := &rows[i]
		// A sibling product moves its expiry and not our counter.
		f.shards[r.Shard] = f.shards[r.Shard].read(beat{r.Counter, r.Expiry, string(r.Owner)}, now)
	}
	for _, n := range nodes {
		f.nodes[n.Node] = f.nodes[n.Node].read(beat{n.Counter, 0, n.Process}, now)
	}
}

func (s sighting) read(b beat, now time.Time) sighting {
	if s.reads == 0 || s.beat != b {
		return sighting{b, now, 1, s.reads > 0}
	}
	s.reads++
	return s
}

// still reports whether the counter was read twice, at least d apart.
func (s sighting) still(d time.Duration, now time.Time) bool {
	return s.reads >= 2 && now.Sub(s.since) >= d
}

// free reports whether a row may be claimed: it has no owner, or its owner has
// not moved it for its own lease duration, or says itself that it is no more.
func (f *Fleet) free(r *messages.ShardRow, duration time.Duration, now time.Time) bool {
	if r.Ended {
		return false
	}
	if r.Owner == "" {
		return true
	}
	s := f.shards[r.Shard]
	return s.still(life(r, duration), now) || s.reads >= 2 && f.gone(r.Owner)
}

// gone reports whether an owner's node slot was given up, or is another
// process's: a shard may be handed to a node that has just left. An owner
// without a slot is a sibling product's, and never gone.
func (f *Fleet) gone(owner messages.Owner) bool {
	node, process, ours := strings.Cut(string(owner), "/")
	seen, known := f.nodes[node]
	return ours && known && seen.beat.owner != process
}

// life is how long a row's owner may stand still: its own lease duration, the
// observer's where it names none; a row without an owner is free at once.
func life(r *messages.ShardRow, duration time.Duration) time.Duration {
	switch {
	case r.Owner == "":
		return 0
	case r.DurationMS > 0:
		return time.Duration(r.DurationMS) * time.Millisecond
	}
	return duration
}

// slot picks the node id to claim: the lowest that has no row, was retired, or
// whose row stood still for one lease duration (P20). want restricts it to one
// id. It returns the row as seen, nil where there is none.
//
// No id is made while idleSlots rows have not been seen moving: processes that
// die and come back for ever would leave a row each. Whoever waits sees the
// living move, and soon a dead one that stood still.
func (f *Fleet) slot(nodes []messages.NodeRow, want string, duration time.Duration, now time.Time) (string, *messages.NodeRow, bool) {
	rows := map[string]*messages.NodeRow{}
	for i := range nodes {
		rows[nodes[i].Node] = &nodes[i]
	}
	usable := func(id string) bool {
		r := rows[id]
		return r == nil || r.Process == "" || f.nodes[id].still(duration, now)
	}
	if want != "" {
		return want, rows[want], usable(want)
	}
	idle := 0
	for id, r := range rows {
		if r.Process != "" && !f.nodes[id].moved {
			idle++
		}
	}
	for k := 0; ; k++ {
		id := nodeID(k)
		if usable(id) {
			return id, rows[id], rows[id] != nil || idle < idleSlots
		}
	}
}

// eligible reports whether a shard's parents are done: each has SHARD_END in
// its row, or has no row at all, because it ended before the start or is not
// there any more (P22).
func eligible(r *messages.ShardRow, rows map[messages.ShardID]*messages.ShardRow) bool {
	for _, p := range r.Parents {
		if parent := rows[p]; parent != nil && !parent.Ended {
			return false
		}
	}
	return true
}

// firstSet reports whether a shard is of the first set: no parent of it ever
// had a row. Every other shard starts at TRIM_HORIZON (P12).
func firstSet(r *messages.ShardRow, rows map[messages.ShardID]*messages.ShardRow) bool {
	for _, p := range r.Parents {
		if rows[p] != nil {
			return false
		}
	}
	return true
}

// unlisted returns the listed shards that need a row, parents first: those
// without one that are no ancestor of a shard with one, for such an ancestor
// ended before the start. Rows are made in this order, so that a crash in
// between never makes a new shard look like an ancestor.
func unlisted(listed []messages.Shard, rows map[messages.ShardID]*messages.ShardRow) []messages.Shard {
	byID := map[messages.ShardID]messages.Shard{}
	for _, s := range listed {
		byID[s.ID] = s
	}
	ancestors := map[messages.ShardID]bool{}
	var climb func(messages.ShardID)
	climb = func(id messages.ShardID) {
		for _, p := range byID[id].Parents {
			if !ancestors[p] {
				ancestors[p] = true
				climb(p)
			}
		}
	}
	for id := range rows {
		climb(id)
	}
	var missing []messages.Shard
	for _, s := range listed {
		if rows[s.ID] == nil && !ancestors[s.ID] {
			missing = append(missing, s)
		}
	}
	sort.Slice(missing, func(i, j int) bool { return missing[i].ID < missing[j].ID })
	return missing
}

// jitter returns d, up to a tenth shorter or longer.
func jitter(d time.Duration) time.Duration {
	return d - d/10 + time.Duration(chance.Int64N(int64(d/5)+1))
}
