package warehouse

import (
	"context"
	"strings"
)

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
		r := columns.in(row)
		if kind := r.cell("kind"); kind == "" || strings.EqualFold(kind, "COLUMN") {
			t.Columns = append(t.Columns, columnOf(r))
		}
	}
	shown, err := w.show(ctx, "TABLES", table)
	if err != nil {
		return nil, w.about("describe", err)
	}
	if shown == nil {
		return t, w.describeOther(ctx, t)
	}
	t.Kind = kindOf(*shown)
	t.SchemaEvolution = yes(shown.cell("enable_schema_evolution"))
	t.ErrorLogging = yes(shown.cell("error_logging"))
	t.RowTimestamp = yes(shown.cell("row_timestamp"))
	t.Owner = shown.cell("owner")
	if t.Kind == Iceberg {
		err = w.describeLake(ctx, t)
	}
	return t, err
}

// describeOther finds out what it is that SHOW TABLES does not list.
func (w *Warehouse) describeOther(ctx context.Context, t *Table) error {
	shown, err := w.show(ctx, "VIEWS", t.Name)
	if err != nil {
		return w.about("describe", err)
	}
	if shown != nil {
		t.Kind, t.Owner = View, shown.cell("owner")
	}
	return nil
}

func columnOf(r record) Column {
	c := Column{Name: r.cell("name"), Type: r.cell("type"), Nullable: yes(r.cell("null?")), Default: r.cell("default")}
	if strings.HasPrefix(strings.ToUpper(c.Default), "IDENTITY") || r.cell("autoincrement") != "" {
		c.Identity, c.Default = true, ""
	}
	return c
}

// kindOf reads the columns of SHOW TABLES that tell kinds apart. What is more
// than one of them is what no rows can be streamed into.
func kindOf(r record) Kind {
	for _, is := range []struct {
		column string
		kind   Kind
	}{{"is_external", External}, {"is_dynamic", Dynamic}, {"is_hybrid", Hybrid}, {"is_iceberg", Iceberg}, {"is_interactive", Interactive}} {
		if yes(r.cell(is.column)) {
			return is.kind
		}
	}
	return Kind(strings.ToUpper(r.cell("kind")))
}

// yes reads Snowflake's ways to say so.
func yes(text string) bool {
	switch strings.ToUpper(text) {
	case "Y", "YES", "ON", "TRUE":
		return true
	}
	return false
}
