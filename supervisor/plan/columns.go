package plan

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/kinesnow/kinesnow/actors"
	"github.com/kinesnow/kinesnow/adapters/stream"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor"
	"github.com/kinesnow/kinesnow/supervisor/config"
)

// How much is sampled for client-side schema evolution: enough to name the
// columns of most streams, and little enough to be no burden for other readers.
const (
	sampledShards  = 4
	sampledRecords = 500     // of a shard
	sampledBytes   = 1 << 20 // of a shard
	sampleWithin   = 5 * time.Second
)

// columns shows the statements that client-side evolution would begin with, from
// some records of the stream: what comes later may want more.
func (p *Planner) columns(ctx context.Context, r *Report, l *leases, d destination) {
	if p.cfg.Snowflake.SchemaEvolution != config.ClientEvolution || len(r.Stops) > 0 {
		return
	}
	if d.table == nil || p.Preview == nil { // one that is made at the start can be compared afterwards
		r.add(Unseen, Columns, nil, "schema_evolution: client makes columns for what records hold; which ones could not be worked out")
		return
	}
	payloads, err := p.sample(ctx, l)
	if err != nil && len(payloads) == 0 {
		r.add(Unseen, Columns, nil, "no record could be sampled: %s", firstLine(err))
		return
	}
	statements, err := p.Preview(ctx, p.cfg, payloads)
	switch {
	case err != nil:
		r.add(Unseen, Columns, nil, "%s", firstLine(err))
	case len(statements) == 0:
		r.add(There, Columns, []string{r.Target}, "the table has one for every key of %s", several(len(payloads), "sampled record"))
	default:
		r.add(Alter, Columns, []string{r.Target}, "schema_evolution: client, for the keys of %s; others may follow", several(len(payloads), "sampled record")).SQL = statements
	}
}

// sample reads some records of some shards, from where run would begin.
func (p *Planner) sample(ctx context.Context, l *leases) (payloads [][]byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, sampleWithin)
	defer cancel()
	now, _ := actors.Eligible(l.rows)
	rows := map[messages.ShardID]*messages.ShardRow{}
	for i := range l.rows {
		rows[l.rows[i].Shard] = &l.rows[i]
	}
	for _, shard := range now[:min(len(now), sampledShards)] {
		from := rows[shard].Durable(messages.ReadFrom{Time: l.row.Timestamp})
		if at := rows[shard].Newest(); !at.IsZero() {
			from = messages.ReadFrom{After: at}
		}
		s := p.sampler(shard, from)
		if failed := s.read(ctx); failed != nil {
			err = failed
		}
		payloads = append(payloads, s.payloads...)
	}
	return payloads, err
}

// sampler reads the beginning of one shard. As stream.RowMaker it keeps each
// payload instead of making rows of it.
type sampler struct {
	client   *stream.Client
	shard    messages.ShardID
	from     messages.ReadFrom
	payloads [][]byte
	bytes    int
}

func newSampler(name string, cfg supervisor.Config, c aws.Config, shard messages.ShardID, from messages.ReadFrom) *sampler {
	s := &sampler{shard: shard, from: from}
	s.client = stream.New(stream.Config{
		AWS: c, Endpoint: cfg.AWS.Endpoints.Kinesis, Stream: cfg.Kinesis.StreamName(), ARN: cfg.Kinesis.StreamARN(), Connector: name,
		Idle: time.Second, Patience: time.Second, Rows: func(messages.ShardID) stream.RowMaker { return s },
	})
	return s
}

// read stops at a bound, at the shard's tip, or when nothing came for a second.
func (s *sampler) read(ctx context.Context) error {
	source := s.client.Open(messages.Shard{ID: s.shard}, s.from)
	defer source.Close()
	for {
		block, err := source.Next(ctx, sampledBytes)
		if err != nil {
			return err
		}
		done := block.CaughtUp() || block.Closed || len(block.Marks) == 0
		if done || len(s.payloads) >= sampledRecords || s.bytes >= sampledBytes {
			return nil
		}
	}
}

// Render implements stream.RowMaker.
func (s *sampler) Render(dst []byte, start int, _ *messages.Mark, _ []byte) ([]byte, int, error) {
	if len(s.payloads) < sampledRecords && s.bytes < sampledBytes {
		s.payloads = append(s.payloads, append([]byte(nil), dst[start:]...))
		s.bytes += len(dst) - start
	}
	return dst[:start], 0, nil
}
