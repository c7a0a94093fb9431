package replay

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/kinesnow/kinesnow/adapters/deadletter"
	"github.com/kinesnow/kinesnow/adapters/leasefile"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor"
	"github.com/kinesnow/kinesnow/supervisor/access"
)

// carryOut sends what a plan says, and keeps what came of it.
func (s *sending) carryOut(ctx context.Context, p *deadletter.Plan) error {
	shards, err := shardsOf(p)
	if err != nil {
		return err
	}
	if len(shards) == 0 { // it was begun, and had nothing to send
		return p.Finish(deadletter.Outcome{At: time.Now().UTC()})
	}
	leases, err := leasefile.Open(p.Leases())
	if err != nil {
		return err
	}
	defer leases.Close()
	refused, err := refusedQueue(p)
	if err != nil {
		return err
	}
	defer refused.Close()
	if s.stream == nil {
		if s.stream, err = access.Stream(s.name, s.cfg, access.Lent(s.options.Host.AWS, s.cfg.AWS)).Describe(ctx); err != nil {
			return err
		}
	}
	cfg := bounded(s.cfg, p.ID)
	cfg.Snowflake.Database, cfg.Snowflake.Schema, cfg.Snowflake.Table, cfg.Snowflake.Pipe = p.Database, p.Schema, p.Table, p.Pipe
	host := s.options.Host
	host.DataDir, host.Journal, host.DeadLetter, host.Metrics, host.OnEvent = "", nil, refused, nil, nil
	j := &job{name: s.name, cfg: cfg, host: host, table: leases, progress: s.options.Progress, stream: func(live supervisor.ShardStream, make renderers) supervisor.ShardStream {
		return &planned{ShardStream: live, plan: p, shards: shards, make: make, refused: refused}
	}}
	state, err := j.run(ctx)
	if state == nil {
		return err
	}
	account, cancel := context.WithTimeout(context.WithoutCancel(ctx), concludeWithin)
	defer cancel()
	rows, rowsErr := leases.Rows(account)
	if rowsErr != nil {
		return errors.Join(err, rowsErr)
	}
	return errors.Join(err, s.account(account, p, cfg, state, leases, rows.Shards))
}

// account tells what came of a plan, and ends it once everything is committed.
func (s *sending) account(ctx context.Context, p *deadletter.Plan, cfg supervisor.Config, state *messages.State, leases *leasefile.Table, rows []messages.ShardRow) error {
	no, err := refusals(p)
	if err != nil {
		return err
	}
	out := Resent{ID: p.ID, Table: p.Target(), At: p.At, Done: state.Listed > 0 && state.Done == state.Listed}
	rejected := map[messages.ShardID]int64{}
	for i := range rows {
		out.Done = out.Done && rows[i].Ended
		out.Committed += rows[i].Counters.Committed
		if n := rows[i].Counters.Rejected; n > 0 {
			rejected[rows[i].Shard] = n
			out.Rejected += n
		}
	}
	planned := map[key]bool{}
	err = p.Each(func(sent *deadletter.Sent) bool {
		at, err := sent.Position()
		if err != nil {
			return true // it was read before
		}
		k := key{sent.Shard, at}
		if planned[k] = true; no[k] != "" {
			out.Refused++
			return true
		}
		out.Letters, out.Rows = out.Letters+1, out.Rows+int64(sent.Rows)
		return true
	})
	if err != nil {
		return err
	}
	if out.Done {
		s.inTable(ctx, p, cfg, no, &out)
		if _, err := s.dropChannels(ctx, cfg, leases, rows); err != nil {
			s.report.Notes = append(s.report.Notes, fmt.Sprintf("channels that are left expire by themselves after 30 idle days: %v", err))
		}
		if err := p.Finish(deadletter.Outcome{At: time.Now().UTC(), Letters: out.Letters, Rows: out.Committed, Rejected: rejected}); err != nil {
			return err
		}
	} else {
		s.report.stopped(state)
		if s.report.stop == messages.TargetMissing {
			s.report.note(likeLive(cfg, s.live))
		}
	}
	s.report.Replays = append(s.report.Replays, out)
	return nil
}

func (s *sending) dropChannels(ctx context.Context, cfg supervisor.Config, leases *leasefile.Table, rows []messages.ShardRow) (int, error) {
	channels := newChannels(cfg, s.stream)
	if _, err := channels.final(ctx, leases, rows); err != nil {
		return 0, err
	}
	return channels.drop(ctx, leases, rows)
}

// inTable asks the table what it has of each letter that was sent.
func (s *sending) inTable(ctx context.Context, p *deadletter.Plan, cfg supervisor.Config, refused map[key]string, out *Resent) {
	found, err := lookAt(ctx, p, cfg, refused)
	if err != nil {
		s.report.note(fmt.Sprintf("the table could not be counted: %v", err))
		return
	}
	sum, lacks := int64(0), int64(0)
	for _, k := range slices.SortedFunc(maps.Keys(found), key.compare) {
		f := found[k]
		sum += f.there
		lacks += max(0, f.sent-f.there)
		if f.there > f.sent {
			out.findings = append(out.findings, fmt.Sprintf("%s %s: the table has %d rows, %d were sent: the record is there twice", k.shard, k.at, f.there, f.sent))
		}
	}
	out.InTable = &sum
	if lacks != out.Rejected {
		out.findings = append(out.findings, fmt.Sprintf("%d of the rows that were sent are not in the table, of which %d were rejected", lacks, out.Rejected))
	}
}
