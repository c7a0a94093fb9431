package ingest_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/ingest"
)

// TestALargeBodyReadsAsItsLinesDo holds bodies that are read in halves against
// the same lines, read one by one.
func TestALargeBodyReadsAsItsLinesDo(t *testing.T) {
	table := &catalog.Table{Columns: []catalog.Column{{Name: "N", Type: catalog.IntegerType(), Nullable: true}}}
	rows := func(n int, row func(i int) string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(row(i))
		}
		return b.String()
	}
	good := func(i int) string { return fmt.Sprintf(`{"n":%d,"text":"%s"}`+"\n", i, strings.Repeat("x", i%700)) }
	odd := func(i int) string {
		return []string{"{\"n\":1}\n", "{\"n\":\"x\"}\r\n", "\n \n", "{", "}\n", "[]\n"}[i%6]
	}
	for what, body := range map[string]string{
		"good rows":             rows(2000, good),
		"odd rows":              rows(60_000, odd),
		"one line":              `{"n":1,"text":"` + strings.Repeat("x", 1<<20) + `"}`,
		"a long last line":      "{\"n\":1}\n{\"n\":2,\"text\":\"" + strings.Repeat("x", 1<<20) + `"}`,
		"a long first line":     "{\"n\":2,\"text\":\"" + strings.Repeat("x", 1<<20) + "\"}\n{\"n\":1}",
		"newlines":              strings.Repeat("\n", 1<<20),
		"no newline at the end": strings.TrimSuffix(rows(2000, good), "\n"),
	} {
		for _, rules := range []ingest.Rules{{}, {Evolve: true}} {
			columns := ingest.NewColumns(table)
			want := &ingest.Report{Good: [][]byte{}}
			for line, rest := ingest.Line([]byte(body)); line != nil; line, rest = ingest.Line(rest) {
				one := columns.Check(append([]byte(nil), line...), rules)
				want.Parsed, want.Good, want.Errors = want.Parsed+one.Parsed, append(want.Good, one.Good...), append(want.Errors, one.Errors...)
				if !one.Evolution.Empty() {
					want.Evolution = one.Evolution // the same for each of these rows
				}
			}
			if got := ingest.NewColumns(table).Check([]byte(body), rules); !reflect.DeepEqual(got, want) {
				t.Errorf("%s: %d lines, %d good, %d bad, evolution %+v; want %d, %d, %d, %+v", what, got.Parsed, len(got.Good), len(got.Errors), got.Evolution,
					want.Parsed, len(want.Good), len(want.Errors), want.Evolution)
			}
		}
	}
}
