package audit

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/kinesnow/kinesnow/adapters/journal"
	"github.com/kinesnow/kinesnow/adapters/leasetable"
	"github.com/kinesnow/kinesnow/adapters/snowpipe"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor"
	"github.com/kinesnow/kinesnow/supervisor/access"
)

// Leases is DynamoDB as an audit uses it.
type Leases interface {
	Stream(ctx context.Context) (*messages.StreamRow, error)
	Rows(ctx context.Context) ([]messages.ShardRow, []messages.NodeRow, error)
}

// Channels is Snowflake's streaming side as an audit uses it. A channel that
// it does not know has no key.
type Channels interface {
	Status(ctx context.Context, channels []string) (map[string]*messages.ChannelStatus, error)
}

// Auditor asks every witness of one connector. It takes no lease and writes
// nothing, so it may run beside the connector.
type Auditor struct {
	Connector string
	Config    supervisor.Config
	Leases    Leases
	Channels  Channels
	Table     Table // nil = SQL is not asked
	Journals  []Journal
	Since     time.Time // zero = from the beginning
	Until     time.Time // zero = up to now

	close func() error
}

// New wires an auditor to a connector's configuration and to the journals of
// every node under dataDir ("" = there are none). Nothing is sent yet.
func New(name string, cfg supervisor.Config, dataDir string) (*Auditor, error) {
	s := cfg.Snowflake
	channels, err := snowpipe.New(snowpipe.Config{
		Account: s.Account, User: s.User, Role: s.Role, Host: s.Host, Proxy: s.Proxy.Reveal(),
		Database: s.Database, Schema: s.Schema, Pipe: s.PipeName(), Tokens: access.Snowflake(s),
	})
	if err != nil {
		return nil, fmt.Errorf("connector %s: %w", name, err)
	}
	w, err := access.Warehouse(s)
	if err != nil {
		return nil, fmt.Errorf("connector %s: %w", name, err)
	}
	a := &Auditor{
		Connector: name, Config: cfg, Channels: channels, close: w.Close,
		Leases: leasetable.New(leasetable.Config{
			AWS: access.AWS(cfg.AWS), Endpoint: cfg.AWS.Endpoints.DynamoDB, Application: cfg.Application, Stream: cfg.Kinesis.StreamName(),
		}),
	}
	if a.Table, err = w.Positions(s.Table, cfg.Kinesis.StreamName()); err != nil {
		return nil, fmt.Errorf("connector %s: %w", name, err)
	}
	a.Journals, err = Journals(dataDir, name)
	return a, err
}

// Journals opens the journals that a connector's nodes keep under a data_dir,
// <data_dir>/<node>/journal/<connector>. Reading them disturbs nobody.
func Journals(dataDir, connector string) ([]Journal, error) {
	if dataDir == "" {
		return nil, nil
	}
	folders, err := journal.Folders(dataDir, connector)
	if err != nil {
		return nil, err
	}
	var journals []Journal
	for _, node := range slices.Sorted(maps.Keys(folders)) {
		r, err := journal.OpenReader(folders[node])
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		journals = append(journals, r)
	}
	return journals, nil
}

// Close signs out.
func (a *Auditor) Close() error {
	if a.close == nil {
		return nil
	}
	return a.close()
}

// Run asks and judges. A witness who cannot be asked is noted, and the rest
// judged without him; without the lease table there is nothing to judge, which
// is an error, a *messages.Fault.
func (a *Auditor) Run(ctx context.Context, now time.Time) (*Report, error) {
	r := &Report{Connector: a.Connector, At: now.UTC(), Since: a.Since, Until: a.Until, Shards: []Shard{}}
	stream, err := a.Leases.Stream(ctx)
	if err != nil {
		return nil, err
	}
	if stream == nil {
		return nil, fmt.Errorf("application %s never ran on stream %s: there is nothing to audit", a.Config.Application, a.Config.Kinesis.StreamName())
	}
	// The connector may be at work meanwhile. Ledgers are read before the rows,
	// which are never behind them, and again after the tokens, which are never
	// ahead of them.
	earlier, err := a.newest(ctx)
	if err != nil {
		return nil, err
	}
	list, nodes, err := a.Leases.Rows(ctx)
	if err != nil {
		return nil, err
	}
	r.Sources.Leases, r.Sources.Nodes, r.Sources.Ledgers = true, len(nodes), len(a.Journals)
	statuses := a.channels(ctx, r, stream, list)
	r.Sources.Table = a.askable(ctx, r)
	rows := map[messages.ShardID]*messages.ShardRow{}
	for i := range list {
		rows[list[i].Shard] = &list[i]
	}
	shards, err := a.shards(list)
	if err != nil {
		return nil, err
	}
	for _, id := range shards {
		s, err := readStory(ctx, a.Journals, id)
		if err != nil {
			return nil, err
		}
		if s.unknown > 0 {
			a.note(r, "%s: %d ledger entries are of a newer version and were passed over", id, s.unknown)
		}
		e := evidence{
			shard: id, chain: fold(s), before: earlier[id], row: rows[id], status: statuses[a.channel(stream, id)], asked: r.Sources.Channels,
			since: a.Since, until: a.Until,
		}
		if r.Sources.Table {
			e.table = a.Table
		}
		sh, err := judge(ctx, e)
		if err != nil {
			return nil, err
		}
		r.Shards = append(r.Shards, sh)
	}
	a.total(ctx, r)
	return r, nil
}

