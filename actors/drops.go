package actors

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/rs/zerolog"

	"github.com/kinesnow/kinesnow/messages"
)

// ChannelService is Snowpipe Streaming as the channels of ended shards need it.
type ChannelService interface {
	StatusService
	// Drop deletes a channel with its offset token; it is refused while rows are
	// on their way. A channel that is not there is dropped already.
	Drop(ctx context.Context, channel string, failOnUncommitted bool) error
}

// EndTable is the lease table as far as it concerns shards that have ended.
// Errors are *messages.Fault; Fenced means that the row is not at SHARD_END, or
// that there is nothing to be done for it.
type EndTable interface {
	NoteFinal(ctx context.Context, shard messages.ShardID, final messages.ChannelFinal) error
	MarkDropped(ctx context.Context, shard messages.ShardID, at int64) error
}

// StreamClock tells AWS's time, beside what it says of the stream.
type StreamClock interface {
	Describe(ctx context.Context) (*messages.Stream, error)
}

// DropsSettings is what Drops is made of.
type DropsSettings struct {
	Sink    ChannelService
	Table   EndTable
	Clock   StreamClock
	Channel func(stream *messages.Stream, shard messages.ShardID) string // a shard's (P3)
	Log     zerolog.Logger
}

// Drops looks after the channels of shards that have ended, for a pipe takes so
// many only (P23). Each goes its way by what its lease row and Snowflake say:
//
//	SHARD_END --note--> counted to the end --an hour, drop--> gone --mark--> dropped
//
// It keeps nothing of its own that counts, so a crash anywhere leaves a step that
// is done again, and two nodes at it do no harm. What fails is tried again, and
// holds up nothing else.
type Drops struct {
	DropsSettings
	ctx    context.Context
	cancel context.CancelFunc
	busy   bool
	down   bool
	later  map[messages.ShardID]time.Time // not looked at again before
	told   string                         // the trouble that was logged last

	stopped messages.ShardID // where the last sweep ended before it was through
}

// NewDrops returns the actor of one connector.
func NewDrops(settings DropsSettings) *Drops {
	ctx, cancel := context.WithCancel(context.Background())
	return &Drops{DropsSettings: settings, ctx: ctx, cancel: cancel, later: map[messages.ShardID]time.Time{}}
}

// swept is the result of one sweep.
type swept struct {
	left    []messages.ShardID // that are to be looked at again, but not at once
	err     error              // the first that failed
	stopped messages.ShardID   // whose failure ended the sweep; "" = it went through, or did not begin
}

// Receive is the table of contents.
func (d *Drops) Receive(c actor.Context) {
	if d.down {
		return
	}
	switch m := c.Message().(type) {
	case *messages.ShardsEnded:
		d.begin(c, m)
	case *swept:
		d.over(m)
	case *crashed:
		panic(m.fault)
	case *actor.Stopping:
		d.down = true
		d.cancel()
	}
}

// begin starts a sweep over the shards that are not to wait.
func (d *Drops) begin(c actor.Context, m *messages.ShardsEnded) {
	if d.busy {
		return // the next look tells of them again
	}
	now := time.Now()
	var rows []*messages.ShardRow
	for _, row := range m.Rows {
		if now.After(d.later[row.Shard]) {
			rows = append(rows, row)
		}
	}
	if len(rows) == 0 {
		return
	}
	// Behind the one that ended the last sweep: it may do so again.
	behind := slices.IndexFunc(rows, func(row *messages.ShardRow) bool { return row.Shard > d.stopped })
	rows = append(rows[max(0, behind):], rows[:max(0, behind)]...)
	d.busy = true
	run(d.ctx, c, func() any { return d.sweep(m.Stream, rows) })
}

func (d *Drops) over(m *swept) {
	d.busy, d.stopped = false, m.stopped
	now := time.Now()
	for shard, until := range d.later {
		if now.After(until) {
			delete(d.later, shard)
		}
	}
	for _, shard := range m.left {
		d.later[shard] = now.Add(dropAgain)
	}
	switch {
	case m.err == nil:
		d.told = ""
	case m.err.Error() != d.told:
		d.told = m.err.Error()
		d.Log.Warn().Err(m.err).Msg("a channel of an ended shard cannot be dropped yet; it is tried again")
	}
}

