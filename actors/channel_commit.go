package actors

import (
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/kinesnow/kinesnow/messages"
)

type askAgain struct{}

// askStatus tells Commits that this channel waits for a commit, again every
// 2 s, for Commits may have been respawned (P16).
func (ch *Channel) askStatus(c actor.Context) {
	if ch.asking != nil {
		ch.asking.Stop()
	}
	if ch.flights.empty() {
		return
	}
	if time.Since(ch.moved) > commitStall && time.Since(ch.flights.oldest().at) > commitStall {
		panic(&messages.Fault{
			Class: messages.Transient, Reason: messages.ReasonStalled, Op: "channel.commit", Shard: ch.Shard,
			Err: errText("nothing was committed for " + commitStall.String()),
		})
	}
	c.Request(ch.Commits, &messages.CommitWanted{Channel: ch.Name, Generation: ch.Epoch, Opening: ch.Epoch})
	ch.asking = After(c, commitRepeat, &askAgain{})
}

// status takes what one poll said. Only a token that was read back moves
// anything (P14).
func (ch *Channel) status(c actor.Context, m *messages.StatusRead) {
	if m.Opening != ch.Epoch || !ch.flowing || ch.ended {
		return
	}
	switch {
	case m.Err != nil:
		ch.lost(c, ch.fault("status", m.Err))
		return
	case m.Status == nil, m.Status.CreatedMS != ch.opening.CreatedMS && m.Status.CreatedMS != 0:
		ch.gone(c)
		return
	case !m.Status.Healthy && m.Status.Reason == messages.ReasonGone:
		ch.gone(c)
		return
	case !m.Status.Healthy:
		ch.lost(c, ch.unhealthy(m.Status))
		return
	}
	token, fault := readToken(m.Status.Token, ch.Shard, "the channel's")
	if fault != nil {
		panic(fault)
	}
	if ch.appends != nil && token.Position == ch.appends.draft.last.Position() {
		return // committed, though its own answer is still out: that comes first (P11)
	}
	before := ch.flights.committed()
	done, ok := ch.flights.commit(token.Position)
	if !ok {
		panic(&messages.Fault{
			Class: messages.Fenced, Reason: messages.ReasonStale, Op: "channel.status", Shard: ch.Shard,
			Err: errText("committed token " + token.Position.String() + " is no batch end of this opening: another writer"),
		})
	}
	rejected := m.Status.RowsErrors - ch.rejected
	if len(done) == 0 && rejected <= 0 {
		return
	}
	ch.rejected = m.Status.RowsErrors
	ch.committed(c, token, done, ch.rejection(before, token.Position, rejected, m.Status), m.Status)
}

// rejection is what a status says of rows that were rejected since the one
// before; nil where none was.
func (ch *Channel) rejection(before, to messages.Position, rows int64, status *messages.ChannelStatus) *messages.Rejection {
	if rows <= 0 {
		return nil
	}
	r := status.Rejection(rows, ch.located(before, to))
	ch.Log.Warn().Int64("rows", rows).Str("after", before.String()).Str("upto", to.String()).Str("err", r.Message).Str("query", r.Query).Msg("Snowflake rejected rows")
	return r
}

