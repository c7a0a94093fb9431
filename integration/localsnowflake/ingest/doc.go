// Package ingest decides what the default pipe of a table makes of one JSON
// row: which key goes to which column, whether the value fits, which columns
// schema evolution would add.
//
// Writing and reading use the same functions, because rows are stored as they
// arrived (package rowstore) and projected when they are read:
//
//	columns := ingest.NewColumns(table)        // once per table version
//	raws, err := columns.Project(row.JSON, raws[:0])
//	// raws[i] is the JSON text of table.Columns[i], nil when the key is missing
//	if row.ID < table.Columns[i].Since || raws[i] == nil { default, identity or NULL }
//	value, err := ingest.Coerce(table.Columns[i].Type, raws[i])
//
// Match is the one-row form of the first two lines. A row that was committed
// never fails Project. Coerce may fail on a committed row only when the
// column's type was changed afterwards.
//
// Check runs a whole append body through this: it splits the lines, collects
// good rows, row errors (codes as in Snowflake, e.g. 100071) and what the
// table would have to evolve to.
package ingest
