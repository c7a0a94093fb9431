package main

import (
	"bufio"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// catalogue holds one file per mutant.
//
//go:embed catalogue/*.mutant
var catalogue embed.FS

// Mutant is one half-right variant of the product, or one worse service.
type Mutant struct {
	Name  string
	Rule  string // of the protocol that it breaks; "service" where it is not ours
	Model string // what the model found of the same variant (integration/model)
	Wrong string // what it does, in a sentence
	Try   uint64 // a seed that caught it once, and so comes first; 0 = none
	Hunks []Hunk
}

// Hunk is one change of one file: old lines, which must be there exactly once,
// and the new ones. A file that is new has no old lines.
type Hunk struct {
	Path  string // from the module's root
	New   bool   // the file is not there
	Lines []Line
}

// Line is one line of a hunk.
type Line struct {
	Kind byte // ' ' stays, '-' goes, '+' comes
	Text string
}

// switchCall is how mutated code asks whether it is a mutant.
var switchCall = regexp.MustCompile(`\bmutated\(((?:"[^"]+"(?:, )?)+)\)`)

// Catalogue reads all mutants, ordered by the number of their rule, the
// services last.
func Catalogue() ([]Mutant, error) {
	names, err := fs.Glob(catalogue, "catalogue/*.mutant")
	if err != nil {
		return nil, err
	}
	var all []Mutant
	for _, name := range names {
		text, err := catalogue.ReadFile(name)
		if err != nil {
			return nil, err
		}
		m, err := Parse(string(text))
		if err == nil && m.Name != strings.TrimSuffix(path.Base(name), ".mutant") {
			err = fmt.Errorf("it calls itself %q", m.Name)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		all = append(all, m)
	}
	slices.SortStableFunc(all, func(a, b Mutant) int { return a.order() - b.order() })
	return all, nil
}

// order is the number of the rule, and something large for a service.
func (m *Mutant) order() (n int) {
	if _, err := fmt.Sscanf(m.Rule, "P%d", &n); err != nil {
		return 1000
	}
	return n
}

// Parse reads a mutant's file: fields, one a line and continued where a line is
// indented, then hunks in the manner of diff -u, without line numbers.
func Parse(text string) (m Mutant, err error) {
	try := "0"
	fields := map[string]*string{"mutant": &m.Name, "rule": &m.Rule, "model": &m.Model, "wrong": &m.Wrong, "try": &try}
	var field *string
	lines := bufio.NewScanner(strings.NewReader(text))
	for n := 1; lines.Scan(); n++ {
		line := lines.Text()
		switch at, isHunk := strings.CutPrefix(line, "@@ "); {
		case isHunk:
			name, isNew := strings.CutPrefix(at, "new ")
			m.Hunks = append(m.Hunks, Hunk{Path: name, New: isNew})
		case len(m.Hunks) > 0:
			h := &m.Hunks[len(m.Hunks)-1]
			if line == "" {
				line = " "
			}
			if !strings.Contains(" -+", line[:1]) || h.New && line[0] == '-' {
				return m, fmt.Errorf("line %d: %q begins with none of ' ', '-' and '+'", n, line)
			}
			h.Lines = append(h.Lines, Line{line[0], line[1:]})
		case strings.TrimSpace(line) == "":
		case line[0] == ' ' && field != nil:
			*field += " " + strings.TrimSpace(line)
		default:
			name, value, _ := strings.Cut(line, " ")
			if field = fields[name]; field == nil {
				return m, fmt.Errorf("line %d: no field %q", n, name)
			}
			*field = strings.TrimSpace(value)
		}
	}
	for i := range m.Hunks {
		m.Hunks[i].trim()
	}
	if m.Try, err = strconv.ParseUint(try, 10, 64); err != nil {
		return m, fmt.Errorf("try %q: want one seed", try)
	}
	return m, m.check()
}

// trim removes the empty lines between a hunk and the next one.
func (h *Hunk) trim() {
	for n := len(h.Lines); n > 0 && h.Lines[n-1] == (Line{' ', ""}); n-- {
		h.Lines = h.Lines[:n-1]
	}
}

// check finds what would make a mutant another one, or none.
func (m *Mutant) check() error {
	if m.Name == "" || m.Rule == "" || m.Model == "" || m.Wrong == "" {
		return fmt.Errorf("mutant, rule, model or wrong is missing")
	}
	asked := false
	for _, h := range m.Hunks {
		if !h.New && len(h.old()) == 0 {
			return fmt.Errorf("%s: a change without a line of what is there", h.Path)
		}
		for _, l := range h.Lines {
			for _, call := range switchCall.FindAllStringSubmatch(l.Text, -1) {
				asked = asked || strings.Contains(call[1], `"`+m.Name+`"`)
			}
		}
	}
	if !asked {
		return fmt.Errorf("no line asks for %q", m.Name)
	}
	return nil
}

// old is the text that must be there.
func (h *Hunk) old() (lines []string) {
	for _, l := range h.Lines {
		if l.Kind != '+' {
			lines = append(lines, l.Text)
		}
	}
	return lines
}
