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
// row lost and another doubled are two findings and not none. The ledger's
// digest (P26) is one of batches, their ends and numbers of rows; it says
// nothing about what is in a row, and nor does an audit.
//
//	ledger.go     entries of several journals -> one story for each shard
//	chain.go      a story -> the batches that count, for a rewind cancels
//	index.go      how a long chain is asked without going through it
//	judge.go      chain and evidence -> what should be in the table; findings
//	stretch.go    stretches and their verdicts
//	joint.go      holes whose rows are known together alone
//	piece.go      what the table is asked: up to eight groups of batches each
//	locate.go     which batch it is, where the table differs
//	replayed.go   dead letters that were sent again, whose rows are explained
//	keepsakes.go  rejected rows, and what the error table has of them
//	letters.go    discarded records, and the dead letters that are on file of them
//	table.go      the table's own word
//	destination.go  whether rows can be told apart at all; else their number
//	unasked.go    witnesses that could not be asked; exit codes
//	run.go        who is asked, in which order; total.go sums up
//	moving.go     shards that move while they are looked at
//	report.go     what audit -o json prints; text.go, words.go for people
//	auditor.go    where the evidence comes from
package audit
