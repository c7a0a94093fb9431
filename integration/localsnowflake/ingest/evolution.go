package ingest

import (
	"bytes"
	"slices"
	"strings"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

// MaxAdded is how many columns one batch may add (spec 3.3). More invalidate
// the channel.
const MaxAdded = 100

// maxNameLength bounds an identifier (docs.snowflake.com/sql-reference/identifiers).
const maxNameLength = 255

// Evolution is what a table would have to become for a batch to lose nothing.
type Evolution struct {
	Add        []catalog.Column // in the order their keys were first seen, names in upper case
	Relax      []string         // columns that lose NOT NULL because a row lacks them
	Unmappable bool             // a key cannot be a column name
}

// Empty reports that the table is fine as it is.
func (e *Evolution) Empty() bool { return len(e.Add) == 0 && len(e.Relax) == 0 && !e.Unmappable }

// Excessive reports that the batch asks for what evolution refuses: then the
// channel is invalidated although row errors would not do that (spec 3.3).
func (e *Evolution) Excessive() bool { return len(e.Add) > MaxAdded || e.Unmappable }

// note collects what the row in hand lacks.
func (e *Evolution) note(c *Columns, values [][]byte) {
	for i := range values {
		column := &c.table.Columns[i]
		if values[i] == nil && !column.Nullable && column.Default == "" && !column.Identity && !slices.Contains(e.Relax, column.Name) {
			e.Relax = append(e.Relax, column.Name)
		}
	}
	for _, u := range c.unknown {
		e.add(u.key.name, infer(u.raw, c.table.Kind))
	}
}

// add merges one unknown key. A key with nothing but nulls adds no column.
func (e *Evolution) add(key string, t catalog.Type) {
	if t.Name == "" {
		return
	}
	name := strings.ToUpper(key)
	if name == "" || len(name) > maxNameLength || strings.ContainsRune(name, 0) {
		e.Unmappable = true
		return
	}
	for i := range e.Add {
		if e.Add[i].Name == name {
			e.Add[i].Type = widen(e.Add[i].Type, t)
			return
		}
	}
	if len(e.Add) > MaxAdded {
		return // one too many is enough to know
	}
	e.Add = append(e.Add, catalog.Column{Name: name, Type: t, Nullable: true, Evolved: true})
}

// infer is the type that a value's column gets; no name for null.
func infer(raw []byte, kind catalog.Kind) catalog.Type {
	switch raw[0] {
	case 'n':
		return catalog.Type{}
	case '"':
		return catalog.TextType()
	case 't', 'f':
		return catalog.Type{Name: catalog.Boolean}
	case '{', '[':
		return catalog.Type{Name: catalog.Variant}
	}
	whole := !bytes.ContainsAny(raw, ".eE") && len(bytes.TrimPrefix(raw, []byte("-"))) <= catalog.MaxPrecision
	switch {
	case whole:
		return catalog.IntegerType()
	case kind == catalog.Iceberg:
		return catalog.Type{Name: catalog.Number, Precision: catalog.MaxPrecision, Scale: 2}
	}
	return catalog.Type{Name: catalog.Float}
}

// widen is the type for values of both types seen in one batch. Which type
// the service picks is not documented; this one holds every value of both.
func widen(a, b catalog.Type) catalog.Type {
	numeric := func(t catalog.Type) bool { return t.Name == catalog.Number || t.Name == catalog.Float }
	switch {
	case a.Name == b.Name && a.Scale == b.Scale:
		return a
	case a.Name == catalog.Variant || b.Name == catalog.Variant:
		return catalog.Type{Name: catalog.Variant}
	case a.Name == catalog.Float && numeric(b), a.Name == catalog.Number && b.Name == catalog.Number && a.Scale > b.Scale:
		return a
	case b.Name == catalog.Float && numeric(a), a.Name == catalog.Number && b.Name == catalog.Number:
		return b
	}
	return catalog.TextType()
}

// Apply changes a table's columns as the evolution says. since is the ID of
// the next row: older rows have no value in the new columns.
func (e *Evolution) Apply(t *catalog.Table, since int64) {
	for i := range t.Columns {
		if slices.Contains(e.Relax, t.Columns[i].Name) {
			t.Columns[i].Nullable = true
		}
	}
	for _, column := range e.Add {
		if _, ok := t.Column(column.Name); !ok {
			column.Since = since
			t.Columns = append(t.Columns, column)
		}
	}
}
