package conformance

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// shown are the pages that say which tests show what, the letters that such a
// test's name begins with, and how many numbers there are.
var shown = []struct {
	page, letters string
	numbers       int
}{
	{"docs/pitfalls.md", "KP", 28},
	{"docs/acceptance.md", "A", 14},
	{"docs/traps.md", "T", 20},
}

var (
	declared = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
	quoted   = regexp.MustCompile("`((?:Test|Fuzz)\\w+)(\\.\\.\\.)?`")
	folder   = regexp.MustCompile(`^[\w/]+$`)
)

// TestThePagesNameTheTestsThatThereAre holds each table against the code: it has
// every number once, each of them with tests that are where the table says, and
// every test that carries a number stands in its row.
func TestThePagesNameTheTestsThatThereAre(t *testing.T) {
	tests := everyTest(t)
	for _, p := range shown {
		t.Run(p.page, func(t *testing.T) {
			rows := rowsOf(t, p.page)
			if len(rows) != p.numbers {
				t.Errorf("%d rows, want %d", len(rows), p.numbers)
			}
			for n := 1; n <= p.numbers; n++ {
				row, there := rows[n]
				if !there {
					t.Errorf("%s%d has no row", p.letters, n)
					continue
				}
				named := namesIn(t, tests, row)
				for name, dirs := range tests {
					if strings.HasPrefix(name, fmt.Sprintf("Test%s%02d", p.letters, n)) && !named[name] {
						t.Errorf("row %d does not name %s of %v", n, name, dirs)
					}
				}
			}
		})
	}
}

// row is one of a table.
type row struct{ tests, where string }

// rowsOf reads a page's table: a number with or without letters, what it is,
// tests, and the folders that they are in.
func rowsOf(t *testing.T, page string) map[int]row {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root(t), page))
	if err != nil {
		t.Fatal(err)
	}
	rows := map[int]row{}
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if len(cells) < 4 {
			continue
		}
		n, err := strconv.Atoi(strings.TrimLeft(strings.TrimSpace(cells[0]), "KPAT"))
		if err != nil {
			continue // the head, or what is under it
		}
		if _, twice := rows[n]; twice {
			t.Errorf("%d has two rows", n)
		}
		rows[n] = row{tests: cells[2], where: cells[3]}
	}
	return rows
}

// namesIn are the tests that a row names. Each is in one of its folders, and of
// each folder one is named. "TestH1..." stands for all that begin so.
func namesIn(t *testing.T, tests map[string][]string, r row) map[string]bool {
	t.Helper()
	var folders []string
	for f := range strings.SplitSeq(r.where, ";") {
		if f = strings.TrimSpace(f); folder.MatchString(f) {
			folders = append(folders, f)
		}
	}
	named, used := map[string]bool{}, map[string]bool{}
	for _, m := range quoted.FindAllStringSubmatch(r.tests, -1) {
		found := false
		for name, dirs := range tests {
			if name != m[1] && (m[2] == "" || !strings.HasPrefix(name, m[1])) {
				continue
			}
			for _, dir := range dirs {
				if slices.Contains(folders, dir) {
					found, named[name], used[dir] = true, true, true
				}
			}
		}
		if !found {
			t.Errorf("%s is in none of %v", m[0], folders)
		}
	}
	for _, f := range folders {
		if !used[f] {
			t.Errorf("no test of %s is named", f)
		}
	}
	if len(named) == 0 {
		t.Errorf("a row names no test: %v", r)
	}
	return named
}

// everyTest finds the module's tests and the folders that they are in.
func everyTest(t *testing.T) map[string][]string {
	t.Helper()
	tests := map[string][]string{}
	top := root(t)
	err := filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		dir, err := filepath.Rel(top, filepath.Dir(path))
		for _, m := range declared.FindAllStringSubmatch(string(text), -1) {
			tests[m[1]] = append(tests[m[1]], filepath.ToSlash(dir))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return tests
}
