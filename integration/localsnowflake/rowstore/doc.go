// Package rowstore keeps the rows of localsnowflake's tables.
//
// A row is kept as the JSON object it arrived as, byte for byte, under an ID
// that counts up per table in the order of commits. Columns are no business
// of a store: whoever reads a row projects it onto the table's columns, and a
// column holds a row's value only if the row's ID is at least the column's
// Since. Schema evolution therefore never touches stored rows.
//
// There are three stores: Memory, SQLite in a directory, which both pass the
// same conformance suite, and Counting, which keeps numbers in place of rows
// so that a throughput run is not one about memory. A Transaction puts rows, error rows and state (channels,
// catalogue) in together or not at all, so that after a crash a channel's
// committed offset token always agrees with its table.
package rowstore
