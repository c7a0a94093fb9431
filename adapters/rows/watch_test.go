package rows_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/adapters/rows"
	"github.com/kinesnow/kinesnow/messages"
)

// known is a table's columns: KINESISMETADATA, and what is given.
func known(nested bool, columns ...messages.Column) *messages.KnownColumns {
	k := &messages.KnownColumns{}
	k.Store(messages.NewColumns(append(columns, messages.Column{Name: rows.Column, Type: "OBJECT"}), nested))
	return k
}

// watched renders payloads and returns the rows and what was seen.
func watched(t *testing.T, r *rows.Renderer, payloads ...string) (string, *messages.Unmatched) {
	t.Helper()
	var out []byte
	for _, p := range payloads {
		var err error
		if out, _, err = r.Append(out, []byte(p), plainMark(), nil); err != nil {
			t.Fatalf("%s: %v", p, err)
		}
	}
	return string(out), r.Unmatched()
}

// TestKindsAreWhatIsSent names the kind of every sort of value, and how it is
// rendered where no column would hold it as it is.
func TestKindsAreWhatIsSent(t *testing.T) {
	digits38, digits39 := strings.Repeat("9", 38), strings.Repeat("9", 39)
	for _, c := range []struct {
		value string
		kind  messages.ValueKinds
		sent  string // "" = as it is
		flat  string // the same where no VARIANT can be
	}{
		{"0", messages.IntegerValue, "", ""}, {"-17", messages.IntegerValue, "", ""}, {"9007199254740992", messages.IntegerValue, "", ""},
		{"9007199254740993", messages.LongValue, "", ""}, {digits38, messages.LongValue, "", ""}, {"-" + digits38, messages.LongValue, "", ""},
		{digits39, messages.TextValue, `"` + digits39 + `"`, `"` + digits39 + `"`},
		{"0.5", messages.FractionValue, "", ""}, {"1.50", messages.FractionValue, "", ""}, {"-0.0", messages.FractionValue, "", ""}, {"1E+2", messages.FractionValue, "", ""},
		{"0.30000000000000004", messages.FractionValue, "", ""}, {"1.7976931348623157e308", messages.FractionValue, "", ""}, {"12e-400", messages.TextValue, `"12e-400"`, `"12e-400"`},
		{"0.1234567890123456789", messages.TextValue, `"0.1234567890123456789"`, `"0.1234567890123456789"`}, {"1e400", messages.TextValue, `"1e400"`, `"1e400"`},
		{"true", messages.BooleanValue, "", ""}, {"false", messages.BooleanValue, "", ""}, {`"2026-01-02"`, messages.TextValue, "", ""}, {`""`, messages.TextValue, "", ""},
		{`{"a": [1, "x\n"]}`, messages.NestedValue, "", `"{\"a\": [1, \"x\\n\"]}"`}, {`[]`, messages.NestedValue, "", `"[]"`},
	} {
		for _, nested := range []bool{true, false} {
			line, seen := watched(t, rows.NewRenderer(stream, shard, 5).Evolving(known(nested)), `{ "k" : `+c.value+` , "n":null}`)
			sent, kind := c.sent, c.kind
			if !nested {
				sent = c.flat
				if c.kind == messages.NestedValue {
					kind = messages.TextValue
				}
			}
			if sent == "" {
				sent = c.value
			}
			if !strings.HasPrefix(line, `{ "k" : `+sent+` ,`) || strings.Count(line, "\n") != 1 {
				t.Errorf("%s was sent as %s", c.value, line)
			}
			if seen == nil || len(seen.Keys) != 1 || seen.Keys[0].Name != "k" || seen.Keys[0].Kinds != kind || seen.Values != 1 {
				t.Errorf("%s was seen as %+v, want kind %b", c.value, seen, kind)
			}
		}
	}
}

