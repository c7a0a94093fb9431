// Package localdynamo is a DynamoDB server for this machine: one process, one
// loopback port, the real protocol. Unmodified AWS SDKs, the AWS CLI and boto3
// talk to it over HTTP/1.1 or cleartext HTTP/2.
//
// It serves tables and their indexes, items, batches, transactions, the
// expressions and the legacy parameters that came before them, tags, time to
// live and the switch of point-in-time recovery, and answers as DynamoDB does,
// error texts included. Everything else is refused: an operation or parameter
// of DynamoDB that is not served with ValidationException, an operation that
// DynamoDB does not have with UnknownOperationException. Signatures have to be
// there and are not verified.
//
// A request's way through the files:
//
//	wire.go        target, signature header, body            -> request
//	policy.go      may the caller do this to this table?
//	put_item.go .. one file per action: checks, reads, writes
//	expression_*   lexer, parser, checks, evaluation
//	legacy_*, expected.go, attribute_updates.go    the older parameters, as expressions
//	store.go       tables behind one lock, every change through commit
//	journal.go     the change on disk, before it is in memory or answered
//	table.go       a table and its states
//	content.go     its rows and indexes, and the replica that trails them
//	rows.go        partitions and rows in key order
//	wire.go        answer, checksum, error shape
//
// Every action runs behind the fault.Injector of Server.Faults. A fault.Call
// names the action and as key the table, followed by the item's key values
// where the call names one item: "quakes/my-stream/shardId-000000000000".
// TransactWriteItems joins the keys of its items with commas.
//
// Reads see every write at once, and tables, indexes and transactions are
// ready at once, which DynamoDB is free to do. Options make it do the rest of
// what it is free to do: tables and indexes that take their time, reads that
// trail the writes, names that lead to the table of before, transactions that
// meet, batches that are served in part.
package localdynamo
