package actors

import "github.com/kinesnow/kinesnow/messages"

// What Lease would do, for who wants to know it before: the same decisions,
// without an actor.

// RowsToMake returns the rows that would be made for listed shards, parents
// first: none for those that have one, nor for ancestors of these, which ended
// before the start.
func RowsToMake(listed []messages.Shard, rows []messages.ShardRow) []messages.ShardRow {
	missing := unlisted(listed, byShard(rows))
	made := make([]messages.ShardRow, len(missing))
	for i, s := range missing {
		made[i] = shardRow(s)
	}
	return made
}

// Eligible returns the shards that have not ended and whose parents are done:
// each of them gets a channel at once. The others get theirs when their parents
// are read to the end.
func Eligible(rows []messages.ShardRow) (now, later []messages.ShardID) {
	byID := byShard(rows)
	for i := range rows {
		switch r := &rows[i]; {
		case r.Ended:
		case eligible(r, byID):
			now = append(now, r.Shard)
		default:
			later = append(later, r.Shard)
		}
	}
	return now, later
}

// NeedsWord reports whether a row stops its shard until somebody vouches that
// another product's rows have landed (P7).
func NeedsWord(row *messages.ShardRow) bool { return vouchedFor(row) }

// NoRoom is the stop of a connector whose first start would need more channels
// than a pipe takes; nil where it may begin, or has begun.
func NoRoom(rows []messages.ShardRow) *messages.Fault {
	use, _ := UseOf(rows)
	return refusal(use)
}
