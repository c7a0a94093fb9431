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
// One text has at most 1 MiB, 200 levels of nesting, 64 nested queries and
// 10,000 operators. What its values take and what is compiled of it has bounds
// of its own (work.go); how long it runs is for its caller to say, by its context.
//
// # Transactions
//
// A statement commits by itself unless BEGIN came before it or AUTOCOMMIT is
// FALSE; then its session alone sees what it changed until COMMIT
// (transaction.go). Isolation is READ COMMITTED. UPDATE, DELETE, MERGE and
// TRUNCATE lock their tables against each other (lock.go); INSERT, streaming and
// reading never wait. A definition commits what is open.
package sql
