package replay

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/kinesnow/kinesnow/adapters/snowpipe"
	"github.com/kinesnow/kinesnow/adapters/warehouse"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor"
	"github.com/kinesnow/kinesnow/supervisor/access"
	"github.com/kinesnow/kinesnow/supervisor/reckoning"
)

// concludeWithin bounds the account, which is given even when the work was
// interrupted.
const concludeWithin = 2 * time.Minute

// conclude gives the account, and drops the channels of a replay that is over
// once they are counted.
func (w *work) conclude(ctx context.Context, cfg supervisor.Config, state *messages.State, runErr error) (*Report, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), concludeWithin)
	defer cancel()
	rows, err := w.leases.Rows(ctx)
	if err != nil {
		return nil, err
	}
	a := w.account
	r := &Report{Connector: w.name, ID: a.ID, Stream: a.Stream, Table: a.Table, Range: a.Range, Begun: a.Begun, Shards: []Shard{}}
	tally := w.count(ctx, cfg, rows.Shards, r)
	channels := newChannels(cfg, w.stream)
	finals, err := channels.final(ctx, w.leases, rows.Shards)
	if err != nil {
		r.Notes = append(r.Notes, fmt.Sprintf("Snowflake's own counters could not be read: %v", err))
	}
	r.Done = runErr == nil && len(rows.Shards) > 0
	for i := range rows.Shards {
		row := &rows.Shards[i]
		s := w.shard(row, finals[row.Shard], tally[row.Shard])
		if at := slices.IndexFunc(state.Shards, func(sh messages.ShardState) bool { return sh.Shard == row.Shard }); at >= 0 && !row.Ended {
			s.Error, r.stop = state.Shards[at].Error, state.Shards[at].Stop
		}
		r.Done = r.Done && row.Ended
		r.Shards = append(r.Shards, s)
	}
	r.total(tally != nil)
	if state.Health == messages.Halted && !r.Done {
		if r.stop == "" { // the connector's own, not a shard's
			r.Findings = append(r.Findings, state.Why)
		}
		r.stop = state.Stop
	}
	if r.stop == messages.TargetMissing {
		r.note(missingTable(ctx, cfg, w.live))
	}
	if a.Missing != "" {
		r.Sums.Gaps++
		r.Findings = append(r.Findings, a.Missing)
	}
	r.Exact = r.Done && len(r.Findings) == 0
	if !r.Done {
		return r, runErr
	}
	a.Done = time.Now().UTC()
	if err := a.keep(); err != nil {
		return r, err
	}
	var left error
	if r.Dropped, left = channels.drop(ctx, w.leases, rows.Shards); left != nil {
		r.Notes = append(r.Notes, fmt.Sprintf("channels that are left expire by themselves after 30 idle days: %v", left))
	}
	return r, nil
}

// shard is one shard's part of the account.
func (w *work) shard(row *messages.ShardRow, final *messages.ChannelFinal, tally *warehouse.Tally) Shard {
	c := row.Counters
	s := Shard{Shard: row.Shard, Ended: row.Ended, Gaps: w.account.Gaps[row.Shard], Sums: Sums{
		Rows: reckoning.Rows{
			Read: c.Read, Discarded: c.Discarded, Filtered: c.Filtered, Appended: c.Appended, Committed: c.Committed, Rejected: c.Rejected,
		},
		Gaps: int64(len(w.account.Gaps[row.Shard])),
	}}
	if first, ok := w.account.Firsts[row.Shard]; ok {
		s.First = first.String()
	}
	if last := row.Newest(); !last.IsZero() {
		s.Last = last.String()
	}
	if final != nil {
		n := final.RowsInserted + final.RowsErrors
		s.Sums.Snowflake = &n
	}
	if tally != nil {
		s.Sums.Table, s.Sums.Positions = &tally.Rows, &tally.Positions
	}
	return s
}

// count asks the table for what it has of each shard between the first record
// that was read and the newest one committed; nil = it cannot be asked.
func (w *work) count(ctx context.Context, cfg supervisor.Config, rows []messages.ShardRow, r *Report) map[messages.ShardID]*warehouse.Tally {
	found := map[messages.ShardID]*warehouse.Tally{}
	var spans []warehouse.Span
	for i := range rows {
		first, read := w.account.Firsts[rows[i].Shard]
		if last := rows[i].Newest(); read && !last.IsZero() {
			spans = append(spans, warehouse.Span{Shard: rows[i].Shard, From: before(first), To: last})
		} else {
			found[rows[i].Shard] = &warehouse.Tally{}
		}
	}
	sql, err := access.Warehouse(cfg.Snowflake)
	if err == nil {
		defer sql.Close()
		var positions *warehouse.Positions
		if positions, err = positionsOf(ctx, sql, cfg); err == nil {
			var tallies []warehouse.Tally
			if tallies, err = positions.Tally(ctx, spans); err == nil {
				for i := range tallies {
					found[spans[i].Shard] = &tallies[i]
				}
			}
		}
	}
	if err != nil {
		r.Notes = append(r.Notes, fmt.Sprintf("the table could not be counted: %v", err))
		return nil
	}
	return found
}

