// Package reckoning is the account of rows from a stream into a table, as audit
// and replay give it: what was read, what became of it, and whether two who
// counted the same agree.
package reckoning