// newest are the newest checkpoints that the ledgers tell of.
func (a *Auditor) newest(ctx context.Context) (map[messages.ShardID]*messages.Checkpointed, error) {
	shards, err := shardsIn(a.Journals)
	if err != nil {
		return nil, err
	}
	newest := map[messages.ShardID]*messages.Checkpointed{}
	for _, id := range shards {
		s, err := readStory(ctx, a.Journals, id)
		if err != nil {
			return nil, err
		}
		newest[id] = fold(s).last
	}
	return newest, nil
}

// shards are those that ledgers or lease rows tell of.
func (a *Auditor) shards(rows []messages.ShardRow) ([]messages.ShardID, error) {
	shards, err := shardsIn(a.Journals)
	if err != nil {
		return nil, err
	}
	for i := range rows {
		shards = append(shards, rows[i].Shard)
	}
	slices.Sort(shards)
	return slices.Compact(shards), nil
}

func (a *Auditor) note(r *Report, format string, args ...any) {
	r.Notes = append(r.Notes, fmt.Sprintf(format, args...))
}

func (a *Auditor) channel(stream *messages.StreamRow, shard messages.ShardID) string {
	return supervisor.ChannelName(a.Config.Application, &messages.Stream{
		Name: a.Config.Kinesis.StreamName(), ARN: stream.ARN, CreatedAt: stream.CreatedAt,
	}, shard)
}

// channels asks for every shard's channel, ended ones included: their channel
// stays for a while.
func (a *Auditor) channels(ctx context.Context, r *Report, stream *messages.StreamRow, rows []messages.ShardRow) map[string]*messages.ChannelStatus {
	names := make([]string, len(rows))
	for i := range rows {
		names[i] = a.channel(stream, rows[i].Shard)
	}
	statuses, err := a.Channels.Status(ctx, names)
	if err != nil {
		a.note(r, "Snowflake's channels could not be asked: %v", err)
		return nil
	}
	r.Sources.Channels = true
	return statuses
}

// askable reports whether the table can be counted.
func (a *Auditor) askable(ctx context.Context, r *Report) bool {
	if a.Table == nil {
		return false
	}
	if _, err := a.Table.Count(ctx, "", messages.Position{}, messages.Position{Seq: "0"}); err != nil {
		a.note(r, "the table could not be counted: %v", err)
		return false
	}
	return true
}

// total sums up the shards and gives the verdict.
func (a *Auditor) total(ctx context.Context, r *Report) {
	zero, none := int64(0), int64(0)
	r.Sums.Snowflake, r.Sums.Table = &zero, &none
	clean := true
	for i := range r.Shards {
		r.Sums.add(r.Shards[i].Sums)
		clean = clean && len(r.Shards[i].Findings) == 0
	}
	if !r.Sources.Channels || !a.Since.IsZero() || !a.Until.IsZero() {
		r.Sums.Snowflake = nil
	}
	if r.Sources.Table {
		a.errors(ctx, r)
	} else {
		r.Sums.Table = nil
	}
	r.Exact = clean && r.Sums.Stretches == 0 && r.Sums.Missing == 0 && r.Sums.Doubled == 0
}

// errors counts the error table, which knows nothing of shards and times.
func (a *Auditor) errors(ctx context.Context, r *Report) {
	if r.Sums.Rejected == 0 || !a.Since.IsZero() || !a.Until.IsZero() {
		return
	}
	n, err := a.Table.Rejected(ctx)
	if err != nil {
		a.note(r, "the error table could not be counted: %v", err)
		return
	}
	r.Sums.ErrorTable = &n
}