// total sums up the shards, and finds what does not add up.
func (r *Report) total(counted bool) {
	zero, none, nothing := int64(0), int64(0), int64(0)
	r.Sums.Snowflake, r.Sums.Table, r.Sums.Positions = &zero, &none, &nothing
	find := func(shard messages.ShardID, format string, args ...any) {
		r.Findings = append(r.Findings, string(shard)+": "+fmt.Sprintf(format, args...))
	}
	for i := range r.Shards {
		sh := &r.Shards[i]
		s := &sh.Sums
		r.Sums.add(*s)
		for _, gap := range sh.Gaps {
			find(sh.Shard, "%s", gap)
		}
		switch want := s.Committed - s.Rejected; {
		case sh.Error != "":
			find(sh.Shard, "%s", sh.Error)
		case !sh.Ended:
			find(sh.Shard, "not read to the end of the range yet")
		case s.Appended != s.Committed:
			find(sh.Shard, "%d rows were appended, %d are committed", s.Appended, s.Committed)
		case s.Snowflake != nil && *s.Snowflake != s.Committed:
			find(sh.Shard, "%d rows were committed, Snowflake counted %d", s.Committed, *s.Snowflake)
		case s.Table != nil && *s.Table < want:
			find(sh.Shard, "%d rows are missing: %d were committed, the table has %d", want-*s.Table, want, *s.Table)
		case s.Table != nil && *s.Table > want:
			find(sh.Shard, "%d rows too many are in the table, which has %d: another replay put them there, or the table was not empty", *s.Table-want, *s.Table)
		case s.Positions != nil && s.Rejected == 0 && *s.Positions != s.Read-s.Discarded-s.Filtered:
			find(sh.Shard, "%d user records made rows, the table has rows of %d", s.Read-s.Discarded-s.Filtered, *s.Positions)
		}
	}
	if !counted {
		r.Sums.Table, r.Sums.Positions = nil, nil
	}
}

// channels are a replay's own.
type channels struct {
	client *snowpipe.Client
	err    error // of the configuration
	name   func(messages.ShardID) string
}

func newChannels(cfg supervisor.Config, s *messages.Stream) *channels {
	c := cfg.Snowflake
	client, err := snowpipe.New(snowpipe.Config{
		Account: c.Account, User: c.User, Role: c.Role, Host: c.Host, Proxy: c.Proxy.Reveal(),
		Database: c.Database, Schema: c.Schema, Pipe: c.PipeName(), Tokens: access.Snowflake(c),
	})
	return &channels{client, err, func(shard messages.ShardID) string { return supervisor.ChannelName(cfg.Application, s, shard) }}
}

// final reads Snowflake's own counters of each channel, and keeps those of shards
// that have ended: they go with the channel.
func (c *channels) final(ctx context.Context, leases endTable, rows []messages.ShardRow) (map[messages.ShardID]*messages.ChannelFinal, error) {
	finals := map[messages.ShardID]*messages.ChannelFinal{}
	var names []string
	for i := range rows {
		if rows[i].DroppedAt != 0 {
			finals[rows[i].Shard] = rows[i].Final
		} else {
			names = append(names, c.name(rows[i].Shard))
		}
	}
	if c.err != nil || len(names) == 0 {
		return finals, c.err
	}
	statuses, err := c.client.Status(ctx, names)
	if err != nil {
		return finals, err
	}
	for i := range rows {
		s := statuses[c.name(rows[i].Shard)]
		if s == nil {
			if finals[rows[i].Shard] == nil {
				finals[rows[i].Shard] = rows[i].Final
			}
			continue
		}
		final := &messages.ChannelFinal{CreatedMS: s.CreatedMS, RowsInserted: s.RowsInserted, RowsErrors: s.RowsErrors, At: time.Now().UnixMilli()}
		finals[rows[i].Shard] = final
		if rows[i].Ended && rows[i].DroppedAt == 0 {
			if err := leases.NoteFinal(ctx, rows[i].Shard, *final); err != nil {
				return finals, err
			}
		}
	}
	return finals, nil
}

// endTable is where the counters of a dropped channel are kept.
type endTable interface {
	NoteFinal(ctx context.Context, shard messages.ShardID, final messages.ChannelFinal) error
	MarkDropped(ctx context.Context, shard messages.ShardID, at int64) error
}

// drop gives the pipe its room back. It stops at the first that is refused.
func (c *channels) drop(ctx context.Context, leases endTable, rows []messages.ShardRow) (dropped int, err error) {
	if c.err != nil {
		return 0, c.err
	}
	for i := range rows {
		if rows[i].DroppedAt != 0 {
			dropped++
			continue
		}
		if err := c.client.Drop(ctx, c.name(rows[i].Shard), true); err != nil {
			return dropped, err
		}
		if err := leases.MarkDropped(ctx, rows[i].Shard, time.Now().UnixMilli()); err != nil {
			return dropped, err
		}
		dropped++
	}
	return dropped, nil
}
