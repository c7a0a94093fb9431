package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Change is all mutants' changes of one file. Several of them may share lines
// that stay, but no line may go twice.
type Change struct {
	path  string
	lines []string
	gone  map[int]string   // line -> the mutant that takes it away
	comes map[int][]string // what comes before a line
}

// Apply returns the text of every file that the mutants change, by its path
// from the module's root: all of them at once, each behind its switch.
func Apply(root string, mutants []Mutant) (map[string]string, error) {
	changes, texts := map[string]*Change{}, map[string]string{}
	for i := range mutants {
		m := &mutants[i]
		for j := range m.Hunks {
			h := &m.Hunks[j]
			if h.New {
				if texts[h.Path] != "" {
					return nil, fmt.Errorf("mutant %s: %s is new twice", m.Name, h.Path)
				}
				texts[h.Path] = h.text()
				continue
			}
			c := changes[h.Path]
			if c == nil {
				var err error
				if c, err = readChange(root, h.Path); err != nil {
					return nil, fmt.Errorf("mutant %s: %w", m.Name, err)
				}
				changes[h.Path] = c
			}
			if err := c.apply(m.Name, h); err != nil {
				return nil, fmt.Errorf("mutant %s: %s: %w", m.Name, h.Path, err)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(changes)) {
		texts[name] = changes[name].text()
	}
	return texts, nil
}

func readChange(root, name string) (*Change, error) {
	text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	if err != nil {
		return nil, err
	}
	return &Change{path: name, lines: strings.Split(string(text), "\n"), gone: map[int]string{}, comes: map[int][]string{}}, nil
}

// apply adds a hunk. Its old lines must be there exactly once.
func (c *Change) apply(mutant string, h *Hunk) error {
	old := h.old()
	at, times := 0, 0
	for i := 0; i+len(old) <= len(c.lines); i++ {
		if slices.Equal(c.lines[i:i+len(old)], old) {
			at, times = i, times+1
		}
	}
	if times != 1 {
		return fmt.Errorf("these lines are there %d times, not once:\n%s", times, strings.Join(old, "\n"))
	}
	for _, l := range h.Lines {
		switch l.Kind {
		case '+':
			c.comes[at] = append(c.comes[at], l.Text)
			continue
		case '-':
			if other := c.gone[at]; other != "" {
				return fmt.Errorf("mutant %s changes the same line: %s", other, l.Text)
			}
			c.gone[at] = mutant
		}
		at++
	}
	return nil
}

// text is the file as the mutants leave it.
func (c *Change) text() string {
	var b strings.Builder
	for i, line := range c.lines {
		for _, new := range c.comes[i] {
			b.WriteString(new + "\n")
		}
		if c.gone[i] == "" {
			b.WriteString(line)
			if i < len(c.lines)-1 {
				b.WriteByte('\n')
			}
		}
	}
	return b.String()
}

// text is a new file's.
func (h *Hunk) text() string {
	var b strings.Builder
	for _, l := range h.Lines {
		b.WriteString(l.Text + "\n")
	}
	return b.String()
}