// TestOnlyKeysWithoutAColumnAreSeen matches keys as Snowflake does, whatever
// their order and spelling.
func TestOnlyKeysWithoutAColumnAreSeen(t *testing.T) {
	columns := known(true, messages.Column{Name: "ID", Type: "NUMBER(38,0)"}, messages.Column{Name: "lower", Type: "BOOLEAN"}, messages.Column{Name: "ÄRA", Type: "VARCHAR(9)"})
	r := rows.NewRenderer(stream, shard, 5).Evolving(columns)
	_, seen := watched(t, r, `{"id":1,"LOWER":true,"ära":"x","kinesisMetadata":1}`, `{"lower":true,"ID":1}`, `{"\u0069d":2,"nested":{"other":1}}`, `[{"id":1},{"New":1,"id":2},{"New":"x"}] `, `{"new":null}`)
	got := fmt.Sprintf("%+v", seen)
	if want := "&{Keys:[{Name:nested Kinds:64 Digits:0 Length:0 Count:1} {Name:New Kinds:34 Digits:1 Length:1 Count:2}] Lacking:[] Values:3}"; got != want {
		t.Errorf("seen %s, want %s", got, want)
	}
	if _, seen = watched(t, r, `{"id":1}`); seen != nil {
		t.Errorf("a row like the table: %+v", seen)
	}
	columns.Store(messages.NewColumns(nil, true))
	if _, seen = watched(t, r, `{"id":1}`); seen == nil || len(seen.Keys) != 2 || seen.Keys[0].Name != rows.Column || seen.Keys[1].Name != "id" {
		t.Errorf("a table without columns: %+v", seen)
	}
}

// TestRequiredColumnsThatRowsLackAreSeen counts null for lacking, but in a
// VARIANT, where it is a value.
func TestRequiredColumnsThatRowsLackAreSeen(t *testing.T) {
	r := rows.NewRenderer(stream, shard, 5).Evolving(known(true,
		messages.Column{Name: "A", Type: "NUMBER(38,0)", Required: true}, messages.Column{Name: "B", Type: "VARIANT", Required: true}, messages.Column{Name: "C", Type: "BOOLEAN"}))
	for payload, want := range map[string][]string{
		`{"a":1,"b":null}`: nil, `{"a":null,"b":1}`: {"A"}, `{}`: {"A", "B"}, `[{"a":1,"b":2},{"b":3}]`: {"A"}, `{"c":true,"a":0}`: {"B"},
	} {
		_, seen := watched(t, r, payload)
		var got []string
		if seen != nil {
			got = seen.Lacking
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s lacks %v, want %v", payload, got, want)
		}
	}
}

// TestATextColumnGetsTheTextOfWhatItCannotHold in rows of several objects, too.
func TestATextColumnGetsTheTextOfWhatItCannotHold(t *testing.T) {
	r := rows.NewRenderer(stream, shard, 5).Evolving(known(true, messages.Column{Name: "T", Type: "VARCHAR(16777216)"}))
	out, seen := watched(t, r, `[{"t":{"a":1}}, {"t":"{}"}, {"t":7}, {"t":[1,
2]}]`)
	var got []any
	for line := range strings.Lines(out) {
		var row map[string]any
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		got = append(got, row["t"])
	}
	if want := []any{`{"a":1}`, `{}`, 7.0, "[1,\n2]"}; !slices.Equal(got, want) || seen != nil {
		t.Errorf("sent %q, seen %+v; want %q and nothing", got, seen, want)
	}
}

// TestAFractionForAColumnOfIntegersIsUnusable: Snowflake would round it. What
// only looks like a fraction is none.
func TestAFractionForAColumnOfIntegersIsUnusable(t *testing.T) {
	r := rows.NewRenderer(stream, shard, 5).Evolving(known(true,
		messages.Column{Name: "N", Type: "NUMBER(38,0)"}, messages.Column{Name: "CENTS", Type: "NUMBER(12,2)"}, messages.Column{Name: "F", Type: "FLOAT"}))
	for value, good := range map[string]bool{
		"7": true, "-7": true, "1.0": true, "-2.500e1": true, "12e2": true, "0.0": true, "-0e-9": true, `"1.5"`: true, "null": true, "true": true,
		"1.5": false, "-0.001": false, "1e-3": false, "25e-1": false, "1234567890.5": false,
	} {
		_, _, err := r.Append(nil, []byte(`{"cents":1.005,"f":0.5,"n":`+value+`}`), plainMark(), nil)
		if good != (err == nil) || err != nil && !strings.Contains(err.Error(), "would be rounded") {
			t.Errorf("%s for a column of integers: %v", value, err)
		}
	}
}

