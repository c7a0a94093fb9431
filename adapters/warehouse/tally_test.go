package warehouse_test

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/kinesnow/kinesnow/adapters/warehouse"
	"github.com/kinesnow/kinesnow/messages"
)

const shard = messages.ShardID("shardId-000000000000")

func at(seq string, sub int64) messages.Position {
	return messages.Position{Seq: messages.SequenceNumber(seq), Sub: sub}
}

// counted is a table with the rows given, each one "stream shard seq sub".
func counted(t *testing.T, rows ...[4]any) *warehouse.Positions {
	t.Helper()
	w := open(t, account(t).URL(), nil)
	must(t, w.Create(ctx, "T"))
	for _, r := range rows {
		_, _, err := w.Query(ctx, fmt.Sprintf(`INSERT INTO RAW.EVENTS.T SELECT OBJECT_CONSTRUCT('stream','%v','shardId','shardId-%012v','sequenceNumber','%v','subSequenceNumber',%v,'shardedSequenceNumber','%v0000%v')`,
			r[0], r[1], r[2], r[3], r[2], r[3]))
		must(t, err)
	}
	p, err := w.Positions("T", "orders")
	must(t, err)
	return p
}

func TestATallyCountsRowsAndPositionsOfEverySpan(t *testing.T) {
	p := counted(t,
		[4]any{"orders", 0, "9", 0}, [4]any{"orders", 0, "10", 0}, [4]any{"orders", 0, "10", 1}, [4]any{"orders", 0, "10", 1}, [4]any{"orders", 0, "11", 0},
		[4]any{"orders", 1, "10", 0}, [4]any{"clicks", 0, "10", 0})
	other := messages.ShardID("shardId-000000000001")
	got, err := p.Tally(ctx, []warehouse.Span{
		{Shard: shard, To: at("9", messages.Whole)},
		{Shard: shard, From: at("9", messages.Whole), To: at("10", 0)},
		{Shard: shard, From: at("10", 0), To: at("10", messages.Whole)},
		{Shard: shard, From: at("11", 0), To: at("99", 0)},
		{Shard: other, To: at("99", 0)},
	})
	must(t, err)
	if want := []warehouse.Tally{{1, 1, 0}, {1, 1, 0}, {2, 1, 0}, {}, {1, 1, 0}}; !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	repeats, err := p.Repeated(ctx, warehouse.Span{Shard: shard, To: at("99", 0)})
	must(t, err)
	if want := []warehouse.Repeat{{Position: at("10", 1), Rows: 2}}; !reflect.DeepEqual(repeats, want) {
		t.Errorf("%+v, want %+v", repeats, want)
	}
	highest, err := p.Highest(ctx, shard)
	must(t, err)
	if highest != at("11", 0) {
		t.Errorf("the highest is %s", highest)
	}
}

// TestATallyTakesAsManySpansAsThereAre: more than one statement takes.
func TestATallyTakesAsManySpansAsThereAre(t *testing.T) {
	p := counted(t, [4]any{"orders", 0, "10", 0}, [4]any{"orders", 0, "2400", 0})
	var spans []warehouse.Span
	for n := range 2500 {
		spans = append(spans, warehouse.Span{Shard: shard, From: at(fmt.Sprint(n), messages.Whole), To: at(fmt.Sprint(n+1), messages.Whole)})
	}
	got, err := p.Tally(ctx, spans)
	must(t, err)
	for n, tally := range got {
		if want := (warehouse.Tally{Rows: 1, Positions: 1}); (n == 9 || n == 2399) != (tally == want) {
			t.Errorf("span %d has %+v", n, tally)
		}
	}
}

func TestMetadataThatContradictsItselfIsSeen(t *testing.T) {
	w := open(t, account(t).URL(), nil)
	must(t, w.Create(ctx, "T"))
	for _, sharded := range []string{"'1000000'", "'10000000000000000000'", "'1000001'", "'1100000'", "'10x'", "NULL"} { // right, right with width 20, sub 1, seq 11, none, absent
		_, _, err := w.Query(ctx, `INSERT INTO RAW.EVENTS.T SELECT OBJECT_CONSTRUCT('stream','orders','shardId','`+string(shard)+`','sequenceNumber','10','subSequenceNumber',0,'shardedSequenceNumber',`+sharded+`)`)
		must(t, err)
	}
	p, err := w.Positions("T", "orders")
	must(t, err)
	got, err := p.Tally(ctx, []warehouse.Span{{Shard: shard, To: at("99", 0)}})
	must(t, err)
	if want := (warehouse.Tally{Rows: 6, Positions: 1, Altered: 3}); got[0] != want {
		t.Errorf("%+v, want %+v", got[0], want)
	}
}
