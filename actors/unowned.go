package actors

import (
	"slices"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/kinesnow/kinesnow/messages"
)

// unowned lists the shards that could be worked on and that nobody has worked
// on for unownedAfter, by this observer's clock: those whose row has no living
// owner, and those that are listed and have no row though they need one (KP1).
func (f *Fleet) unowned(rows []messages.ShardRow, listed []messages.Shard, duration time.Duration, now time.Time) (late []messages.ShardID) {
	byID := byShard(rows)
	bare := map[messages.ShardID]time.Time{}
	note := func(id messages.ShardID) {
		since, known := f.bare[id]
		if !known {
			since = now
		}
		if bare[id] = since; now.Sub(since) >= unownedAfter {
			late = append(late, id)
		}
	}
	for i := range rows {
		if r := &rows[i]; f.free(r, duration, now) && eligible(r, byID) {
			note(r.Shard)
		}
	}
	for _, s := range unlisted(listed, byID) {
		note(s.ID)
	}
	f.bare = bare
	slices.Sort(late)
	return late
}

// watchOwners tells of shards that nobody works on, and when that is over.
func (l *Lease) watchOwners(c actor.Context, d *discovered, now time.Time) {
	listed := d.listed
	if listed == nil {
		for _, s := range l.listed {
			listed = append(listed, s)
		}
	}
	late := l.Fleet.unowned(d.table.Shards, listed, l.Duration, now)
	for _, id := range late {
		if !slices.Contains(l.unowned, id) {
			l.Log.Error().Str("shard", string(id)).Msg("no process has worked on this shard for " + unownedAfter.String())
		}
	}
	for _, id := range l.unowned {
		if !slices.Contains(late, id) {
			l.Log.Info().Str("shard", string(id)).Msg("the shard has an owner again")
		}
	}
	l.unowned = late
}