// TestARecordWhoseKeysCanBeNoColumnsIsUnusable, and takes no key with it.
func TestARecordWhoseKeysCanBeNoColumnsIsUnusable(t *testing.T) {
	var wide strings.Builder
	for i := range rows.MaxKeys + 1 {
		wide.WriteString(`,"k` + strconv.Itoa(i) + `":1`)
	}
	r := rows.NewRenderer(stream, shard, 5).Evolving(known(true))
	for _, c := range []struct{ payload, cause string }{
		{`{"":1,"ok":2}`, "can be no column"}, {`{"` + strings.Repeat("k", 256) + `":1}`, "can be no column"}, {`{"a\u0000b":1}`, "can be no column"},
		{`{` + wide.String()[1:] + `}`, "more than 2000 keys"}, {`{"a":1,"b":tru}`, "unexpected character"},
	} {
		_, _, err := r.Append(nil, []byte(c.payload), plainMark(), nil)
		var unusable *rows.Unusable
		if !errors.As(err, &unusable) || !strings.Contains(err.Error(), c.cause) {
			t.Errorf("%.40s: %v, want %s", c.payload, err, c.cause)
		}
		if seen := r.Unmatched(); seen != nil {
			t.Errorf("%.40s was seen: %d keys", c.payload, len(seen.Keys))
		}
	}
	if _, seen := watched(t, r, `{"":null}`); seen != nil {
		t.Errorf("an empty key with null: %+v", seen)
	}
}

// TestCountingChangesNothing: rows are those of a renderer that looks at no
// column, and all values are counted though few names are kept.
func TestCountingChangesNothing(t *testing.T) {
	var payload strings.Builder
	for i := range 150 {
		fmt.Fprintf(&payload, `{"k%d":%d,"":1,"big":%s}`, i, i, strings.Repeat("9", 40))
	}
	plain, _ := watched(t, rows.NewRenderer(stream, shard, 5), payload.String())
	counted, seen := watched(t, rows.NewRenderer(stream, shard, 5).Counting(known(true, messages.Column{Name: "BIG", Type: "VARCHAR"})), payload.String())
	if plain != counted || seen.Values != 300 || len(seen.Keys) != 100 {
		t.Errorf("rows are the same: %v; %d values of %d names, want 300 of 100", plain == counted, seen.Values, len(seen.Keys))
	}
	if _, seen := watched(t, rows.NewRenderer(stream, shard, 5).Counting(&messages.KnownColumns{}), `{"a":1}`); seen != nil {
		t.Errorf("a table of which nothing is known: %+v", seen)
	}
}

// TestOnlyTheKeyThatIsSentIsSeen: a value that a later one replaces asks for no
// column, brings none that is required, and is not counted.
func TestOnlyTheKeyThatIsSentIsSeen(t *testing.T) {
	table := known(true, messages.Column{Name: "MUST", Type: "VARCHAR(10)", Required: true})
	for _, payload := range []string{
		`{"k":"text","MUST":"x","k":1,"MUST":null}`, `[{"k":1e400,"k":{"a":1},"MUST":"x","MUST":null,"\u006b":1}]`,
	} {
		line, seen := watched(t, rows.NewRenderer(stream, shard, 5).Evolving(table), payload)
		if strings.Count(line, "MUST") != 1 || strings.Contains(line, "text") {
			t.Errorf("%s was sent as %s", payload, line)
		}
		if seen == nil || len(seen.Keys) != 1 || seen.Keys[0].Kinds != messages.IntegerValue || seen.Values != 1 || !slices.Equal(seen.Lacking, []string{"MUST"}) {
			t.Errorf("%s was seen as %+v", payload, seen)
		}
	}
}
