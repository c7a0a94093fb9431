package demo

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/integration/exact"
)

// world is six records of two lines in two shards, as they were put.
func world(t *testing.T) (*input, *putLog) {
	t.Helper()
	in, err := parseInput("test", []byte(`{"id":"a","mag":1.5,"place":"here"}`+"\n"+`{"id":"b","mag":2,"place":null}`+"\n"))
	if err != nil {
		t.Fatal(err)
	}
	log := newPutLog(6)
	for n := range 6 {
		log.add(put{Place: exact.Place{Shard: uint16(n % 2), Sequence: fmt.Sprintf("1%02d", n)}})
	}
	return in, log
}

var worldColumns = []string{"KINESISMETADATA", "MAG", "N", "ID", "PLACE"}
var worldKinds = []string{"OBJECT", "VARIANT", "FIXED", "TEXT", "TEXT"}

func text(s string) sql.NullString { return sql.NullString{String: s, Valid: true} }

// rowOf is the n-th record's row as it should be.
func rowOf(n int) []sql.NullString {
	meta := fmt.Sprintf(`{"stream":"quakes","shardId":"shardId-%012d","sequenceNumber":"1%02d","subSequenceNumber":0,"partitionKey":"%s"}`, n%2, n, []string{"a", "b"}[n%2])
	if n%2 == 0 {
		return []sql.NullString{text(meta), text("1.50"), text(fmt.Sprint(n)), text("a"), text("here")}
	}
	return []sql.NullString{text(meta), text("2"), text(fmt.Sprint(n)), text("b"), {}}
}

// compared holds rows against the world; change may spoil them.
func compared(t *testing.T, numbers []int, change func([]sql.NullString)) *exact.Result {
	t.Helper()
	in, log := world(t)
	c := newComparison(in, log)
	if err := c.columns(worldColumns, worldKinds); err != nil {
		t.Fatal(err)
	}
	for _, n := range numbers {
		cells := rowOf(n)
		if change != nil {
			change(cells)
		}
		c.row(cells[c.number])
		c.values(cells)
	}
	return c.end()
}

func TestEveryRecordOnceInOrderAndUnchangedIsExact(t *testing.T) {
	for _, numbers := range [][]int{{0, 1, 2, 3, 4, 5}, {0, 2, 4, 1, 3, 5}} {
		if r := compared(t, numbers, nil); !r.Exact() || r.Put != 6 || r.Table != 6 {
			t.Errorf("%v: %s %q", numbers, r.Counts(), r.Details)
		}
	}
}