// sweep asks for the time and all channels at once, and then takes one shard
// after the other a step further. What is refused for one channel does not keep
// the others; what would befall each of them ends the sweep.
//
// The time is asked for when the ends have been read: one that was read before,
// and counted on, would be early where the machine slept in between.
func (d *Drops) sweep(stream *messages.Stream, rows []*messages.ShardRow) *swept {
	ctx, cancel := context.WithTimeout(d.ctx, sweepLimit)
	defer cancel()
	out := &swept{}
	names := make([]string, len(rows))
	for i, row := range rows {
		names[i] = d.Channel(stream, row.Shard)
	}
	var statuses map[string]*messages.ChannelStatus
	var now time.Time
	said, err := limited(ctx, d.Clock.Describe)
	if err == nil {
		now = said.Now
		statuses, err = limited(ctx, func(ctx context.Context) (map[string]*messages.ChannelStatus, error) {
			return d.Sink.Status(ctx, names)
		})
	}
	begun := err == nil
	for i, row := range rows {
		left := err != nil
		if !left {
			left, err = d.step(ctx, row, names[i], statuses[names[i]], now)
		}
		if left {
			out.left = append(out.left, row.Shard)
		}
		if err != nil && out.err == nil {
			out.err = err
		}
		switch {
		case ofOne(err):
			err = nil
		case err != nil && begun && out.stopped == "":
			out.stopped = row.Shard
		}
	}
	return out
}

// step takes one shard's channel as far as it goes now.
func (d *Drops) step(ctx context.Context, row *messages.ShardRow, name string, s *messages.ChannelStatus, now time.Time) (left bool, err error) {
	log := d.Log.With().Str("shard", string(row.Shard)).Str("channel", name).Logger()
	switch stepAfterEnd(row, s, now) {
	case endWait:
		return false, nil
	case endLeave:
		log.Error().Str("token", s.Token).Str("checkpoint", row.Committed).Msg("a channel moved after its shard had ended: it is not dropped")
		return true, nil
	case endNote:
		err = d.note(ctx, row.Shard, s, now)
		return err != nil, err
	case endDrop:
		_, err = limited(ctx, func(ctx context.Context) (bool, error) { return true, d.Sink.Drop(ctx, name, true) })
		if err != nil {
			return true, err
		}
		log.Info().Int64("rows", row.Counters.Committed).Msg("the channel of an ended shard is dropped")
	}
	_, err = limited(ctx, func(ctx context.Context) (bool, error) {
		return true, d.Table.MarkDropped(ctx, row.Shard, now.UnixMilli())
	})
	err = unlessFenced(err)
	return err != nil, err
}

// note keeps Snowflake's counters of a channel, which go with it.
func (d *Drops) note(ctx context.Context, shard messages.ShardID, s *messages.ChannelStatus, now time.Time) error {
	final := messages.ChannelFinal{CreatedMS: s.CreatedMS, RowsInserted: s.RowsInserted, RowsErrors: s.RowsErrors, At: now.Add(dateGrain).UnixMilli()}
	_, err := limited(ctx, func(ctx context.Context) (bool, error) { return true, d.Table.NoteFinal(ctx, shard, final) })
	return unlessFenced(err)
}

// limited makes one call, which does not outlive a connection that went silent.
func limited[T any](ctx context.Context, call func(context.Context) (T, error)) (T, error) {
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	return call(ctx)
}

// unlessFenced is err, but for a row that says that there is nothing to be done.
func unlessFenced(err error) error {
	var f *messages.Fault
	if errors.As(err, &f) && f.Class == messages.Fenced {
		return nil
	}
	return err
}

// ofOne reports whether a failure says something of one channel only: it was
// refused in a complete answer, and not because there were too many requests.
func ofOne(err error) bool {
	var f *messages.Fault
	return errors.As(err, &f) && f.Complete && f.Class == messages.Transient && f.Reason != messages.ReasonThrottled
}
