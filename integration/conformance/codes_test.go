package conformance

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	codeName   = regexp.MustCompile(`"((?:ERR|STALE)_[A-Z_]+)"`)
	codeNumber = regexp.MustCompile(`(?m)^\tcase ([\d, ]+):`)
	inCell     = regexp.MustCompile("`([A-Z_]+[A-Z]|\\d+)`")
)

// TestEveryCodeOfSnowflakesHasItsReaction holds the table of docs/traps.md
// against adapters/snowpipe: it has every code that is told apart there, and
// what else it names is in the table of the adapter's test.
func TestEveryCodeOfSnowflakesHasItsReaction(t *testing.T) {
	tests, listed := everyTest(t), map[string]bool{}
	_, table, there := strings.Cut(read(t, "docs/traps.md"), "\n## Codes\n")
	if !there {
		t.Fatal("docs/traps.md has no table of codes")
	}
	for line := range strings.Lines(table) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if len(cells) < 4 || strings.HasPrefix(cells[0], "-") || strings.TrimSpace(cells[0]) == "code" {
			continue
		}
		namesIn(t, tests, row{tests: cells[2], where: cells[3]})
		for _, m := range inCell.FindAllStringSubmatch(cells[0], -1) {
			if listed[m[1]] && m[1] != "200" {
				t.Errorf("%s has two rows", m[1])
			}
			listed[m[1]] = true
		}
	}

	source, shown := read(t, "adapters/snowpipe/fault.go"), read(t, "adapters/snowpipe/fault_test.go")
	known := map[string]bool{}
	for _, m := range codeName.FindAllStringSubmatch(source, -1) {
		known[m[1]] = true
	}
	for _, m := range codeNumber.FindAllStringSubmatch(source, -1) {
		for number := range strings.SplitSeq(m[1], ",") {
			known[strings.TrimSpace(number)] = true
		}
	}
	if len(known) < 25 {
		t.Fatalf("%d codes were found in fault.go, there are more", len(known))
	}
	for code := range known {
		if !listed[code] && code != "ERR_" && code != "ERR_CHANNEL_" {
			t.Errorf("docs/traps.md has no row for %s", code)
		}
	}
	for code := range listed {
		if len(code) == 3 && code[0] <= '5' || known[code] { // an HTTP status, or told apart
			continue
		}
		if !strings.Contains(shown, code) && !strings.Contains(shown, "number("+code+")") {
			t.Errorf("the row of %s stands for nothing that is told apart or tested", code)
		}
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root(t), filepath.FromSlash(path)))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
