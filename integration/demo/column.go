package demo

import (
	"encoding/json"
	"slices"
	"strings"
)

// column is one that the table has before the first row.
type column struct{ name string }

// ddl declares it.
func (c column) ddl() string { return `"` + c.name + `" VARIANT` }

// shape is what a key's values are, as a set.
type shape uint8

const (
	shapeNull shape = 1 << iota
	shapeText
	shapeInteger
	shapeBoolean
	shapeOther // fractions, objects, arrays
)

// columnSet collects the shapes of every key, by column name.
type columnSet map[string]shape

func (s columnSet) note(name string, value json.RawMessage) { s[name] |= shapeOf(value) }

func shapeOf(value json.RawMessage) shape {
	switch value[0] {
	case 'n':
		return shapeNull
	case '"':
		return shapeText
	case 't', 'f':
		return shapeBoolean
	case '{', '[':
		return shapeOther
	}
	if strings.ContainsAny(string(value), ".eE") || len(value) > 38 {
		return shapeOther
	}
	return shapeInteger
}

// maxEvolved is how many columns may be left to schema evolution: Snowflake
// adds at most 100 in one batch (specs/snowpipe-streaming.md 3.3).
const maxEvolved = 90

// declared chooses the columns that must be there beforehand. The type of a
// column that evolution adds is that of the first value it meets, so a key whose
// values are of several kinds, or not whole, is declared VARIANT; the rest is
// left to evolution.
func (s columnSet) declared() []column {
	var columns []column
	for name, shapes := range s {
		switch shapes &^ shapeNull {
		case 0, shapeText, shapeInteger, shapeBoolean:
			if len(s) <= maxEvolved {
				continue
			}
		}
		columns = append(columns, column{name})
	}
	slices.SortFunc(columns, func(a, b column) int { return strings.Compare(a.name, b.name) })
	return columns
}
