package corpus_test

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/integration/corpus"
)

var rewrite = flag.Bool("rewrite", false, "write the table into docs/values.md")

const (
	page  = "../../docs/values.md"
	begin = "<!-- from integration/corpus: go test ./integration/corpus -rewrite -->\n"
	end   = "<!-- end -->"
)

// TestThePageForUsersShowsWhatTheCorpusSays: the table of docs/values.md is made
// from the cases, which the scenarios hold.
func TestThePageForUsersShowsWhatTheCorpusSays(t *testing.T) {
	cases, err := corpus.Load()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, _ := strings.Cut(string(text), begin)
	table, after, found := strings.Cut(rest, end)
	if !found {
		t.Fatalf("%s has no place for the table", page)
	}
	want := corpus.Table(cases)
	if *rewrite {
		if err := os.WriteFile(page, []byte(before+begin+want+end+after), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if table != want {
		t.Errorf("%s shows another table; go test ./integration/corpus -rewrite\n%s", page, want)
	}
}
