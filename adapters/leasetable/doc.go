// Package leasetable keeps leases, positions and heartbeats in one DynamoDB
// table per application. It knows no actor and decides nothing: every method
// is one guarded write or one consistent read (protocol.md P5, P12, P18, P20).
//
// The table is named after the application and is a superset of the one that
// the sibling products (Openflow's connector, NiFi's ConsumeKinesis) use, so
// an existing table can be adopted and rolled back to
// (specs/kinesis-consumption.md 1.1, 7.1):
//
//	HASH streamName (S), RANGE shardId (S), PAY_PER_REQUEST
//
//	shardId            row
//	<a shard's id>     ShardRow: lease, tokens, lineage, counters
//	__node__#node-<k>  NodeRow: who holds the node slot, and its heartbeat
//	__stream__         StreamRow: what was decided once for the whole stream
//	__migration__      a sibling's migration marker; passed over
//
// What a Kinesis Client Library (KCL) left under the application's name has one
// key, leaseKey, and has to be migrated first (migration.go, and
// specs/kinesis-consumption.md 8):
//
//	legacy.go, legacy_row.go   a KCL's items, and the rows that they become
//	survey.go                  where a migration stands, and what is next: from the
//	                           two tables alone, so that anybody can go on
//	marker.go                  phase, lock and epoch, in one item of the copy
//	migration_copy.go          quiet? copy, compare, export             -> COPIED
//	migration_swap.go          replace the table, restore, compare      -> DONE
//	migration_adopt.go         a sibling's table needs none of that; and no consumer
//	                           starts in the middle (Prepare)
//
// Three rules hold for every write:
//
//   - It is conditional, and no condition compares times. Leases are guarded by
//     owner and epoch, positions by the number of the write as well.
//   - It carries a fresh leaseNonce and asks for the old item when it is
//     refused. A refusal whose item has our nonce means that an earlier attempt
//     of the same call landed and only its answer was lost: that is success.
//   - It uses UpdateItem alone; with DescribeTable, CreateTable, GetItem and
//     Query that is all that running asks of an IAM policy. A migration uses
//     PutItem, Scan and DeleteTable as well, and the table <application>_migration.
//
// Writes are spread: fewer than 500 in any second, however many shards a node
// begins with (pace.go).
//
// While DynamoDB throttles, renewals go before position writes, and those before
// whatever else there is to read or write (turns.go).
//
// # What the siblings read
//
// sequenceNumber, partialSequenceNumber and partialSubSequenceNumber follow
// from our tokens in the same write that moves them (P24). While a position
// lies inside an aggregated record, sequenceNumber stays at the last whole
// record that was known: a rolled-back sibling then repeats a little and loses
// nothing. A ShardRow leaves such an older number out, so that its fields
// equal ShardRow.Derived wherever nobody else wrote.
//
// # Errors
//
// Every error is a *messages.Fault: Fenced with ReasonLeaseLost where the row
// definitely names another owner or epoch; Rejected where rights, the table or
// its shape are wrong; Transient for the rest, where the outcome is unknown
// unless Complete is set.
package leasetable
