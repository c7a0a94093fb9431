// Package rows turns the payload of one user record into NDJSON rows that carry
// KINESISMETADATA. It is pure and, but for refusals, free of allocation.
//
// A payload is one JSON object, several of them one after another, or an array
// of objects: one row each, all with the record's metadata (P4). It is read
// once, strictly (RFC 8259: valid UTF-8, no lone surrogates, at most MaxDepth
// levels), and never decoded: the metadata is written over its closing brace, so
// numbers and the order of keys reach Snowflake as the producer wrote them. No row
// has a key twice, at no depth: what Snowflake makes of one is not documented, so
// the last one alone is sent.
//
//	scan.go      is it an object, where does it end, does it need a rewrite
//	names.go     the names of members: which ones does an object have twice
//	text.go      strings: eight bytes a step, escapes, UTF-8
//	number.go    numbers
//	renderer.go  one object: the metadata behind it, in place
//	many.go      several objects
//	repeated.go  an object without the members that later ones replace
//	rewrite.go   the rare rest: raw line breaks, a KINESISMETADATA of the payload's own
//	metadata.go  the seven fields
//	watch*.go    which keys a table has no column for, where somebody wants to know
package rows
