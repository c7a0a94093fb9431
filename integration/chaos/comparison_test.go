package main

import (
	"fmt"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/integration/exact"
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
		b.put(put{exact.Place{Shard: uint16(n % 2), Sequence: fmt.Sprint("4968045987479433827547920989", 9000+n)}, uint16(n % 4)})
	}
	return b
}

// put puts user records in one call.
func (b *bench) put(call ...put) {
	b.t.Helper()
	if err := b.log.add(call); err != nil {
		b.t.Fatal(err)
	}
}

// land adds row n as the product writes it.
func (b *bench) land(rows ...int) {
	for _, n := range rows {
		p, _ := b.log.get(n)
		b.text(fmt.Sprintf(`{"n":%d,"v":%q,"KINESISMETADATA":{"stream":"quakes","shardId":%q,"sequenceNumber":%q,"subSequenceNumber":%d,"partitionKey":%q}}`,
			n, "", exact.ShardID(p.Shard), p.Sequence, p.Sub, keyName(int(p.key))), n)
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

func (b *bench) compare() *exact.Result {
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
		t.Errorf("%+v", r)
	}
}

func TestEachDifferenceIsCountedAsWhatItIs(t *testing.T) {
	other := func(n int, text string) func(*bench) { return func(b *bench) { b.text(text, n) } }
	rows := func(n ...int) func(*bench) { return func(b *bench) { b.land(n...) } }
	for name, is := range map[string]struct {
		land func(*bench)
		want exact.Result
	}{
		"a row is missing":                      {rows(0, 1, 2, 3, 4, 5, 6), exact.Result{Put: 8, Table: 7, Missing: 1}},
		"a row is there twice":                  {rows(0, 1, 2, 3, 3, 4, 5, 6, 7), exact.Result{Put: 8, Table: 9, Doubled: 1}},
		"one is missing and one is there twice": {rows(0, 1, 2, 3, 4, 5, 6, 6), exact.Result{Put: 8, Table: 8, Missing: 1, Doubled: 1}},
		"a shard's rows change places":          {rows(2, 0, 1, 3, 4, 5, 6, 7), exact.Result{Put: 8, Table: 8, Disordered: 1}},
		"a table is empty":                      {rows(), exact.Result{Put: 8, Missing: 8}},
		"a row was never put":                   {func(b *bench) { b.land(0, 1, 2, 3, 4, 5, 6, 7); b.text(`{"n":8}`, 0) }, exact.Result{Put: 8, Table: 9, Strange: 1}},
		"a row has no number":                   {func(b *bench) { b.land(0, 1, 2, 3, 4, 5, 6, 7); b.text(`{"v":"x"}`, 0) }, exact.Result{Put: 8, Table: 9, Strange: 1}},
		"a row is no JSON":                      {func(b *bench) { b.land(0, 1, 2, 3, 4, 5, 6, 7); b.text(`{`, 0) }, exact.Result{Put: 8, Table: 9, Strange: 1}},
		"a value changed":                       {func(b *bench) { other(0, `{"n":0,"v":"y"}`)(b); b.land(1, 2, 3, 4, 5, 6, 7) }, exact.Result{Put: 8, Table: 8, Changed: 1}},
		"the place in the stream changed":       {func(b *bench) { b.land(1); b.log.records[1].sequence[23]++; b.land(0, 2, 3, 4, 5, 6, 7) }, exact.Result{Put: 8, Table: 8, Changed: 1}},
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
		b.put(put{exact.Place{Shard: shard, Sequence: fmt.Sprint(1000 + n)}, 5})
	}
	b.land(0, 2, 1)
	if r := b.compare(); r.Disordered != 1 || r.Missing+r.Doubled+r.Changed != 0 {
		t.Errorf("%+v", r)
	}
}

// TestAnAggregatesRecordsLieBehindEachOther: in one call, row 0 and row 2 share
// an aggregate, which row 1 of the same shard is behind.
func TestAnAggregatesRecordsLieBehindEachOther(t *testing.T) {
	at := func(sequence string, sub int32, key uint16) put {
		return put{exact.Place{Sequence: sequence, Sub: sub}, key}
	}
	for rows, want := range map[[3]int]bool{{0, 2, 1}: true, {0, 1, 2}: false, {2, 0, 1}: false} {
		b := &bench{t: t, log: newPutLog()}
		b.put(at("1000", 0, 1), at("1001", 0, 2), at("1000", 1, 3))
		b.land(rows[:]...)
		if r := b.compare(); r.Exact() != want || !want && r.Disordered != 1 {
			t.Errorf("%v: %+v", rows, r)
		}
	}
	b := &bench{t: t, log: newPutLog()}
	b.put(at("1000", 0, 1), at("1000", 1, 1))
	b.land(0, 1)
	b.log.records[1].sub = 7
	if r := b.compare(); r.Changed != 1 {
		t.Errorf("a place in the aggregate changed: %+v", r)
	}
}

func TestAStreamThatDoesNotKeepItsOrderIsNoMeasure(t *testing.T) {
	l := newPutLog()
	at := func(shard uint16, sequence string, sub int32) put {
		return put{exact.Place{Shard: shard, Sequence: sequence, Sub: sub}, 0}
	}
	if err := l.add([]put{at(3, "1002", 0), at(3, "1001", 0), at(3, "1002", 1)}); err != nil {
		t.Fatal(err)
	}
	for name, p := range map[string]put{
		"an older number": at(3, "1001", 0), "the same number": at(3, "1002", 1), "a number of letters": at(3, "x", 0),
	} {
		if l.add([]put{at(4, "1", 0), p}) == nil {
			t.Errorf("%s was taken", name)
		}
	}
	if err := l.add([]put{at(4, "5", 0)}); err != nil || l.len() != 4 {
		t.Errorf("%d records, %v", l.len(), err)
	}
	if p, ok := l.get(3); !ok || p.Shard != 4 || p.Sequence != "5" {
		t.Errorf("record 3 is %v", p)
	}
	if _, ok := l.get(4); ok {
		t.Error("a record was found that was never put")
	}
}
