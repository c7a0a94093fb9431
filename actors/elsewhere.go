package actors

import (
	"slices"
	"strings"

	"github.com/kinesnow/kinesnow/messages"
)

// countElsewhere counts the listed shards that are not finished and not held, by
// what their owners wrote: caughtUpAt rides beside positions, and is written anew
// each idleEvery while nothing comes. One from after this process began says that
// all that was in the shard then is committed and checkpointed. A row of a shard
// that is not listed yet is a child's: the list is old, and nothing is known.
func (l *Lease) countElsewhere(rows map[messages.ShardID]*messages.ShardRow) {
	l.elsewhere = messages.Elsewhere{}
	if l.began.IsZero() {
		return // nobody told the time
	}
	blocked := blockages{l.Fleet, rows, map[messages.ShardID]bool{}}
	for id, r := range rows {
		_, listed := l.listed[id]
		switch {
		case r.Ended || l.held[id] != nil:
		case !listed:
			l.elsewhere = messages.Elsewhere{}
			return
		case l.Fleet.stopped(r):
			l.elsewhere.Stopped = append(l.elsewhere.Stopped, messages.StoppedShard{Shard: id, Owner: r.Owner, Stop: r.Stop})
		case r.CaughtUpAt > l.began.UnixMilli():
			l.elsewhere.CaughtUp++
		case l.pauses.Has(id):
			l.elsewhere.Paused++
		case blocked.by(r):
			l.elsewhere.Blocked++
		}
	}
	slices.SortFunc(l.elsewhere.Stopped, func(a, b messages.StoppedShard) int { return strings.Compare(string(a.Shard), string(b.Shard)) })
}

// stopped reports whether the owner of a row says that it has stopped the shard,
// and was seen alive: one that is dead says it for ever, and its shard is
// somebody's soon.
func (f *Fleet) stopped(r *messages.ShardRow) bool {
	return r.Stop != "" && r.Owner != "" && f.shards[r.Shard].moved
}

// blockages finds the shards that come after one that is stopped elsewhere.
type blockages struct {
	fleet *Fleet
	rows  map[messages.ShardID]*messages.ShardRow
	known map[messages.ShardID]bool // splits and merges lead to one shard on many ways
}

// by reports whether a shard is one of them: nobody begins it before that one's
// end (P22).
func (b *blockages) by(r *messages.ShardRow) bool {
	blocked, known := b.known[r.Shard]
	if !known {
		b.known[r.Shard] = false // for a row that names itself among its ancestors
		blocked = slices.ContainsFunc(r.Parents, func(id messages.ShardID) bool {
			parent := b.rows[id]
			return parent != nil && !parent.Ended && (b.fleet.stopped(parent) || b.by(parent))
		})
		b.known[r.Shard] = blocked
	}
	return blocked
}
