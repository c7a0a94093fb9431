package quakes

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// parsed makes lines with key "k" and counters 0, 1, 2 ...
func parsed(t *testing.T, texts ...string) []line {
	t.Helper()
	var lines []line
	for i, text := range texts {
		l, err := parseLine([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		l.key, l.counter = "k", i
		lines = append(lines, l)
	}
	return lines
}

// landed makes the row that a put should become, with column ID.
func landed(p put, id, at string) []*string {
	m := fmt.Sprintf(`{"stream":"s","shardId":%q,"sequenceNumber":%q,"subSequenceNumber":0,"shardedSequenceNumber":"%s00000","partitionKey":"k","approximateArrival":"2026-10-02T03:04:05.006"}`,
		p.shard, p.sequence, p.sequence)
	return []*string{&m, &id, &at}
}

func TestTheComparisonFindsWhatIsWrong(t *testing.T) {
	lines := parsed(t, `{"id":"a"}`, `{"id":"b"}`, `{"id":"c"}`)
	puts := []put{{&lines[0], "shardId-1", "9"}, {&lines[1], "shardId-1", "10"}, {&lines[2], "shardId-2", "11"}}
	arrivals := map[string]int64{}
	for _, p := range puts {
		arrivals[p.id()] = 1790910245006
	}
	a, b, c := landed(puts[0], "a", "t1"), landed(puts[1], "b", "t2"), landed(puts[2], "c", "t3")
	late := strings.Replace(*b[0], ".006", ".007", 1)
	for name, one := range map[string]struct {
		rows [][]*string
		want string // counts meta fields order
	}{
		"as it should be":     {[][]*string{a, b, c}, "0 0 0 0"},
		"a row is missing":    {[][]*string{a, c}, "1 0 0 0"},
		"a row is doubled":    {[][]*string{a, b, b, c}, "1 0 0 0"},
		"a stranger":          {[][]*string{a, b, c, landed(put{shard: "shardId-1", sequence: "12"}, "x", "t4")}, "1 0 0 0"},
		"another value":       {[][]*string{a, b, landed(puts[2], "C", "t3")}, "0 0 1 0"},
		"NULL for a value":    {[][]*string{a, b, {c[0], nil, c[2]}}, "0 0 1 0"},
		"another arrival":     {[][]*string{a, {&late, b[1], b[2]}, c}, "0 1 0 0"},
		"out of shard order":  {[][]*string{b, {a[0], a[1], b[2]}, c}, "0 0 0 2"}, // of its shard, and of its key
		"out of key order":    {[][]*string{c, {a[0], a[1], c[2]}, {b[0], b[1], c[2]}}, "0 0 0 1"},
		"not in commit order": {[][]*string{{a[0], a[1], b[2]}, {b[0], b[1], a[2]}, c}, "0 0 0 1"},
	} {
		r := &result{Rows: one.rows, Columns: []struct{ Name, Type string }{{metadataColumn, "OBJECT"}, {"ID", "TEXT"}, {committed, "TIMESTAMP_LTZ"}}}
		f, err := comparison{"s", puts, arrivals}.of(r)
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(len(f.counts), len(f.meta), len(f.fields), len(f.order)); got != one.want {
			t.Errorf("%s: counts, metadata, fields, order = %s, want %s\n%v", name, got, one.want, f)
		}
	}
}

func TestMetadataHasSevenFieldsAndNoOthers(t *testing.T) {
	whole := `{"stream":"s","shardId":"x","sequenceNumber":"1","subSequenceNumber":0,"shardedSequenceNumber":"100000","partitionKey":"k","approximateArrival":"t"}`
	if _, err := readMetadata(&whole); err != nil {
		t.Error(err)
	}
	for _, text := range []string{strings.Replace(whole, `"partitionKey":"k",`, "", 1), strings.Replace(whole, "{", `{"eighth":1,`, 1), "null"} {
		if _, err := readMetadata(&text); err == nil {
			t.Errorf("taken: %s", text)
		}
	}
	if got := sharded("123456789", 2); got != "12345678900002" {
		t.Errorf("the documentation's example is %s", got)
	}
}

func TestFieldsAreHeldAgainstTheExactText(t *testing.T) {
	for _, c := range []struct {
		kind, cell, raw string
		same            bool
	}{
		{"VARIANT", "2.50", "2.50", true}, {"VARIANT", "2.5", "2.50", false}, {"VARIANT", "null", "null", true},
		{"TEXT", `a"é`, `"a\"\u00e9"`, true}, {"TEXT", "7", "7", true}, {"TEXT", "a", `"b"`, false},
		{"FIXED", "3", "2.5", true}, {"FIXED", "-3", "-2.5", true}, {"FIXED", "2", "2.49", true}, {"FIXED", "2", "2.5", false},
		{"FIXED", "0", "-0.4", true}, {"FIXED", "12345678901234567890123456789012345678", "12345678901234567890123456789012345678", true},
		{"REAL", "0.1", "0.10", true}, {"REAL", "0.1", "0.11", false}, {"BOOLEAN", "true", "true", true}, {"BOOLEAN", "true", "false", false},
		{"OBJECT", "{}", "{}", false},
	} {
		if got := sameField(c.kind, &c.cell, []byte(c.raw)); got != c.same {
			t.Errorf("%s %s against %s: %t", c.kind, c.cell, c.raw, got)
		}
	}
	if !sameField("TEXT", nil, []byte("null")) || !sameField("VARIANT", nil, nil) || sameField("VARIANT", nil, []byte("null")) {
		t.Error("NULL is not what null and absent become")
	}
}

func TestEvolutionIsExpectedOfTheFirstValues(t *testing.T) {
	first := parsed(t, `{"id":"a","mag":2,"cdi":null}`)
	rest := parsed(t, `{"id":"b","mag":2.5,"cdi":1,"rms":1.5}`, `{"cdi":1.5,"rms":1,"on":true,"o":{}}`)
	var got []string
	for _, w := range expect(first, rest) {
		got = append(got, w.name+" "+strings.Join(w.types, "|"))
	}
	want := []string{"ID VARCHAR", "MAG NUMBER(38,0)", "CDI NUMBER(38,0)|FLOAT", "RMS FLOAT", "ON BOOLEAN", "O VARIANT"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	types := map[string]string{metadataColumn: "OBJECT", "ID": "VARCHAR(16777216)", "MAG": "FLOAT", "EXTRA": "VARCHAR(1)"}
	if wrong := against(expect(first), types); len(wrong) != 2 {
		t.Errorf("a wrong type and a column too many are %v", wrong)
	}
}

func TestTheInputKeepsEveryByteOfAValue(t *testing.T) {
	l := parsed(t, `{"a":1.50,"b":{"x": [1, 2e3]},"a b":"é"}`)[0]
	if a, b := string(l.get("a")), string(l.get("b")); a != "1.50" || b != `{"x": [1, 2e3]}` || len(l.members) != 3 {
		t.Errorf("a is %s, b is %s of %d", a, b, len(l.members))
	}
	if _, err := parseLine([]byte(`[1]`)); err == nil {
		t.Error("an array is taken for an object")
	}
}

func TestNeighboursAreMerged(t *testing.T) {
	shards := make([]shard, 4)
	for i := range shards {
		shards[i].ShardId = fmt.Sprint("shardId-", i)
		shards[i].HashKeyRange.StartingHashKey, shards[i].HashKeyRange.EndingHashKey = fmt.Sprint(i*10), fmt.Sprint(i*10+9)
	}
	shards[0].Sequences.EndingSequenceNumber = "5" // split
	slices.Reverse(shards)
	one, other, err := neighbours(shards, map[string]int{"shardId-1": 1, "shardId-2": 2, "shardId-3": 3, "shardId-0": 99})
	if err != nil || one.ShardId != "shardId-2" || other.ShardId != "shardId-3" {
		t.Errorf("%s and %s, %v", one.ShardId, other.ShardId, err)
	}
}