func TestEachDifferenceIsFound(t *testing.T) {
	spoil := func(number string, column int, value sql.NullString) func([]sql.NullString) {
		return func(cells []sql.NullString) {
			if cells[2].String == number {
				cells[column] = value
			}
		}
	}
	all := []int{0, 1, 2, 3, 4, 5}
	for name, c := range map[string]struct {
		numbers []int
		change  func([]sql.NullString)
		want    exact.Result
		says    string
	}{
		"a missing record":       {[]int{0, 1, 2, 3, 5}, nil, exact.Result{Put: 6, Table: 5, Missing: 1}, "record 4 (shard 0, 104) is missing"},
		"a doubled record":       {[]int{0, 1, 2, 3, 4, 5, 3}, nil, exact.Result{Put: 6, Table: 7, Doubled: 1}, "record 3 (shard 1, 103) is there 2 times"},
		"one missing, one twice": {[]int{0, 1, 2, 3, 3, 5}, nil, exact.Result{Put: 6, Table: 6, Missing: 1, Doubled: 1}, "record 3"},
		"two out of order":       {[]int{0, 1, 4, 3, 2, 5}, nil, exact.Result{Put: 6, Table: 6, Disordered: 1}, "record 2 (shard 0, 102) came after record 4 of the same shard"},
		"a number changed":       {all, spoil("4", 1, text("1.51")), exact.Result{Put: 6, Table: 6, Changed: 1}, "column MAG is 1.51, was put as 1.5"},
		"a text lost":            {all, spoil("4", 4, sql.NullString{}), exact.Result{Put: 6, Table: 6, Changed: 1}, "column PLACE is NULL"},
		"a null filled":          {all, spoil("3", 4, text("there")), exact.Result{Put: 6, Table: 6, Changed: 1}, "column PLACE is there"},
		"another shard's name":   {all, spoil("3", 0, text(`{"stream":"quakes","shardId":"shardId-000000000000"}`)), exact.Result{Put: 6, Table: 6, Changed: 1}, "KINESISMETADATA"},
		"a row nobody put":       {[]int{0, 1, 2, 3, 4, 5, 6}, nil, exact.Result{Put: 6, Table: 7, Strange: 1}, `number "6"`},
	} {
		r := compared(t, c.numbers, c.change)
		details := strings.Join(r.Details, "\n")
		if got := *r; got.Put != c.want.Put || got.Table != c.want.Table || got.Missing != c.want.Missing || got.Doubled != c.want.Doubled ||
			got.Disordered != c.want.Disordered || got.Changed != c.want.Changed || got.Strange != c.want.Strange || r.Exact() {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
		if !strings.Contains(details, c.says) {
			t.Errorf("%s: says %q, want %q in it", name, details, c.says)
		}
	}
}

func TestOrderHoldsForAPartitionKeyAcrossShards(t *testing.T) {
	in, err := parseInput("test", []byte(`{"id":"a"}`))
	if err != nil {
		t.Fatal(err)
	}
	log := newPutLog(2)
	log.add(put{Place: exact.Place{Shard: 0, Sequence: "100"}})
	log.add(put{Place: exact.Place{Shard: 2, Sequence: "300"}}) // a child's
	c := newComparison(in, log)
	c.row(text("1"))
	c.row(text("0"))
	if r := c.end(); r.Disordered != 1 || !strings.Contains(r.Details[0], "same partition key") {
		t.Errorf("%+v", r)
	}
}

func TestAColumnThatNeverCameIsADifference(t *testing.T) {
	in, log := world(t)
	c := newComparison(in, log)
	if err := c.columns(worldColumns[:4], worldKinds[:4]); err != nil {
		t.Fatal(err)
	}
	c.values(rowOf(0)[:4])
	c.values(rowOf(1)[:4]) // its place is null anyway
	if c.Changed != 1 || !strings.Contains(c.Details[0], "no column PLACE") {
		t.Errorf("%+v", c.Result)
	}
	if err := c.columns([]string{"N"}, []string{"FIXED"}); err == nil {
		t.Error("a table without KINESISMETADATA was taken")
	}
}

func TestValuesAreComparedAsWhatTheyAre(t *testing.T) {
	for _, c := range []struct {
		kind string
		cell sql.NullString
		want string
		same bool
	}{
		{"FIXED", text("1517966773840"), "1517966773840", true},
		{"FIXED", text("2"), "2.0", true},
		{"FIXED", text("2"), "2.0000000000000000001", false},
		{"TEXT", text("äöü"), `"\u00e4öü"`, true},
		{"TEXT", text("2"), "2", true},
		{"TEXT", text(""), "", false},
		{"TEXT", sql.NullString{}, "", true},
		{"BOOLEAN", text("true"), "true", true},
		{"BOOLEAN", text("1"), "true", true},
		{"BOOLEAN", text("0"), "true", false},
		{"BOOLEAN", text("false"), "true", false},
		{"VARIANT", text("null"), "", true},
		{"VARIANT", text("0.30"), "0.3", true},
		{"VARIANT", text(`"x"`), `"x"`, true},
		{"VARIANT", text("x"), `"x"`, false},
		{"VARIANT", text(`{ "b": [1, 2.0], "a": null }`), `{"a":null,"b":[1,2]}`, true},
		{"VARIANT", text(`{"a":1}`), `{"a":1,"b":2}`, false},
		{"VARIANT", text(`[1,2]`), `[2,1]`, false},
		{"ARRAY", text(`[1,true]`), `[1,true]`, true},
	} {
		var want []byte
		if c.want != "" {
			want = []byte(c.want)
		}
		if got := sameValue(c.kind, c.cell, want); got != c.same {
			t.Errorf("%s %q as %s: same is %v", c.kind, c.cell.String, c.want, got)
		}
	}
}
