package audit

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/kinesnow/kinesnow/adapters/warehouse"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor"
)

// session is one audit under way.
type session struct {
	*Auditor
	report   *Report
	stream   *messages.StreamRow
	rows     map[messages.ShardID]*messages.ShardRow
	statuses map[string]*messages.ChannelStatus
	most     int               // pieces of one stretch
	target   *warehouse.Target // nil = nobody told
	hearings []*hearing
}

// Run asks and judges. A witness who cannot be asked is a finding, and the rest
// judged without him; a table that nobody promised (no snowflake.warehouse) is
// a note.
//
// Errors: the lease table's, a *messages.Fault, for without it there is nothing to
// judge; that the application never ran on the stream; a ledger that cannot be
// read; a table that was counted and does not answer when it is looked at closer.
func (a *Auditor) Run(ctx context.Context, now time.Time) (*Report, error) {
	own := *a // whose table may turn out to be another
	s := &session{Auditor: &own, report: &Report{Connector: a.Connector, At: now.UTC(), Since: a.Since, Until: a.Until, Shards: []Shard{}}}
	if err := s.ask(ctx); err != nil {
		return nil, err
	}
	s.look(ctx)
	if err := s.count(ctx); err != nil {
		return nil, err
	}
	for _, h := range s.hearings {
		h.conclude(s.report.Sources.Table)
		s.report.Shards = append(s.report.Shards, h.out)
	}
	s.total(ctx)
	return s.report, nil
}

// ask asks everybody but the table. The connector may be at work meanwhile:
// ledgers are read before the rows, which are never behind them, and again after
// the tokens, which are never ahead of them.
func (s *session) ask(ctx context.Context) (err error) {
	if s.stream, err = s.Leases.Stream(ctx); err != nil {
		return err
	}
	if s.stream == nil {
		return fmt.Errorf("application %s never ran on stream %s: there is nothing to audit", s.Config.Application, s.Config.Kinesis.StreamName())
	}
	earlier, err := s.newest(ctx)
	if err != nil {
		return err
	}
	rows, err := s.Leases.Rows(ctx)
	if err != nil {
		return err
	}
	from := &s.report.Sources
	from.Leases, from.Nodes, from.Ledgers = true, len(rows.Nodes), len(s.Journals)
	s.rows = map[messages.ShardID]*messages.ShardRow{}
	for i := range rows.Shards {
		s.rows[rows.Shards[i].Shard] = &rows.Shards[i]
	}
	s.statuses, err = s.channels(ctx, slices.Sorted(maps.Keys(s.rows)))
	if from.Channels = err == nil; err != nil {
		s.unasked(err, "Snowflake's channels could not be asked")
	}
	shards, err := shardsIn(s.Journals)
	if err != nil {
		return err
	}
	shards = slices.AppendSeq(shards, maps.Keys(s.rows))
	slices.Sort(shards)
	shards = slices.Compact(shards)
	s.most = piecesFor(len(shards))
	moving := map[messages.ShardID]*moving{}
	for _, id := range shards {
		told, chain, err := s.story(ctx, id)
		if err != nil {
			return err
		}
		if s.ahead(id, chain) {
			moving[id] = s.watch(id)
			continue
		}
		s.hear(id, earlier[id], told, chain)
	}
	if err := s.await(ctx, moving); err != nil {
		return err
	}
	for id := range moving {
		told, chain, err := s.story(ctx, id)
		if err != nil {
			return err
		}
		s.hear(id, earlier[id], told, chain)
	}
	slices.SortFunc(s.hearings, func(a, b *hearing) int { return strings.Compare(string(a.shard), string(b.shard)) })
	return nil
}

// story reads a shard's story.
func (s *session) story(ctx context.Context, id messages.ShardID) (story, *chain, error) {
	told, err := readStory(ctx, s.Journals, id, s.channel(id))
	if err != nil {
		return story{}, nil, err
	}
	return told, fold(told), nil
}

// hear hears what is known of one shard.
func (s *session) hear(id messages.ShardID, before *messages.Checkpointed, told story, chain *chain) {
	status := s.statuses[s.channel(id)]
	if told.unknown > 0 {
		s.note("%s: %d ledger entries are of a newer version and were passed over", id, told.unknown)
	}
	h := hear(evidence{
		shard: id, chain: chain, before: before, row: s.rows[id], status: status, asked: s.report.Sources.Channels, most: s.most,
		since: s.Since, until: s.Until,
	})
	for _, name := range slices.Sorted(maps.Keys(told.foreign)) {
		if family(name, id) == family(s.channel(id), id) { // the name's hash alone differs
			s.note("%s: the ledger also tells of an earlier stream of this name (channel %s); those entries were passed over", id, name)
			continue
		}
		h.find(WrongLedger, 0, span{}, "%d entries of the ledger are of channel %s, which is not this connector's %s: another connector's ledger lies in its place; what has a new application name wants a data_dir of its own, too", told.foreign[name], name, s.channel(id))
	}
	s.hearings = append(s.hearings, h)
}

