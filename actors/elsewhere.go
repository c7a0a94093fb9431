package actors

import "github.com/kinesnow/kinesnow/messages"

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
	for id, r := range rows {
		_, listed := l.listed[id]
		switch {
		case r.Ended || l.held[id] != nil:
		case !listed:
			l.elsewhere = messages.Elsewhere{}
			return
		case r.CaughtUpAt > l.began.UnixMilli():
			l.elsewhere.CaughtUp++
		case l.pauses.Has(id):
			l.elsewhere.Paused++
		}
	}
}
