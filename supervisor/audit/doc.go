// Package audit says whether every record of a stream is in its table exactly
// once, and on whose word (protocol.md P26). It asks witnesses that do not know
// each other:
//
//	ledgers     what each process wrote down as it happened (shard/<id> streams)
//	leases      the lease rows: position, cumulative counters, rolling digest
//	channels    Snowflake's offset tokens and its own counters of rows
//	table       the rows themselves, counted by position, with SQL rights
//
// A shard's way from its first position to the newest committed one is cut into
// stretches. A stretch is
//
//	witnessed     the ledger has every batch of it, and nobody contradicts
//	bridged       the ledger has a hole there, but the counters on both sides
//	              and Snowflake or the table agree on what passed through it
//	unexplained   anything else
//
// Nothing is derived from DISTINCT: rows are counted by position, so that one
// row lost and another doubled are two findings and not none.
//
//	ledger.go    entries of several journals -> one story for each shard
//	chain.go     a story -> the batches that count, for a rewind cancels
//	judge.go     chain and evidence -> stretches and findings
//	locate.go    which batch rows are missing from
//	table.go     the table's own word
//	report.go    what audit -o json prints; text.go for people
//	auditor.go   where the evidence comes from
package audit