// newest are the newest checkpoints that the ledgers tell of.
func (s *session) newest(ctx context.Context) (map[messages.ShardID]*messages.Checkpointed, error) {
	shards, err := shardsIn(s.Journals)
	if err != nil {
		return nil, err
	}
	newest := map[messages.ShardID]*messages.Checkpointed{}
	for _, id := range shards {
		_, chain, err := s.story(ctx, id)
		if err != nil {
			return nil, err
		}
		newest[id] = chain.last
	}
	return newest, nil
}

func (s *session) note(format string, args ...any) {
	s.report.Notes = append(s.report.Notes, fmt.Sprintf(format, args...))
}

func (s *session) channel(shard messages.ShardID) string {
	return supervisor.ChannelName(s.Config.Application, &messages.Stream{
		Name: s.Config.Kinesis.StreamName(), ARN: s.stream.ARN, CreatedAt: s.stream.CreatedAt,
	}, shard)
}

// family is a channel's name without its hash, which the stream's time of
// creation is part of (P3).
func family(channel string, shard messages.ShardID) string {
	text := strings.TrimSuffix(channel, "-"+string(shard))
	return text[:max(0, len(text)-10)]
}

// channels asks for the channels of shards, ended ones included: theirs stay
// for an hour or so (P23).
func (s *session) channels(ctx context.Context, shards []messages.ShardID) (map[string]*messages.ChannelStatus, error) {
	names := make([]string, len(shards))
	for i := range shards {
		names[i] = s.channel(shards[i])
	}
	return s.Channels.Status(ctx, names)
}

// count asks the table about all shards at once, and looks closer where it
// differs.
func (s *session) count(ctx context.Context) error {
	if s.Table == nil || s.report.CountsOnly != "" {
		return nil
	}
	var spans []warehouse.Span
	var shares []int
	for _, h := range s.hearings {
		own := h.spans()
		spans, shares = append(spans, own...), append(shares, len(own))
	}
	all, err := s.Table.Tally(ctx, spans)
	if err != nil {
		s.uncounted(err)
		return nil
	}
	s.report.Sources.Table = true
	tallies := make([][]warehouse.Tally, len(shares)) // by hearing
	for i, n := range shares {
		tallies[i], all = all[:n], all[n:]
	}
	if err := s.replayed(ctx, tallies); err != nil {
		s.unasked(err, "dead letters that were sent again could not be looked at, and their rows look like nobody's")
	}
	for i, h := range s.hearings {
		h.weigh(tallies[i])
	}
	if err := s.beyond(ctx); err != nil {
		return err
	}
	for _, h := range s.hearings {
		if !h.differs() {
			continue
		}
		_, chain, err := s.story(ctx, h.shard)
		if err != nil {
			return err
		}
		if err := h.locate(ctx, chain, s.Table); err != nil {
			return err
		}
	}
	return nil
}

// beyond looks at shards with rows after their committed end. Those of a
// connector at work were committed a moment ago, and its token has moved since;
// where it has not, nobody has committed them.
func (s *session) beyond(ctx context.Context) error {
	var ahead []messages.ShardID
	for _, h := range s.hearings {
		if h.beyond > 0 {
			ahead = append(ahead, h.shard)
		}
	}
	if len(ahead) == 0 || !s.report.Sources.Channels {
		return nil
	}
	now, err := s.channels(ctx, ahead)
	if err != nil {
		s.unasked(err, "Snowflake's channels could not be asked again about rows behind the newest committed position")
		return nil
	}
	for _, h := range s.hearings {
		status := now[s.channel(h.shard)]
		if h.beyond == 0 || status != nil && h.status != nil && status.Token != h.status.Token || status != nil && h.status == nil {
			continue
		}
		h.find(Strange, h.beyond, span{h.end, farthest}, "%s in the table behind the newest committed position %s, where nothing was committed", are(rowsOf(h.beyond), h.beyond), h.end)
		h.out.Sums.Strange += h.beyond
	}
	return nil
}
