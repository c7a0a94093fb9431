package rowstore_test

import (
	"fmt"
	"testing"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/rowstore"
)

// marked is a row as the connector writes it.
func marked(shard, sequence string, sub int) rowstore.Row {
	json := fmt.Sprintf(`{"a":"\"KINESISMETADATA\":{","KINESISMETADATA":{"stream":"s","shardId":%q,"sequenceNumber":%q,"subSequenceNumber":%d,`+
		`"shardedSequenceNumber":"%s%05d","partitionKey":"\"sequenceNumber\":\"7\""}}`, shard, sequence, sub, sequence, sub)
	return row(json, "c", "e")
}

func TestCountingKeepsNumbersInPlaceOfRows(t *testing.T) {
	s := rowstore.NewCounting()
	rows := []rowstore.Row{marked("a", "9", 0), marked("a", "10", 0), marked("b", "5", 0), marked("a", "10", 1), row(`{}`, "c", "e")}
	size := int64(0)
	for _, r := range rows {
		size += int64(len(r.JSON))
	}
	must(t, s.Append(1, rows))
	must(t, s.Append(1, []rowstore.Row{marked("b", "5", 0), marked("b", "4", 9)}))
	must(t, s.Append(2, []rowstore.Row{marked("a", "1", 0)}))

	c := s.Counts(1)
	a, b := c.Shards["a"], c.Shards["b"]
	if c.Rows != 7 || c.Bytes <= size || c.Unmarked != 1 || len(c.Shards) != 2 {
		t.Errorf("counts %+v", c)
	}
	if a.Rows != 3 || a.Sequence != "10" || a.Sub != 1 || a.Repeats != 0 || a.Backwards != 0 {
		t.Errorf("shard a %+v", a)
	}
	if b.Rows != 3 || b.Sequence != "4" || b.Sub != 9 || b.Repeats != 1 || b.Backwards != 1 {
		t.Errorf("shard b %+v", b)
	}
	expect(t, scan(t, s, 1, 0))
	if next, _ := s.NextID(1); next != 8 {
		t.Errorf("next ID %d, want 8", next)
	}
	must(t, s.Truncate(1))
	if n, _ := s.Count(1); n != 0 {
		t.Errorf("count after truncate %d", n)
	}
}

func TestAShardsChecksumTellsOrderAndContent(t *testing.T) {
	sum := func(positions ...string) uint64 {
		var tally rowstore.ShardTally
		for _, p := range positions {
			tally.Add([]byte(p), 0)
		}
		return tally.Checksum
	}
	s := rowstore.NewCounting()
	must(t, s.Append(1, []rowstore.Row{marked("a", "1", 0), marked("a", "2", 0)}))
	must(t, s.Append(1, []rowstore.Row{marked("a", "30", 0)}))
	got := s.Counts(1).Shards["a"].Checksum
	if got != sum("1", "2", "30") {
		t.Errorf("checksum %x, want that of the same positions %x", got, sum("1", "2", "30"))
	}
	for _, other := range []uint64{sum("2", "1", "30"), sum("1", "2"), sum("1", "2", "3"), sum("12", "30")} {
		if other == got {
			t.Errorf("other positions have the same checksum %x", got)
		}
	}
}
