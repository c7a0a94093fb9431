package main

import (
	"encoding/json"
	"fmt"

	"github.com/kinesnow/kinesnow/integration/exact"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/rowstore"
)

// comparison holds the rows of a table, in the order of their commits, against
// the user records that were put. It knows nothing of the product.
type comparison struct {
	*exact.Comparison
	log *putLog
}

func newComparison(log *putLog) *comparison {
	return &comparison{exact.New(log.len()), log}
}

// landed is a row as it is in the table.
type landed struct {
	N    *int   `json:"n"`
	V    string `json:"v"`
	Meta struct {
		Stream   string `json:"stream"`
		Shard    string `json:"shardId"`
		Sequence string `json:"sequenceNumber"`
		Sub      int32  `json:"subSequenceNumber"`
		Key      string `json:"partitionKey"`
	} `json:"KINESISMETADATA"`
}

// row takes in the next row: is it known, new, unchanged, and behind the last
// one of its shard and of its partition key?
func (c *comparison) row(r rowstore.Row) {
	c.Table++
	var got landed
	err := json.Unmarshal(r.JSON, &got)
	if err != nil || got.N == nil {
		c.Stranger("row %d of the table was never put: %.200s", r.ID, r.JSON)
		return
	}
	n := *got.N
	p, known := c.log.get(n)
	if !known {
		c.Stranger("row %d of the table has number %d, which was never put", r.ID, n)
		return
	}
	where := func() string {
		return fmt.Sprintf("; row %d of the table, committed %s", r.ID, r.CommittedAt.Format(stampFormat))
	}
	if !c.Row(n, p.Place, keyName(int(p.key)), where) {
		return
	}
	if got.V != value(n) || got.Meta.Stream != streamName || got.Meta.Shard != exact.ShardID(p.Shard) || got.Meta.Sequence != p.Sequence ||
		got.Meta.Sub != p.Sub || got.Meta.Key != keyName(int(p.key)) {
		c.Change("record %d (%s) is %.300s", n, p, r.JSON)
	}
}

// end counts what never came.
func (c *comparison) end() *exact.Result {
	return c.End(func(n int) exact.Place {
		p, _ := c.log.get(n)
		return p.Place
	})
}

const stampFormat = "15:04:05.000"
