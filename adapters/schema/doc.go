// Package schema is the pure part of schema evolution: from the keys that rows
// have and a table's columns to the statements that make a column for each. It
// asks nobody and changes nothing.
//
//	table := schema.Table{Path: `"DB"."S"."ORDERS"`, Kind: schema.Iceberg, Columns: columns}
//	for _, a := range schema.Diff(table, seen) {
//		fmt.Println(a.Statement) // ALTER ICEBERG TABLE "DB"."S"."ORDERS" ADD COLUMN IF NOT EXISTS "AMOUNT" NUMBER(38, 0)
//	}
//
// seen is a *messages.Unmatched: adapters/rows collects it while it renders
// (rows.Renderer.Evolving), or rows.Survey from sample payloads.
//
//	types.go  which type holds all the values that a key had
//	diff.go   the statements, in their order
//
// Which keys can be columns, and under which name: messages.ColumnName.
//
// # Types
//
//	values of a key                              standard, Iceberg v3     Iceberg v2
//	only null                                    no column yet            no column yet
//	integers of at most 38 digits                NUMBER(38, 0)            NUMBER(38, 0)
//	fractions, also with integers a double holds FLOAT                    DOUBLE
//	fractions with integers that no double holds VARIANT                  VARCHAR
//	true, false                                  BOOLEAN                  BOOLEAN
//	text                                         VARCHAR                  VARCHAR
//	objects, arrays                              VARIANT                  VARCHAR
//	several of these                             VARIANT                  VARCHAR
//
// (DOUBLE on either version of Iceberg.) Text is never taken for a date. A
// number that neither NUMBER(38, 0) nor a double holds as it is written is sent
// as text, and so is an object or array where no VARIANT can be: their exact
// JSON, which PARSE_JSON reads. Nothing is rounded and nothing is dropped.
//
// # Widening
//
// A column that is there keeps its type, but for two that Snowflake can widen in
// place: a NUMBER(p,0) that is too narrow for an integer that was seen, and a
// VARCHAR(n) for a text. Nothing is ever narrowed.
package schema
