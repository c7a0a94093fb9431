package localcloud

import (
	"slices"
	"strings"
	"testing"
)

func TestStatementsAreCutAtSemicolons(t *testing.T) {
	for text, want := range map[string][]string{
		"select 1":                                {"select 1"},
		" select 1 ; ;\nselect 2;":                {"select 1", "select 2"},
		`select ';' , "a;b"; select 'it''s;'`:     {`select ';' , "a;b"`, `select 'it''s;'`},
		`select '\';'; select 2`:                  {`select '\';'`, "select 2"},
		"select 1 -- one; two\n; select $$a;b$$":  {"select 1 -- one; two", "select $$a;b$$"},
		"select /* ; */ 1; select 2 // ; the end": {"select /* ; */ 1", "select 2 // ; the end"},
		"":                  nil,
		"select 'open; end": {"select 'open; end"},
	} {
		if got := Statements(text); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestRowsArePrintedInEachFormat(t *testing.T) {
	c := start(t, Options{})
	db, err := Open(c.Login())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	const query = `SELECT 1 AS one, 'a "b", c' AS text, NULL AS nothing, PARSE_JSON('{"k":[1,2.50]}') AS deep, true AS yes`
	for output, want := range map[Output][]string{
		AsTable: {"ONE", `a "b", c`, "NULL", "(1 row)\n"},
		AsJSON:  {`{"ONE":1,"TEXT":"a \"b\", c","NOTHING":null,"DEEP":{"k":[1,2.5`, `,"YES":true}` + "\n"},
		AsCSV:   {"ONE,TEXT,NOTHING,DEEP,YES\n", `1,"a ""b"", c",,`},
	} {
		var out strings.Builder
		if err := Print(t.Context(), db, query, &out, output); err != nil {
			t.Fatalf("%s: %v", output, err)
		}
		for _, part := range want {
			if !strings.Contains(out.String(), part) {
				t.Errorf("%s: %q is not in %q", output, part, out.String())
			}
		}
	}
	if err := Print(t.Context(), db, "SELECT FROM WHERE", &strings.Builder{}, AsTable); err == nil {
		t.Error("nonsense was run")
	}
}

func TestAFolderServesOneCloudAtATime(t *testing.T) {
	dir := t.TempDir()
	if InUse(dir) {
		t.Error("an empty folder is in use")
	}
	c := start(t, Options{Dir: dir})
	if !InUse(dir) {
		t.Error("a folder in use is not")
	}
	if second, err := Start(Options{Dir: dir}); err == nil || !strings.Contains(err.Error(), "in use") {
		t.Errorf("a second cloud started: %v", err)
		if second != nil {
			second.Close()
		}
	}
	if err := c.Close(); err != nil || InUse(dir) {
		t.Errorf("still in use after Close (%v)", err)
	}
}
