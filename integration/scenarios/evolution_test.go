package scenarios

import (
	"fmt"
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/integration/localcloud"
	"github.com/kinesnow/kinesnow/messages"
)

// wide is an object with N and so many members more, named after a prefix.
func wide(n int, prefix string, members int) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, `{"N":%d`, n)
	for i := range members {
		fmt.Fprintf(&b, `,"%s_%d":%d`, prefix, i, i)
	}
	return []byte(b.String() + "}")
}

// TestARecordThatNoTableCanTakeIsFoundByHalving puts records that evolution
// refuses among good ones: Snowflake accepts the append, and invalidates the
// channel afterwards (P13).
func TestARecordThatNoTableCanTakeIsFoundByHalving(t *testing.T) {
	w := newWorld(t, 1)
	w.putOn(0, 3)
	at := []messages.Position{w.putRaw(0, wide(-1, "col", 150))}
	w.putOn(0, 2)
	at = append(at, w.putRaw(0, fmt.Appendf(nil, `{"N":-2,%q:1}`, strings.Repeat("k", 300))))
	w.putOn(0, 2)
	box := &letterBox{}
	c := w.connect(box.install)
	s := c.untilCaughtUp(7)
	w.expect("", between(0, 7)...)
	got := box.all()
	if len(got) != 2 || got[0].Seq != string(at[0].Seq) || got[1].Seq != string(at[1].Seq) {
		t.Fatalf("dead letters %+v, want the two that no table can take", got)
	}
	for _, l := range got {
		if !strings.Contains(strings.ToLower(l.Cause), "evolution") {
			t.Errorf("a letter's cause is %q", l.Cause)
		}
	}
	if ends := s.Shards[0].Ends; len(ends) != 1 || ends[messages.ReasonOverflow] == 0 {
		t.Errorf("generations ended %v", ends)
	}
}

// TestRecordsThatTogetherAskTooMuchLandApart: each of them adds few columns.
func TestRecordsThatTogetherAskTooMuchLandApart(t *testing.T) {
	w := newWorld(t, 1)
	for i := range 5 {
		w.putRaw(0, wide(i, fmt.Sprint("part", i), 30))
	}
	w.put = 5
	box := &letterBox{}
	c := w.connect(box.install)
	c.untilCaughtUp(5)
	w.expect("", between(0, 5)...)
	w.expect("PART4_29 = 29", 4)
	if got := box.all(); len(got) > 0 {
		t.Errorf("dead letters: %s", got[0].Cause)
	}
}

// TestARowThatLacksARequiredColumnLandsWhereTheTableEvolves: NOT NULL goes, and
// the row that made it go is there, with the new column that it brought along.
func TestARowThatLacksARequiredColumnLandsWhereTheTableEvolves(t *testing.T) {
	w := newWorld(t, 1, func(o *localcloud.Options) {
		o.Columns = []string{"N NUMBER", "MUST VARCHAR NOT NULL", "FILLED NUMBER NOT NULL DEFAULT 7"}
	})
	w.putRaw(0, []byte(`{"N":0,"MUST":"a"}`))
	w.putRaw(0, []byte(`{"N":1,"FRESH":"b"}`))
	w.putRaw(0, []byte(`{"N":2,"MUST":"c","FILLED":8}`))
	c := w.connect()
	c.untilCaughtUp(3)
	w.expect("", 0, 1, 2)
	w.expect("MUST IS NULL AND FRESH = 'b' AND FILLED = 7", 1)
	w.expect("MUST = 'a' AND FRESH IS NULL", 0)
	w.expect("FILLED = 8", 2)
	if nullable := w.nullable("MUST"); nullable != "Y" {
		t.Errorf("MUST is nullable: %s, want Y", nullable)
	}
	if nullable := w.nullable("FILLED"); nullable != "N" {
		t.Errorf("FILLED is nullable: %s, want N: it has a default", nullable)
	}
	c.clean()
}

// TestARowThatLacksARequiredColumnIsRejectedWhereTheTableDoesNotEvolve, counted,
// and kept in the error table; what has a default lands.
func TestARowThatLacksARequiredColumnIsRejectedWhereTheTableDoesNotEvolve(t *testing.T) {
	w := newWorld(t, 1, func(o *localcloud.Options) {
		o.Columns = []string{"N NUMBER", "MUST VARCHAR NOT NULL", "FILLED NUMBER NOT NULL DEFAULT 7"}
	})
	w.execute("ALTER TABLE ORDERS SET ENABLE_SCHEMA_EVOLUTION = FALSE")
	w.putRaw(0, []byte(`{"N":0,"MUST":"a","IGNORED":1}`))
	w.putRaw(0, []byte(`{"N":1}`))
	w.putRaw(0, []byte(`{"N":2,"MUST":null}`))
	w.putRaw(0, []byte(`{"N":3,"MUST":"","FILLED":8}`))
	c := w.connect()
	c.untilCaughtUp(4)
	w.expect("", 0, 3)
	w.expect("FILLED = 7", 0)
	w.wait("two rejected rows", func() bool { return integer(w.lease(0, "countRejected")) == 2 })
	if got := w.cells(`SELECT ERROR_CODE::text, ERROR_METADATA:error_source::text FROM ERROR_TABLE(ORDERS)`); len(got) != 2 ||
		got[0][0].String != "100072" || got[1][1].String != "MUST" {
		t.Errorf("the error table has %v", got)
	}
}

// TestShardsWhoseSchemasDivergeEvolveOneTable: both bring columns of their own at
// once, one column in two cases and one in two types, and lack each other's.
func TestShardsWhoseSchemasDivergeEvolveOneTable(t *testing.T) {
	w := newWorld(t, 2, func(o *localcloud.Options) { o.Columns = []string{"N NUMBER", "MUST VARCHAR NOT NULL"} })
	const each = 40
	for i := range each {
		w.putRaw(0, fmt.Appendf(nil, `{"N":%d,"MUST":"x","west":%d,"both":"a%d","WEST_%d":true}`, 2*i, i, i, i%5))
		w.putRaw(1, fmt.Appendf(nil, `{"N":%d,"EAST":{"i":%d},"Both":"b%d","EAST_%d":true}`, 2*i+1, i, i, i%7))
	}
	c := w.connect()
	c.untilCaughtUp(2 * each)
	even, odd := []int{}, []int{}
	for i := range each {
		even, odd = append(even, 2*i), append(odd, 2*i+1)
	}
	w.expect(onShard(0)+" AND MUST = 'x' AND WEST = N / 2 AND BOTH = 'a' || WEST AND EAST IS NULL", even...)
	w.expect(onShard(1)+" AND MUST IS NULL AND WEST IS NULL AND EAST:i = (N - 1) / 2 AND BOTH = 'b' || EAST:i", odd...)
	w.expect("WEST_4 AND N < 20", 8, 18)
	w.expect("EAST_6 AND N < 30", 13, 27)
	c.drain(patience)
	if r := w.audit(); !r.Exact || r.Sums.Rejected != 0 {
		t.Errorf("the audit says %+v", r.Sums)
	}
}

// nullable is what DESC TABLE says of a column, Y or N.
func (w *world) nullable(column string) string {
	w.t.Helper()
	for _, described := range w.cells("DESC TABLE ORDERS") {
		if described[0].String == column {
			return described[3].String
		}
	}
	w.t.Fatalf("no column %s", column)
	return ""
}
