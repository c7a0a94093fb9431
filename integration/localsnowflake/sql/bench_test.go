package sql

import (
	"fmt"
	"testing"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/rowstore"
)

// BenchmarkSelect runs the queries that check a load over 50,000 rows.
func BenchmarkSelect(b *testing.B) {
	d := newDesk(b)
	d.run("CREATE TABLE t (id VARCHAR, mag FLOAT, kinesismetadata OBJECT)")
	t, _ := d.Catalog.Table("DB", "PUBLIC", "T")
	var rows []rowstore.Row
	for i := range 50_000 {
		rows = append(rows, rowstore.Row{JSON: fmt.Appendf(nil, `{"id":"r%d","mag":%d.5,"place":"somewhere","KINESISMETADATA":{"stream":"s","shardId":"shardId-%012d","partitionKey":"k%d","sequenceNumber":"%056d","subSequenceNumber":0}}`, i, i%9, i%4, i%100, i)})
	}
	if err := d.Rows.Append(t.ID, rows); err != nil {
		b.Fatal(err)
	}
	for name, query := range map[string]string{
		"count":    "SELECT COUNT(*) FROM t",
		"distinct": "SELECT COUNT(DISTINCT kinesismetadata:shardId, kinesismetadata:sequenceNumber) FROM t",
		"group":    "SELECT kinesismetadata:shardId::VARCHAR s, COUNT(*), AVG(mag) FROM t GROUP BY s",
		"order":    "SELECT COUNT(*) FROM (SELECT kinesismetadata:sequenceNumber::NUMBER(38,0) n, LAG(n) OVER (PARTITION BY kinesismetadata:shardId ORDER BY id) p FROM t) WHERE p > n",
		"all":      "SELECT * FROM t",
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				d.run(query)
			}
			b.ReportMetric(float64(len(rows))*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
