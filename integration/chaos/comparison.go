package main

import (
	"encoding/json"
	"fmt"

	"github.com/dustin/go-humanize"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/rowstore"
)

// comparison holds the rows of a table, in the order of their commits, against
// what was put. It knows nothing of the product.
type comparison struct {
	log    *putLog
	seen   []uint8 // by row, up to 255
	shards map[uint16]int
	keys   map[uint16]int // the newest row of each
	result result
}

// result is what came of it.
type result struct {
	Put, Table                                     int64
	Missing, Doubled, Disordered, Changed, Strange int64
	Details                                        []string // of the first differences
}

// maxDetails bounds how many differences are listed.
const maxDetails = 20

func newComparison(log *putLog) *comparison {
	return &comparison{log: log, seen: make([]uint8, log.len()), shards: map[uint16]int{}, keys: map[uint16]int{}}
}

// Exact reports whether everything is there once, in order and unchanged.
func (r *result) Exact() bool {
	return r.Put == r.Table && r.Missing+r.Doubled+r.Disordered+r.Changed+r.Strange == 0
}

// String is the result in one line.
func (r *result) String() string {
	text := fmt.Sprintf("put %s   in table %s   missing %s   doubled %s   out of order %s   values changed %s", humanize.Comma(r.Put), humanize.Comma(r.Table),
		humanize.Comma(r.Missing), humanize.Comma(r.Doubled), humanize.Comma(r.Disordered), humanize.Comma(r.Changed+r.Strange))
	if r.Exact() {
		return text + "   EXACT"
	}
	return text + "   NOT EXACT"
}

func (r *result) tell(format string, args ...any) {
	if len(r.Details) < maxDetails {
		r.Details = append(r.Details, fmt.Sprintf(format, args...))
	}
}

// landed is a row as it is in the table.
type landed struct {
	N    *int   `json:"n"`
	V    string `json:"v"`
	Meta struct {
		Stream   string `json:"stream"`
		Shard    string `json:"shardId"`
		Sequence string `json:"sequenceNumber"`
		Sub      int    `json:"subSequenceNumber"`
		Key      string `json:"partitionKey"`
	} `json:"KINESISMETADATA"`
}

// row takes in the next row: is it known, new, unchanged, and behind the last
// one of its shard and of its partition key?
func (c *comparison) row(r rowstore.Row) {
	c.result.Table++
	var got landed
	err := json.Unmarshal(r.JSON, &got)
	if err != nil || got.N == nil {
		c.result.Strange++
		c.result.tell("row %d of the table was never put: %.200s", r.ID, r.JSON)
		return
	}
	n := *got.N
	p, known := c.log.get(n)
	if !known {
		c.result.Strange++
		c.result.tell("row %d of the table has number %d, which was never put", r.ID, n)
		return
	}
	if c.seen[n] < 255 {
		c.seen[n]++
	}
	if c.seen[n] > 1 {
		c.result.Doubled++
		c.result.tell("row %d (%s) is there %d times; again as row %d of the table, committed %s", n, p, c.seen[n], r.ID, r.CommittedAt.Format(stampFormat))
		return // its place was looked at the first time
	}
	if got.V != value(n) || got.Meta.Stream != streamName || got.Meta.Shard != shardID(p.shard) || got.Meta.Sequence != p.sequence ||
		got.Meta.Sub != 0 || got.Meta.Key != keyName(int(p.key)) {
		c.result.Changed++
		c.result.tell("row %d (%s) is %.300s", n, p, r.JSON)
	}
	if last, ok := c.shards[p.shard]; ok && last > n {
		c.result.Disordered++
		c.result.tell("row %d (%s) came after row %d of the same shard, committed %s", n, p, last, r.CommittedAt.Format(stampFormat))
	} else if last, ok := c.keys[p.key]; ok && last > n {
		c.result.Disordered++
		c.result.tell("row %d (%s) came after row %d of the same partition key, committed %s", n, p, last, r.CommittedAt.Format(stampFormat))
	}
	c.shards[p.shard], c.keys[p.key] = n, n
}

// String names a row's place.
func (p put) String() string { return fmt.Sprintf("shard %d, %s", p.shard, p.sequence) }

// end counts what never came.
func (c *comparison) end() *result {
	c.result.Put = int64(len(c.seen))
	for n, times := range c.seen {
		if times > 0 {
			continue
		}
		c.result.Missing++
		if p, ok := c.log.get(n); ok {
			c.result.tell("row %d (%s) is missing", n, p)
		}
	}
	return &c.result
}

const stampFormat = "15:04:05.000"
