package warehouse

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// Latency is how long rows took from their arrival in Kinesis to their commit.
// A row that somebody updated counts from then: Snowflake keeps its last commit.
type Latency struct {
	Shard              messages.ShardID // "" = all
	Rows               int64
	P50, P90, P99, Max time.Duration // percentiles are approximate
}

// CommitTime is the column that ROW_TIMESTAMP = TRUE adds to a table.
const CommitTime = "METADATA$ROW_LAST_COMMIT_TIME"

// MaxWorst bounds the shards that Latencies names.
const MaxWorst = 5

// Latencies measures the rows that were committed within a window up to now:
// all together, and the MaxWorst shards whose 99th percentile is the highest. It
// runs two queries, which need a virtual warehouse.
//
// Errors are *messages.Fault; with ReasonRefused, naming CommitTime, where the
// table has no ROW_TIMESTAMP.
func (p *Positions) Latencies(ctx context.Context, window time.Duration) (all Latency, worst []Latency, err error) {
	const figures = "COUNT(*), APPROX_PERCENTILE(MS, 0.5), APPROX_PERCENTILE(MS, 0.9), APPROX_PERCENTILE(MS, 0.99) AS P99, MAX(MS)"
	rows := "(SELECT " + p.metadata + " AS KINESISMETADATA, " + CommitTime + " AS COMMITTED FROM " + p.table + ")"
	from := " FROM (SELECT KINESISMETADATA:shardId::STRING AS SHARD, DATE_PART(EPOCH_MILLISECOND, COMMITTED)" +
		" - DATE_PART(EPOCH_MILLISECOND, TRY_TO_TIMESTAMP_NTZ(KINESISMETADATA:approximateArrival::STRING)) AS MS FROM " + rows +
		" WHERE KINESISMETADATA:stream::STRING = " + literal(p.stream) + " AND COMMITTED >= DATEADD(SECOND, -" +
		strconv.FormatInt(int64(window/time.Second), 10) + ", CURRENT_TIMESTAMP())) WHERE MS IS NOT NULL"
	_, found, err := p.warehouse.Query(ctx, "SELECT ''  AS SHARD, "+figures+from)
	if err != nil {
		return Latency{}, nil, err
	}
	if len(found) > 0 {
		if all, err = latencyOf(found[0]); err != nil || all.Rows == 0 {
			return all, nil, err
		}
	}
	_, found, err = p.warehouse.Query(ctx, "SELECT SHARD, "+figures+from+" GROUP BY SHARD ORDER BY P99 DESC, SHARD LIMIT "+strconv.Itoa(MaxWorst))
	if err != nil {
		return all, nil, err
	}
	for _, row := range found {
		l, err := latencyOf(row)
		if err != nil {
			return all, nil, err
		}
		worst = append(worst, l)
	}
	return all, worst, nil
}

func latencyOf(row []sql.NullString) (Latency, error) {
	n, err := whole(row[1])
	l := Latency{Shard: messages.ShardID(row[0].String), Rows: n}
	for i, into := range []*time.Duration{&l.P50, &l.P90, &l.P99, &l.Max} {
		cell := row[i+2]
		if err != nil || !cell.Valid {
			continue
		}
		ms, failed := strconv.ParseFloat(cell.String, 64)
		if failed != nil {
			err = fmt.Errorf("a latency came back as %q", clip(cell.String, 40))
		}
		*into = time.Duration(ms * float64(time.Millisecond))
	}
	return l, err
}
