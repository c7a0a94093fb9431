package warehouse

import (
	"context"
	"strings"
)

// Kind of a table.
type Kind string

// The kinds that rows can be streamed into.
const (
	Standard    Kind = "TABLE"
	Transient   Kind = "TRANSIENT"
	Iceberg     Kind = "ICEBERG"
	Interactive Kind = "INTERACTIVE"
)

// Column of a table, as DESC TABLE shows it.
type Column struct {
	Name     string // exact
	Type     string // such as NUMBER(38,0)
	Nullable bool
	Default  string // expression; "" = none
}

// Table is a target.
type Table struct {
	Name            string // exact
	Kind            Kind   // another text for what is none of the kinds, such as VIEW; "" where SHOW TABLES does not list it
	Columns         []Column
	SchemaEvolution bool // ENABLE_SCHEMA_EVOLUTION
	ErrorLogging    bool // ERROR_LOGGING
}

// Column returns the column of that exact name, or nil.
func (t *Table) Column(name string) *Column {
	for i := range t.Columns {
		if t.Columns[i].Name == name {
			return &t.Columns[i]
		}
	}
	return nil
}

// Describe returns a table by its exact name. It needs no warehouse.
//
// Errors are *messages.Fault: Rejected with TargetMissing when table, schema
// or database is not there or may not be seen (Snowflake does not tell them
// apart), or with AccessDenied; else Transient.
func (w *Warehouse) Describe(ctx context.Context, table string) (*Table, error) {
	path, err := w.path(table)
	if err != nil {
		return nil, w.misuse("describe", err)
	}
	columns, err := w.list(ctx, "DESC TABLE "+path)
	if err != nil {
		return nil, w.about("describe", err)
	}
	t := &Table{Name: table}
	for _, row := range columns.rows {
		if kind := columns.cell(row, "kind"); kind != "" && !strings.EqualFold(kind, "COLUMN") {
			continue
		}
		t.Columns = append(t.Columns, Column{
			Name: columns.cell(row, "name"), Type: columns.cell(row, "type"),
			Nullable: yes(columns.cell(row, "null?")), Default: columns.cell(row, "default"),
		})
	}
	shown, err := w.list(ctx, "SHOW TABLES LIKE '"+pattern(table)+"' IN SCHEMA "+w.scope)
	if err != nil {
		return nil, w.about("describe", err)
	}
	for _, row := range shown.rows {
		if shown.cell(row, "name") == table {
			t.Kind = Kind(strings.ToUpper(shown.cell(row, "kind")))
			switch {
			case yes(shown.cell(row, "is_iceberg")):
				t.Kind = Iceberg
			case yes(shown.cell(row, "is_interactive")):
				t.Kind = Interactive
			}
			t.SchemaEvolution = yes(shown.cell(row, "enable_schema_evolution"))
			t.ErrorLogging = yes(shown.cell(row, "error_logging"))
		}
	}
	return t, nil
}

// yes reads Snowflake's ways to say so.
func yes(text string) bool {
	switch strings.ToUpper(text) {
	case "Y", "YES", "ON", "TRUE":
		return true
	}
	return false
}
