// Package sql runs the statements that a Snowflake user and the connector send
// to localsnowflake: it reads them, checks names, types and privileges against
// a catalog, and runs them over a row store.
//
//	text ── lexer ── parser ── statement ── Engine.Execute ── Result
//	                              │
//	          SELECT: scope.compile turns each expression into a function with
//	          a known type, once; relations then push rows through them
//
// A relation (relation.go) is anything that yields rows: a table, a join, a
// query. A query without GROUP BY, ORDER BY and window functions streams;
// those three keep what they need in memory.
//
// Values keep what was stored: a NUMBER is an exact decimal, a VARIANT is the
// JSON text that arrived, so 1.60, 1e400 and forty digits come back unchanged.
// Types, rounding and result columns follow Snowflake's rules; where a rule is
// not published the file says what was chosen. What is not served is refused
// with Snowflake's error number, never guessed.
//
// # Limits
//
// One statement has at most 1 MiB, 200 levels of nesting, 64 nested queries
// and 10,000 operators. Every statement commits by itself; BEGIN and COMMIT
// are accepted and do nothing.
package sql
