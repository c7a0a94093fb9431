package ingest_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/ingest"
)

var anything = &catalog.Table{Columns: []catalog.Column{{Name: "A", Type: catalog.Type{Name: catalog.Variant}, Nullable: true}}}

func TestOnlyValidJSONObjectsAreRows(t *testing.T) {
	for _, row := range []string{`{}`, ` { } `, `{"a":1}`, `{"a":-0.5e+10,"b":[{},[[]],""]}`, `{"ä":"\ud83d\ude00 €"}`, `{"a":{"a":{"a":null}}}`,
		`{"a":` + strings.Repeat("[", ingest.MaxDepth) + strings.Repeat("]", ingest.MaxDepth) + `}`} {
		if _, err := ingest.Match(anything, []byte(row)); err != nil {
			t.Errorf("%.60s: %v", row, err)
		}
	}
	for _, row := range []string{``, ` `, `1`, `"a"`, `[]`, `null`, `{`, `{"a"}`, `{"a":}`, `{"a":1,}`, `{"a":1}}`, `{"a":01}`, `{"a":1.}`, `{"a":.5}`,
		`{"a":1e}`, `{"a":+1}`, `{"a":tru}`, `{a:1}`, `{'a':1}`, `{"a":"\x"}`, `{"a":"\u12g4"}`, "{\"a\":\"\t\"}", "{\"a\":\"\xff\"}", "{\"a\":\"\x85\"}",
		"{\"a\":\"12345678\x80\"}", "{\"a\":\"\xed\xa0\x80\"}", "{\"a\":\"\xc0\xaf\"}", `{"a":[1}`, `{"a":{1:2}}`, `{"a":1}{"a":1}`, `{"a":1,"a":2}`, `{"a":1,"\u0061":2}`,
		`{"a":` + strings.Repeat("[", 1_000_000)} {
		if _, err := ingest.Match(anything, []byte(row)); err == nil {
			t.Errorf("%.60s is taken for a row", row)
		}
	}
}

// FuzzScannerAgreesWithTheStandardLibrary allows two differences: valid UTF-8
// is asked for here, and depth is bounded.
func FuzzScannerAgreesWithTheStandardLibrary(f *testing.F) {
	for _, seed := range []string{`{"a":1}`, `{"a":"b\"c\\","d":[1,2.5e-3,{"e":null}]}`, `{"long string with ümläuts":"12345678901234567890"}`, `[1,2`, `{"a":"\u0000"}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, row []byte) {
		wrapped := append(append([]byte(`{"a":`), row...), '}')
		_, err := ingest.Match(anything, wrapped)
		valid := json.Valid(wrapped) && utf8.Valid(wrapped)
		if valid && strings.Count(string(row), "[")+strings.Count(string(row), "{") < ingest.MaxDepth {
			var members map[string]any
			if json.Unmarshal(wrapped, &members) == nil && len(members) == 1 && err != nil && !strings.Contains(err.Error(), "duplicate") {
				t.Errorf("%q refused: %v", wrapped, err)
			}
		}
		if !valid && err == nil {
			t.Errorf("%q taken", wrapped)
		}
	})
}

// FuzzCheckNeverPanics sends anything at a table with every type of column.
func FuzzCheckNeverPanics(f *testing.F) {
	whole := catalog.IntegerType()
	table := &catalog.Table{}
	for i, column := range []catalog.Type{whole, {Name: catalog.Float}, catalog.TextType(), {Name: catalog.Boolean}, {Name: catalog.Binary}, {Name: catalog.Date},
		{Name: catalog.Time}, {Name: catalog.TimestampNTZ}, {Name: catalog.TimestampTZ}, {Name: catalog.Variant}, {Name: catalog.Object},
		{Name: catalog.Object, Fields: []catalog.Field{{Name: "a", Type: whole}}}, {Name: catalog.Array, Element: &whole},
		{Name: catalog.Map, Key: &whole, Element: &whole}, {Name: catalog.Vector, Element: &whole, Length: 2}, {Name: catalog.Geography}} {
		table.Columns = append(table.Columns, catalog.Column{Name: string(rune('A' + i)), Type: column, Nullable: i%2 == 0})
	}
	f.Add(`"x"`)
	f.Add(`"{\"a\":[1,2]}"`)
	f.Add(`[1,"2",{}]`)
	f.Add(`1e-999`)
	f.Fuzz(func(t *testing.T, value string) {
		var row strings.Builder
		row.WriteByte('{')
		for i := range table.Columns {
			if i > 0 {
				row.WriteByte(',')
			}
			row.WriteString(`"` + table.Columns[i].Name + `":` + value)
		}
		row.WriteString("}\n" + value)
		report := ingest.NewColumns(table).Check([]byte(row.String()), ingest.Rules{Evolve: true})
		if report.Parsed != len(report.Good)+len(report.Errors) {
			t.Errorf("%d lines, %d good, %d bad", report.Parsed, len(report.Good), len(report.Errors))
		}
	})
}
