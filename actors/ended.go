package actors

import (
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// endStep is what comes next for the channel of a shard that has ended (P23).
// All of them may be repeated, by any node.
type endStep uint8

const (
	endWait  endStep = iota // it has not been an hour
	endNote                 // Snowflake's counters belong into the row first
	endDrop                 // it has, and they are there
	endMark                 // the channel is no more: the row should say so
	endLeave                // it is not as the shard left it: a human may want to see that
)

// stepAfterEnd decides by a row at SHARD_END and what Snowflake says of the
// channel, nil where it knows none. now is AWS's clock, which the row's time is
// of, too: clocks of nodes decide nothing.
//
// A channel that an open made which came too late holds nothing and is dropped
// with the rest. One that counted on since its counters were noted is noted
// again, and waits anew; one whose token has moved is left as it is.
func stepAfterEnd(row *messages.ShardRow, s *messages.ChannelStatus, now time.Time) endStep {
	if s == nil {
		return endMark
	}
	final := row.Final
	anew := final != nil && final.CreatedMS != s.CreatedMS
	switch {
	case anew && (s.Token != "" || s.RowsInserted+s.RowsErrors > 0), s.Token != "" && s.Token != row.Committed:
		return endLeave
	case final == nil, !anew && (final.RowsInserted != s.RowsInserted || final.RowsErrors != s.RowsErrors):
		return endNote
	case !dropDue(final, now):
		return endWait
	}
	return endDrop
}

// needsSweep reports whether there is something to be done for a shard's
// channel: it has ended with nothing in flight, and its channel is not counted
// to the end, or has stood for an hour since.
func needsSweep(r *messages.ShardRow, now time.Time) bool {
	return r.Ended && r.Settled && r.HasChannel() && (r.Final == nil || dropDue(r.Final, now))
}

// dropDue reports whether it has been long enough since a shard's end for
// whatever was under way for its channel to be over: a scoped token lives for an
// hour, an append for two minutes.
func dropDue(final *messages.ChannelFinal, now time.Time) bool {
	return !now.Before(time.UnixMilli(final.At).Add(dropAfter))
}
