package ingest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/ingest"
)

func columns(names ...string) []catalog.Column {
	var list []catalog.Column
	for _, name := range names {
		list = append(list, catalog.Column{Name: name, Type: catalog.Type{Name: catalog.Variant}, Nullable: true})
	}
	return list
}

func TestKeysMatchColumnsWithoutRegardToCase(t *testing.T) {
	for _, c := range []struct {
		columns []string
		row     string
		want    []string // "" is no value
	}{
		{[]string{"CITY"}, `{"city":1}`, []string{"1"}},
		{[]string{"CITY"}, `{"City":1,"CITY":2}`, []string{"2"}},
		{[]string{"CITY"}, `{"city":1,"City":2}`, []string{"1"}},
		{[]string{"CITY", "city"}, `{"city":1}`, []string{"1", "1"}},
		{[]string{"CITY", "city"}, `{"CITY":1}`, []string{"1", "1"}},
		{[]string{"CITY", "city"}, `{"CITY":1,"city":2}`, []string{"1", "2"}},
		{[]string{"A", "B"}, `{"b":1,"c":2}`, []string{"", "1"}},
		{[]string{"A"}, `{"\u0061":1}`, []string{"1"}},
		{[]string{"ÄRGER"}, `{"ärger":1}`, []string{"1"}},
	} {
		values, err := ingest.Match(&catalog.Table{Columns: columns(c.columns...)}, []byte(c.row))
		if err != nil {
			t.Errorf("%s: %v", c.row, err)
			continue
		}
		var got []string
		for _, v := range values {
			got = append(got, string(v))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s into %v: %q, want %q", c.row, c.columns, got, c.want)
		}
	}
}

func TestBadLinesAreReportedAndTheirNeighboursLand(t *testing.T) {
	table := &catalog.Table{Columns: append(columns("A"), catalog.Column{Name: "N", Type: catalog.IntegerType(), Nullable: true},
		catalog.Column{Name: "MUST", Type: catalog.TextType()}, catalog.Column{Name: "FILLED", Type: catalog.TextType(), Default: "'x'"})}
	body := strings.Join([]string{
		`{"a":1,"must":"m"}`,
		`{"a":`,
		"{\"a\":\"\xff\"}",
		`[1]`,
		`{"n":"x","must":"m"}`,
		`{"a":2}`,
		`{"must":null}`,
		`{"must":"m","filled":null}`,
		`   `,
		`{"a":3,"must":"m","unknown":true}` + "\r",
		`{"a":4,"must":"m"}`, // without a line end
	}, "\n")
	report := ingest.NewColumns(table).Check([]byte(body), ingest.Rules{})
	var good, bad []string
	for _, row := range report.Good {
		good = append(good, string(row))
	}
	for _, e := range report.Errors {
		bad = append(bad, fmt.Sprint(e.Code, " ", e.Content, " ", e.Column))
	}
	if want := []string{`{"a":1,"must":"m"}`, `{"a":3,"must":"m","unknown":true}`, `{"a":4,"must":"m"}`}; !slices.Equal(good, want) {
		t.Errorf("good rows %q, want %q", good, want)
	}
	if want := []string{"100069 json-invalid ", "100069 binary-base64 ", "100069 json ", "100071 json N", "100072 json MUST", "100072 json MUST", "100072 json FILLED"}; !slices.Equal(bad, want) {
		t.Errorf("errors %q, want %q", bad, want)
	}
	if report.Parsed != 10 || !report.Evolution.Empty() {
		t.Errorf("%d lines, evolution %+v; want 10 and none", report.Parsed, report.Evolution)
	}
}

func TestALostFractionIsAnErrorWhereAsked(t *testing.T) {
	table := &catalog.Table{Columns: []catalog.Column{{Name: "N", Type: catalog.IntegerType(), Nullable: true}}}
	body := []byte(`{"n":1.5}` + "\n" + `{"n":2.0}`)
	if r := ingest.NewColumns(table).Check(body, ingest.Rules{}); len(r.Good) != 2 {
		t.Errorf("rounding: %+v", r.Errors)
	}
	if r := ingest.NewColumns(table).Check(body, ingest.Rules{RejectFractions: true}); len(r.Good) != 1 || len(r.Errors) != 1 {
		t.Errorf("rejecting: %d good, %+v", len(r.Good), r.Errors)
	}
}

func TestEvolutionInfersColumns(t *testing.T) {
	table := &catalog.Table{Columns: []catalog.Column{{Name: "MUST", Type: catalog.TextType()}}}
	body := `{"s":"x","i":1,"f":1.5,"b":true,"o":{},"l":[],"nothing":null,"mixed":1,"wide":1,"big":` + strings.Repeat("9", 39) + `}
{"S":"y","mixed":"z","wide":2.5,"date":"2024-01-01"}`
	report := ingest.NewColumns(table).Check([]byte(body), ingest.Rules{Evolve: true})
	var got []string
	for _, column := range report.Evolution.Add {
		got = append(got, column.Name+" "+column.Type.Name)
	}
	want := []string{"S VARCHAR", "I NUMBER", "F FLOAT", "B BOOLEAN", "O VARIANT", "L VARIANT", "MIXED VARCHAR", "WIDE FLOAT", "BIG FLOAT", "DATE VARCHAR"}
	if !slices.Equal(got, want) || !slices.Equal(report.Evolution.Relax, []string{"MUST"}) || len(report.Good) != 2 {
		t.Errorf("evolution %q relax %v good %d, want %q, MUST, 2", got, report.Evolution.Relax, len(report.Good), want)
	}
	report.Evolution.Apply(table, 7)
	if again := ingest.NewColumns(table).Check([]byte(body), ingest.Rules{Evolve: true}); !again.Evolution.Empty() || len(again.Good) != 2 {
		t.Errorf("after evolution: %+v, errors %+v", again.Evolution, again.Errors)
	}
	if column := table.Columns[1]; column.Since != 7 || !column.Evolved || !table.Columns[0].Nullable {
		t.Errorf("columns %+v", table.Columns)
	}
}

func TestEvolutionHasItsBounds(t *testing.T) {
	keys := func(n int) string {
		var list []string
		for i := range n {
			list = append(list, fmt.Sprintf(`"k%d":%d`, i, i))
		}
		return "{" + strings.Join(list, ",") + "}"
	}
	for _, c := range []struct {
		row       string
		excessive bool
	}{
		{keys(ingest.MaxAdded), false},
		{keys(ingest.MaxAdded + 1), true},
		{`{"":1}`, true},
		{`{"` + strings.Repeat("k", 256) + `":1}`, true},
		{`{"":null}`, false},
	} {
		report := ingest.NewColumns(&catalog.Table{}).Check([]byte(c.row), ingest.Rules{Evolve: true})
		if got := report.Evolution.Excessive(); got != c.excessive {
			t.Errorf("%.40s: excessive %v, want %v", c.row, got, c.excessive)
		}
	}
}
