package ingest_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/ingest"
)

func plain(name string) catalog.Type { return catalog.Type{Name: name} }

func number(precision, scale int) catalog.Type {
	return catalog.Type{Name: catalog.Number, Precision: precision, Scale: scale}
}

func sized(name string, length int) catalog.Type { return catalog.Type{Name: name, Length: length} }

func fine(name string) catalog.Type { return catalog.Type{Name: name, Precision: 9} }

// show writes a value so that a table can compare it.
func show(v ingest.Value) string {
	switch v.Kind {
	case ingest.Null:
		return "NULL"
	case ingest.Float:
		if math.IsNaN(v.Float) {
			return "NaN"
		}
		return fmt.Sprint(v.Float)
	case ingest.Bool:
		return fmt.Sprint(v.Bool)
	case ingest.Binary:
		return fmt.Sprintf("%x", v.Bytes)
	case ingest.Date:
		return time.Unix(v.Days*86400, 0).UTC().Format(time.DateOnly)
	case ingest.Time:
		return time.Unix(0, v.Nanos).UTC().Format("15:04:05.999999999")
	case ingest.Timestamp:
		return v.Instant.Format(time.RFC3339Nano)
	}
	return v.Text
}

// TestValuesAreCoercedAsOnTheDefaultPipe is the table of spec 3.4, row by row.
// bad wants code 100071, long code 100078.
func TestValuesAreCoercedAsOnTheDefaultPipe(t *testing.T) {
	const bad, long = "bad", "long"
	object := catalog.Type{Name: catalog.Object, Fields: []catalog.Field{
		{Name: "a", Type: number(38, 0), NotNull: true}, {Name: "b", Type: sized(catalog.Varchar, 10)}}}
	text, whole := sized(catalog.Varchar, 10), number(38, 0)
	list := catalog.Type{Name: catalog.Array, Element: &whole}
	pairs := catalog.Type{Name: catalog.Map, Key: &text, Element: &whole}
	vector := catalog.Type{Name: catalog.Vector, Element: &catalog.Type{Name: catalog.Float}, Length: 2}
	for _, c := range []struct {
		column    catalog.Type
		raw, want string
	}{
		{number(38, 0), `12`, "12"},
		{number(38, 0), `"12"`, "12"},
		{number(38, 0), `" -7 "`, "-7"},
		{number(38, 0), `1.5`, "2"},
		{number(38, 0), `-1.5`, "-2"},
		{number(38, 0), `1e3`, "1000"},
		{number(38, 0), `12345678901234567890123456789012345678`, "12345678901234567890123456789012345678"},
		{number(38, 0), `123456789012345678901234567890123456789`, bad},
		{number(5, 2), `1.005`, "1.01"},
		{number(5, 2), `999.99`, "999.99"},
		{number(5, 2), `999.995`, bad},
		{number(5, 2), `1000`, bad},
		{number(5, 2), `-0.001`, "0.00"},
		{number(5, 2), `1e-9`, "0.00"},
		{number(38, 0), `"x"`, bad},
		{number(38, 0), `""`, bad},
		{number(38, 0), `true`, bad},
		{number(38, 0), `{}`, bad},
		{number(38, 0), `1e999999999999`, bad},
		{number(38, 0), `null`, "NULL"},

		{plain(catalog.Float), `1.25`, "1.25"},
		{plain(catalog.Float), `"NaN"`, "NaN"},
		{plain(catalog.Float), `"Infinity"`, "+Inf"},
		{plain(catalog.Float), `"-Infinity"`, "-Inf"},
		{plain(catalog.Float), `"0x10"`, bad},
		{plain(catalog.Float), `1e999`, bad},
		{plain(catalog.Float), `[]`, bad},

		{sized(catalog.Varchar, 3), `"abc"`, "abc"},
		{sized(catalog.Varchar, 3), `"äöü"`, "äöü"},
		{sized(catalog.Varchar, 3), `"abcd"`, long},
		{sized(catalog.Varchar, 9), `"a\u00e4\n"`, "aä\n"},
		{sized(catalog.Varchar, 9), `1.50`, "1.50"},
		{sized(catalog.Varchar, 9), `true`, "true"},
		{sized(catalog.Varchar, 9), `{ "a" : 1 }`, `{"a":1}`},
		{sized(catalog.Varchar, 9), `[1, 2]`, "[1,2]"},

		{plain(catalog.Binary), `"3q2+7w=="`, "deadbeef"},
		{plain(catalog.Binary), `"deadbeef"`, "75e69d6de79f"}, // hexadecimal is mangled
		{plain(catalog.Binary), `"no base64"`, bad},
		{plain(catalog.Binary), `1`, bad},
		{sized(catalog.Binary, 3), `"3q2+7w=="`, long},

		{plain(catalog.Boolean), `true`, "true"},
		{plain(catalog.Boolean), `"yes"`, "true"},
		{plain(catalog.Boolean), `"ON"`, "true"},
		{plain(catalog.Boolean), `"off"`, "false"},
		{plain(catalog.Boolean), `"no"`, "false"},
		{plain(catalog.Boolean), `1`, bad},
		{plain(catalog.Boolean), `0`, bad},
		{plain(catalog.Boolean), `"maybe"`, bad},

		{plain(catalog.Date), `"2024-10-15"`, "2024-10-15"},
		{plain(catalog.Date), `"1969-12-31"`, "1969-12-31"},
		{plain(catalog.Date), `"2024-13-01"`, bad},
		{plain(catalog.Date), `20241015`, bad},

		{fine(catalog.Time), `"12:34:56.789"`, "12:34:56.789"},
		{fine(catalog.Time), `"12:34:56Z"`, bad},
		{fine(catalog.Time), `"12:34:56+05:00"`, bad},

		{fine(catalog.TimestampNTZ), `"2024-10-15T12:34:56.123456789"`, "2024-10-15T12:34:56.123456789Z"},
		{fine(catalog.TimestampNTZ), `"2024-10-15T12:34:56+02:00"`, "2024-10-15T12:34:56Z"},
		{fine(catalog.TimestampNTZ), `86400`, "1970-01-01T16:00:00Z"}, // eight hours short
		{fine(catalog.TimestampLTZ), `"2024-10-15T12:34:56+02:00"`, "2024-10-15T10:34:56Z"},
		{fine(catalog.TimestampTZ), `"2024-10-15 12:34:56 +02:00"`, "2024-10-15T12:34:56+02:00"},
		{catalog.Type{Name: catalog.TimestampNTZ, Precision: 3}, `"2024-10-15T12:34:56.123456"`, "2024-10-15T12:34:56.123Z"},
		{fine(catalog.TimestampNTZ), `"yesterday"`, bad},
		{fine(catalog.TimestampNTZ), `1.5`, bad},

		{plain(catalog.Variant), `{"b": 1.50, "a": [true, null]}`, `{"b":1.50,"a":[true,null]}`},
		{plain(catalog.Variant), `"{\"a\":1}"`, `"{\"a\":1}"`}, // JSON text stays a string
		{plain(catalog.Variant), `null`, "null"},
		{plain(catalog.Object), `{"a":1}`, `{"a":1}`},
		{plain(catalog.Object), `"{\"a\": 1}"`, `{"a":1}`},
		{plain(catalog.Object), `"[1]"`, bad},
		{plain(catalog.Object), `[1]`, bad},
		{plain(catalog.Object), `null`, "NULL"},
		{plain(catalog.Array), `[1,2]`, "[1,2]"},
		{plain(catalog.Array), `"x"`, `["x"]`},

		{object, `{"a":1,"b":"x"}`, `{"a":1,"b":"x"}`},
		{object, `{"a":1,"b":null}`, `{"a":1,"b":null}`},
		{object, `{"b":"x"}`, bad},
		{object, `{"a":1,"c":2}`, bad},
		{object, `{"a":"y"}`, bad},
		{list, `[1, 2]`, "[1,2]"},
		{list, `["x"]`, bad},
		{list, `1`, bad},
		{pairs, `{"k":1}`, `{"k":1}`},
		{pairs, `{"k":"x"}`, bad},
		{vector, `[1.5,2]`, "[1.5,2]"},
		{vector, `[1]`, bad},
		{vector, `["a","b"]`, bad},
		{plain(catalog.Geography), `"POINT(1 2)"`, bad},
		{plain(catalog.Geometry), `{}`, bad},
	} {
		t.Run(c.column.String()+" "+c.raw, func(t *testing.T) {
			v, err := ingest.Coerce(c.column, []byte(c.raw))
			got := show(v)
			var refused *ingest.CoerceError
			switch {
			case errors.As(err, &refused) && refused.Code == ingest.CodeCast:
				got = bad
			case errors.As(err, &refused) && refused.Code == ingest.CodeTooLong:
				got = long
			case err != nil:
				t.Fatalf("error %v is no CoerceError", err)
			}
			if got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// TestTheQuickTestAgreesWithCoerce checks every sort of value against every
// sort of column: Check takes a short cut for the usual ones.
func TestTheQuickTestAgreesWithCoerce(t *testing.T) {
	values := []string{`0`, `-0`, `7`, `-12345`, `1.5`, `1e5`, `123456`, `"a"`, `"abcdefgh"`, `"\u0041\u0042"`, `"12"`, `""`,
		`true`, `false`, `{}`, `{"a":1}`, `[]`, `[1]`, `"{}"`, `1e400`, strings.Repeat("9", 400)}
	for _, column := range []catalog.Type{number(5, 0), number(5, 2), number(38, 0), plain(catalog.Float), sized(catalog.Varchar, 4),
		plain(catalog.Boolean), plain(catalog.Object), plain(catalog.Array), plain(catalog.Variant), plain(catalog.Date)} {
		table := &catalog.Table{Columns: []catalog.Column{{Name: "C", Type: column, Nullable: true}}}
		for _, raw := range values {
			_, err := ingest.Coerce(column, []byte(raw))
			report := ingest.NewColumns(table).Check([]byte(`{"c":`+raw+`}`), ingest.Rules{})
			if (err == nil) != (len(report.Good) == 1) {
				t.Errorf("%s into %s: Coerce says %v, Check %+v", raw, column, err, report.Errors)
			}
		}
	}
}
