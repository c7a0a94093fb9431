package demo

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTheEarthquakesAreTheInput(t *testing.T) {
	in, err := readInput("")
	if err != nil {
		t.Fatal(err)
	}
	var declared []string
	for _, c := range in.columns {
		declared = append(declared, c.name)
	}
	if got := strings.Join(declared, " "); len(in.lines) != 1707 || got != "CDI DMIN GAP GEOMETRY MAG MMI RMS" {
		t.Errorf("%d lines, declared columns %s", len(in.lines), got)
	}
}

func TestARecordIsItsLineUnderItsNumber(t *testing.T) {
	in, err := parseInput("test", []byte("{ \"id\": \"x\" }\n\n{}\r\n{\"id\":7}\n"))
	if err != nil {
		t.Fatal(err)
	}
	for n, want := range []string{`{"n":0,"id": "x" }`, `{"n":1}`, `{"n":2,"id":7}`, `{"n":3,"id": "x" }`} {
		if got := string(in.record(nil, n)); got != want || !json.Valid([]byte(got)) {
			t.Errorf("record %d is %s, want %s", n, got, want)
		}
	}
	for n, want := range []string{"x", "line-3", "line-4"} {
		if got := in.line(n).key; got != want {
			t.Errorf("key of record %d is %q, want %q", n, got, want)
		}
	}
}

func TestTheNumberTakesANameThatIsFree(t *testing.T) {
	in, err := parseInput("test", []byte(`{"N":1,"n_":2}`))
	if err != nil || in.name != "n__" {
		t.Errorf("name %q, error %v", in.name, err)
	}
}

func TestOnlyColumnsOfOneKindAreLeftToEvolution(t *testing.T) {
	in, err := parseInput("test", []byte(`{"whole":1,"text":"a","yes":true,"nothing":null,"mixed":1,"part":0.5,"deep":{}}`+"\n"+
		`{"whole":null,"text":"b","yes":false,"nothing":null,"mixed":"x","part":null,"deep":[]}`))
	if err != nil {
		t.Fatal(err)
	}
	var declared []string
	for _, c := range in.columns {
		declared = append(declared, c.ddl())
	}
	if got := strings.Join(declared, ", "); got != `"DEEP" VARIANT, "MIXED" VARIANT, "PART" VARIANT` {
		t.Errorf("declared %s", got)
	}
}

func TestABadLineIsNamed(t *testing.T) {
	for line, says := range map[string]string{
		`[1]`:                    "is no JSON object",
		`{"a":`:                  "is no JSON object",
		"{\"a\":\"\xff\"}":       "is not UTF-8",
		`{"a":1,"A":2}`:          `key "A" is there twice`,
		`{"kinesisMetadata":{}}`: "is the connector's own",
		`{"":1}`:                 "cannot be a column's name",
		`{"a":"` + strings.Repeat("x", maxLineBytes) + `"}`: "is longer than",
	} {
		path := filepath.Join(t.TempDir(), "in.ndjson")
		if err := os.WriteFile(path, []byte("{}\n"+line+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := readInput(path)
		var usage *UsageError
		if !errors.As(err, &usage) || !strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), "line 2") {
			t.Errorf("%.40s: error %v, want one with %q", line, err, says)
		}
	}
	if _, err := parseInput("empty", []byte("\n \n")); err == nil {
		t.Error("an empty file was taken")
	}
}
