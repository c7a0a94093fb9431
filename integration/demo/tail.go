package demo

import (
	"bytes"
	"strconv"
	"time"

	"github.com/kinesnow/kinesnow/integration/exact"
	"github.com/kinesnow/kinesnow/integration/localcloud"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/rowstore"
)

// tail follows the table as Snowflake commits it, for the live figures. The
// comparison at the end does not use it: it asks in SQL.
type tail struct {
	cloud  *localcloud.Cloud
	log    *putLog
	number []byte // `{"n":`
	table  int64
	next   int64 // row ID
	rows   int64
	shards map[string]int64 // rows by shard
	lag    histogram        // from put to commit
	recent histogram        // the same, of the last look
}

func newTail(cloud *localcloud.Cloud, log *putLog, in *input) *tail {
	t, _ := cloud.Snowflake.Catalog().Table(localcloud.Database, localcloud.Schema, table)
	return &tail{cloud: cloud, log: log, number: []byte(`{"` + in.name + `":`), table: t.ID, next: 1, shards: map[string]int64{}}
}

// advance takes in the rows that were committed since the last call.
func (t *tail) advance() error {
	fresh := false
	err := t.cloud.Snowflake.Store().Scan(t.table, t.next, func(row rowstore.Row) bool {
		if !fresh {
			t.recent, fresh = histogram{}, true
		}
		t.next = row.ID + 1
		t.rows++
		if shard, ok := exact.ShardOf(row.Channel); ok {
			t.shards[shard]++
		}
		if n, ok := t.numberOf(row.JSON); ok {
			if lag := t.log.since(n, row.CommittedAt); lag >= 0 {
				t.lag.add(lag)
				t.recent.add(lag)
			}
		}
		return true
	})
	return err
}

// numberOf reads the record's number, which stands in front.
func (t *tail) numberOf(row []byte) (int, bool) {
	rest, ok := bytes.CutPrefix(row, t.number)
	if !ok {
		return 0, false
	}
	if end := bytes.IndexAny(rest, ",}"); end >= 0 {
		n, err := strconv.Atoi(string(rest[:end]))
		return n, err == nil
	}
	return 0, false
}

// histogram counts durations in steps of 10 ms up to two minutes.
type histogram struct {
	counts [12001]int64
	total  int64
}

const histogramStep = 10 * time.Millisecond

func (h *histogram) add(d time.Duration) {
	h.counts[min(int(d/histogramStep), len(h.counts)-1)]++
	h.total++
}

// quantile is the duration that a share q of all does not exceed, 0 for none.
func (h *histogram) quantile(q float64) time.Duration {
	if h.total == 0 {
		return 0
	}
	left := int64(q*float64(h.total-1)) + 1
	for i, n := range h.counts {
		if left -= n; left <= 0 {
			return time.Duration(i+1) * histogramStep
		}
	}
	return time.Duration(len(h.counts)) * histogramStep
}
