package main

import (
	"fmt"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/rowstore"
)

// bench puts rows and lets a test land them as it likes.
type bench struct {
	t     *testing.T
	log   *putLog
	table []rowstore.Row
}

// newBench puts eight rows: keys in turn, even numbers on shard 0, odd ones on
// shard 1.
func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{t: t, log: newPutLog()}
	for n := range 8 {
		if err := b.log.add(shardID(uint16(n%2)), fmt.Sprint("4968045987479433827547920989", 9000+n), n%4); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

// land adds row n as the product writes it.
func (b *bench) land(rows ...int) {
	for _, n := range rows {
		p, _ := b.log.get(n)
		b.text(fmt.Sprintf(`{"n":%d,"v":%q,"KINESISMETADATA":{"stream":"quakes","shardId":%q,"sequenceNumber":%q,"subSequenceNumber":0,"partitionKey":%q}}`,
			n, "", shardID(p.shard), p.sequence, keyName(int(p.key))), n)
	}
}

// text adds a row of any text; its value becomes that of row n.
func (b *bench) text(text string, n int) {
	quoted := string(rowText(n))
	value := quoted[len(fmt.Sprintf(`{"n":%d,"v":`, n)) : len(quoted)-1]
	for i := 0; i+6 <= len(text); i++ {
		if text[i:i+6] == `"v":""` {
			text = text[:i] + `"v":` + value + text[i+6:]
			break
		}
	}
	b.table = append(b.table, rowstore.Row{ID: int64(len(b.table) + 1), JSON: []byte(text), CommittedAt: time.Unix(int64(len(b.table)), 0)})
}

func (b *bench) compare() *result {
	c := newComparison(b.log)
	for _, r := range b.table {
		c.row(r)
	}
	return c.end()
}

func TestRowsAsTheyWerePutAreExact(t *testing.T) {
	b := newBench(t)
	b.land(0, 2, 4, 1, 3, 6, 5, 7) // shards overtake each other, rows of one do not
	if r := b.compare(); !r.Exact() || r.Put != 8 || r.Table != 8 {
		t.Errorf("%s %v", r, r.Details)
	}
}

func TestEachDifferenceIsCountedAsWhatItIs(t *testing.T) {
	other := func(n int, text string) func(*bench) { return func(b *bench) { b.text(text, n) } }
	rows := func(n ...int) func(*bench) { return func(b *bench) { b.land(n...) } }
	for name, is := range map[string]struct {
		land func(*bench)
		want result
	}{
		"a row is missing":                      {rows(0, 1, 2, 3, 4, 5, 6), result{Put: 8, Table: 7, Missing: 1}},
		"a row is there twice":                  {rows(0, 1, 2, 3, 3, 4, 5, 6, 7), result{Put: 8, Table: 9, Doubled: 1}},
		"one is missing and one is there twice": {rows(0, 1, 2, 3, 4, 5, 6, 6), result{Put: 8, Table: 8, Missing: 1, Doubled: 1}},
		"a shard's rows change places":          {rows(2, 0, 1, 3, 4, 5, 6, 7), result{Put: 8, Table: 8, Disordered: 1}},
		"a table is empty":                      {rows(), result{Put: 8, Missing: 8}},
		"a row was never put":                   {func(b *bench) { b.land(0, 1, 2, 3, 4, 5, 6, 7); b.text(`{"n":8}`, 0) }, result{Put: 8, Table: 9, Strange: 1}},
		"a row has no number":                   {func(b *bench) { b.land(0, 1, 2, 3, 4, 5, 6, 7); b.text(`{"v":"x"}`, 0) }, result{Put: 8, Table: 9, Strange: 1}},
		"a row is no JSON":                      {func(b *bench) { b.land(0, 1, 2, 3, 4, 5, 6, 7); b.text(`{`, 0) }, result{Put: 8, Table: 9, Strange: 1}},
		"a value changed":                       {func(b *bench) { other(0, `{"n":0,"v":"y"}`)(b); b.land(1, 2, 3, 4, 5, 6, 7) }, result{Put: 8, Table: 8, Changed: 1}},
		"the place in the stream changed":       {func(b *bench) { b.land(1); b.log.records[1].sequence[23]++; b.land(0, 2, 3, 4, 5, 6, 7) }, result{Put: 8, Table: 8, Changed: 1}},
	} {
		b := newBench(t)
		is.land(b)
		got := b.compare()
		if is.want.Exact() || got.Exact() {
			t.Errorf("%s: exact", name)
		}
		if len(got.Details) == 0 {
			t.Errorf("%s: nothing is told of it", name)
		}
		got.Details = nil
		if fmt.Sprint(*got) != fmt.Sprint(is.want) {
			t.Errorf("%s: %+v, want %+v", name, *got, is.want)
		}
	}
}

// TestAKeysOrderHoldsAcrossAReshard: the key's newer row is on another shard,
// a child, and lands before the older one.
func TestAKeysOrderHoldsAcrossAReshard(t *testing.T) {
	b := &bench{t: t, log: newPutLog()}
	for n, shard := range []uint16{0, 0, 1} {
		if err := b.log.add(shardID(shard), fmt.Sprint(1000+n), 5); err != nil {
			t.Fatal(err)
		}
	}
	b.land(0, 2, 1)
	if r := b.compare(); r.Disordered != 1 || r.Missing+r.Doubled+r.Changed != 0 {
		t.Errorf("%s", r)
	}
}

func TestAStreamThatDoesNotKeepItsOrderIsNoMeasure(t *testing.T) {
	l := newPutLog()
	if err := l.add(shardID(3), "1001", 0); err != nil {
		t.Fatal(err)
	}
	for name, add := range map[string]error{
		"an older number": l.add(shardID(3), "1000", 0), "the same number": l.add(shardID(3), "1001", 0),
		"a number of letters": l.add(shardID(3), "x", 0), "a foreign shard": l.add("shard-3", "1002", 0),
	} {
		if add == nil {
			t.Errorf("%s was taken", name)
		}
	}
	if err := l.add(shardID(4), "5", 0); err != nil || l.len() != 2 {
		t.Errorf("%d records, %v", l.len(), err)
	}
	if p, ok := l.get(1); !ok || p.shard != 4 || p.sequence != "5" {
		t.Errorf("record 1 is %v", p)
	}
	if _, ok := l.get(2); ok {
		t.Error("a record was found that was never put")
	}
}
