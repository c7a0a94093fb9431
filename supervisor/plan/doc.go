// Package plan is kinesnow plan: what run would make and change, before it does.
// It asks DynamoDB, Kinesis and Snowflake with calls that only read, takes the
// decisions that Lease would take (actors/foresee.go), and writes nothing.
//
//	planner.go    the order in which things are asked
//	leases.go     lease table, stream row, shard rows, node row, consumer
//	snowflake.go  pipe, channels, table
//	columns.go    the statements of client-side schema evolution, from sampled records
//	preview.go    what package evolution makes of them
//	report.go     changes, and what an exit code makes of them
//	text.go       the words
package plan
