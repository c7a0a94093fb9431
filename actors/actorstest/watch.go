package actorstest

import (
	"slices"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// watchAccept holds an append to P7: the row says that rows may be in flight,
// of this very channel, before they are.
func (s *Sink) watchAccept(name string, ch *channel, sent *accepted) {
	s.cloud.Target.watchKeys(shardOf(sent.end), sent.rows)
	row := s.cloud.Table.rows[shardOf(sent.end)]
	switch {
	case row == nil:
	case row.Settled:
		s.cloud.problem("P7: %s accepted rows up to %s while the row said settled", name, sent.end)
	case row.ChannelCreated != ch.created:
		s.cloud.problem("P7: %s accepted rows while the row named another channel: %d, not %d", name, row.ChannelCreated, ch.created)
	}
}

// watchCommit holds a commit to P22: parents first.
func (s *Sink) watchCommit(id messages.ShardID) {
	sh := s.cloud.Stream.shards[id]
	if sh == nil {
		return
	}
	for _, parent := range sh.info.Parents {
		if p := s.cloud.Stream.shards[parent]; p != nil && s.Rejects == nil && p.trimmed == 0 && len(s.rowsOf(parent)) < len(s.cloud.Stream.rows(parent)) {
			s.cloud.problem("P22: a row of %s was committed before those of its parent %s", id, parent)
		}
	}
}

// watchWrite holds a position write that landed to P7, P14 and P23.
func (t *Table) watchWrite(before, after *messages.ShardRow, w *messages.PositionWrite) {
	sink := t.cloud.Sink
	sink.commitDue()
	if after.Committed != before.Committed && !sink.tokens[after.Committed] {
		t.cloud.problem("P14: %s was checkpointed at %s, which was never committed", after.Shard, after.Committed)
	}
	if w.Settled != nil && *w.Settled && !before.Settled {
		if ch := sink.channelOf(after.Shard); ch != nil && (len(ch.waiting) > 0 || ch.token != after.Committed) {
			t.cloud.problem("P7: %s was settled at %q with %d batches in flight and the token at %q", after.Shard, after.Committed, len(ch.waiting), ch.token)
		}
	}
	if w.Ended && !w.Trimmed && sink.Rejects == nil {
		want, got := t.cloud.Stream.rows(after.Shard), sink.rowsOf(after.Shard)
		if len(got) < len(want) && t.cloud.Stream.shards[after.Shard].trimmed == 0 && !slices.Equal(want, got) {
			t.cloud.problem("P23: %s ended with %d of %d rows in the table", after.Shard, len(got), len(want))
		}
	}
}

// watchDrop holds the drop of an ended shard's channel to P23: it has ended in
// the table for an hour by the service's clock, and the channel's counters are
// there; but one that was made after that may go with none.
func (s *Sink) watchDrop(name string, ch *channel) {
	id := messages.ShardID(name[len(name)-len(ShardID(0)):])
	row, at := s.cloud.Table.rows[id], s.cloud.Table.ended[id]
	switch {
	case row == nil || !row.Ended:
		s.cloud.problem("P23: %s was dropped before SHARD_END", name)
	case row.Final == nil:
		s.cloud.problem("P23: %s was dropped before its counters were in the row", name)
	case row.Final.CreatedMS != ch.created && ch.inserted == 0:
	case row.Final.RowsInserted != ch.inserted+s.Miscount || row.Final.RowsErrors != ch.errors || row.Final.CreatedMS != ch.created:
		s.cloud.problem("P23: %s was dropped with %d rows and %d rejected ones, and the row says %+v", name, ch.inserted, ch.errors, *row.Final)
	case s.cloud.Stream.now().Sub(at) < time.Hour:
		s.cloud.problem("P23: %s was dropped %s after SHARD_END", name, s.cloud.Stream.now().Sub(at))
	}
}
