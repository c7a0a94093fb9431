package quakes

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// columnWant is a column that evolution must have added, and the types that it
// may have.
type columnWant struct {
	name  string
	types []string // beginnings of DESCRIBE's type
	why   string
}

// expect says which columns evolution must have added after the stages, each
// committed before the next began (spec snowpipe-streaming 3.3): the names of
// the keys in upper case, the type of the values of the batch that first had
// one. A key with nothing but nulls adds none. Where a stage may have been
// several batches, and whole numbers came before fractions, both types may be.
func expect(stages ...[]line) (wants []columnWant) {
	known := map[string]bool{}
	for n, stage := range stages {
		var fresh []*columnWant
		found := map[string]*columnWant{}
		for i := range stage {
			for _, m := range stage[i].members {
				name := strings.ToUpper(m.name)
				if m.null() || known[name] {
					continue
				}
				kind := inferred(m.raw)
				w := found[name]
				if w == nil {
					w = &columnWant{name: name, types: []string{kind}, why: fmt.Sprintf("stage %d, line %d: %s", n+1, i+1, clip(string(m.raw)))}
					found[name], fresh = w, append(fresh, w)
				} else if w.types[0] == wholeType && len(w.types) == 1 && kind == fractionType {
					w.types = append(w.types, kind)
				}
			}
		}
		for _, w := range fresh {
			known[w.name] = true
			wants = append(wants, *w)
		}
	}
	return wants
}

const (
	wholeType    = "NUMBER(38,0)"
	fractionType = "FLOAT"
)

// inferred is the type for one value.
func inferred(raw json.RawMessage) string {
	switch {
	case raw[0] == '"':
		return "VARCHAR"
	case raw[0] == 't', raw[0] == 'f':
		return "BOOLEAN"
	case raw[0] == '{', raw[0] == '[':
		return "VARIANT"
	case bytes.ContainsAny(raw, ".eE"):
		return fractionType
	}
	return wholeType
}

// against compares with what DESCRIBE tells.
func against(wants []columnWant, types map[string]string, others ...string) (differences []string) {
	left := map[string]bool{metadataColumn: true}
	for _, name := range others {
		left[name] = true
	}
	for _, w := range wants {
		left[w.name] = true
		fits := false
		for _, t := range w.types {
			fits = fits || strings.HasPrefix(types[w.name], t)
		}
		if !fits {
			differences = append(differences, fmt.Sprintf("%s is %q, should be %s (%s)", w.name, types[w.name], strings.Join(w.types, " or "), w.why))
		}
	}
	for name := range types {
		if !left[name] {
			differences = append(differences, fmt.Sprintf("column %s should not be there", name))
		}
	}
	return differences
}