// committed hands on that batches became durable.
func (ch *Channel) committed(c actor.Context, token messages.Token, done []flight, refusal *messages.Rejection, status *messages.ChannelStatus) {
	now, rejected := time.Now(), int64(0)
	if refusal != nil {
		rejected = refusal.Rows
	}
	ch.moved = now
	commit := &messages.BatchCommitted{Token: token, CaughtUp: ch.allCommitted()}
	for _, f := range done {
		f.counts.Committed = f.counts.Appended
		commit.Batches = append(commit.Batches, messages.BatchCounts{End: f.end.Position, Counters: f.counts})
	}
	commit.Rejected = rejected
	commit.Event = &messages.Committed{Shard: ch.Shard, To: token.Position, Rejected: rejected, At: now.UTC()}
	live := messages.Counters{Rejected: rejected}
	for _, b := range commit.Batches {
		commit.Event.Rows += b.Counters.Committed
		live.Committed += b.Counters.Committed
	}
	c.Send(ch.Checkpoint, commit)
	progress := &messages.Progress{Live: live, Commit: len(done) > 0, Rejection: refusal}
	if n := len(done); n > 0 && done[n-1].oldest != 0 {
		progress.Lag = now.Sub(time.UnixMilli(done[n-1].oldest))
	}
	ch.report(c, progress)
	if rejected > 0 && ch.StopOnRejected { // counted, and told of, before
		panic(messages.Stopped(messages.RowsRejected, ch.Shard, "%d rows were rejected: %s", rejected, status.LastError))
	}
	ch.Probe = ch.Probe.Committed(token.Position)
	ch.landed += live.Committed
	if ch.flights.empty() {
		ch.startResting(c)
		ch.compare(c, status)
	}
	ch.next(c)
}

// compare holds what this opening committed against Snowflake's own counters,
// once nothing is in flight. A difference is a finding, never a stop (P14).
func (ch *Channel) compare(c actor.Context, status *messages.ChannelStatus) {
	theirs := status.RowsInserted + status.RowsErrors - ch.opening.RowsInserted - ch.opening.RowsErrors
	silent := status.RowsInserted == 0 && status.RowsErrors == 0 // a service that does not count
	if theirs == ch.landed || silent || ch.mismatched {
		return
	}
	ch.mismatched = true
	ch.Log.Error().Int64("committed", ch.landed).Int64("snowflake", theirs).Msg("Snowflake counts other rows than were committed")
	ch.report(c, &messages.Progress{Mismatches: 1})
}

// gone: the channel does not exist any more.
func (ch *Channel) gone(c actor.Context) {
	ch.lost(c, &messages.Fault{
		Class: messages.Transient, Reason: messages.ReasonGone, Op: "channel.status", Shard: ch.Shard,
		Err: errText("channel " + ch.Name + " does not exist any more"), Complete: true,
	})
}

// lost: a status says that the channel is of no use any more. Where everything
// that was accepted was read back as committed, nothing of it is in flight and
// the row says so, for the next opening may find another channel. Else some of
// it may have been committed since the last answer, and going on after K would
// put that into the table twice: the row stays as it is (P7), as it does for who
// is fenced and knows nothing.
func (ch *Channel) lost(c actor.Context, f *messages.Fault) {
	switch {
	case !ch.flights.empty(), f.Class != messages.Transient, !f.Complete:
		panic(f)
	case ch.appends != nil:
		return // its answer says whether it is in the table or had no effect (P11)
	}
	ch.ended = true
	c.Send(ch.Checkpoint, &messages.SettleAndEnd{Fault: f})
}

// unhealthy is what a status means that says what is wrong: the channel must be
// opened again, because of its rows, or because another opening fenced it.
func (ch *Channel) unhealthy(s *messages.ChannelStatus) *messages.Fault {
	f := &messages.Fault{
		Class: messages.Transient, Reason: messages.ReasonInvalidated, Op: "channel.status", Shard: ch.Shard,
		Err: errText(s.Code + " " + s.LastError), Complete: true,
	}
	switch s.Reason {
	case messages.ReasonOverflow:
		f.Reason, f.Records, f.At = messages.ReasonOverflow, ch.flights.records(), ch.flights.end()
	case messages.ReasonStale:
		f.Class, f.Reason = messages.Fenced, messages.ReasonStale
	}
	return f
}

// allCommitted is the service time of the last answer that left nothing
// behind, if everything up to it is committed; else zero (P9).
func (ch *Channel) allCommitted() time.Time {
	if ch.flights.empty() && ch.appends == nil && !ch.sealing && ch.queue.rows == 0 && !ch.gate.shut() {
		return ch.caughtUp
	}
	return time.Time{}
}
