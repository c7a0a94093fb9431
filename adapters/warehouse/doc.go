// Package warehouse is what the connector does in SQL: it describes a target
// table, creates it, and asks for counts. Rows never come this way.
//
// SQL is optional. A deployment whose role may only INSERT uses none of this,
// so nothing connects before the first call. Describing and creating need no
// warehouse; queries do.
//
// The driver is github.com/snowflakedb/gosnowflake/v2. What it does besides
// its work is kept still: it logs nothing (see quiet), sends no telemetry, and
// does not probe the addresses of cloud metadata services. Its part in C is
// left out of builds without cgo, and by the build tag minicore_disabled.
//
// Errors of methods are *messages.Fault.
package warehouse
