// Package replay sends again: a stretch of a stream into another table, and dead
// letters into the table that they were meant for. It reuses the connector: a
// replay is a connector with a lease table of its own (adapters/leasefile) and a
// stream with an end (supervisor.NewBounded), so that rows go through the same
// channels, tokens, probes and counters as the live ones, under an application
// of their own, <application>-replay-<id>, which nobody else opens (P3, P5).
//
// Exactly once rests on the channel's committed token, as ever (P7). What a
// replay is of - the range and its shards, or the letters and their rows - is
// fixed on the disk before the first append, so that one that was killed goes on
// with the same. Channels are dropped only after the leases say that everything
// has ended.
//
//	stream.go     a stretch of a stream; begin: what it is of, fixed once
//	bound.go      times and positions; where it begins, where it ends
//	section.go    the stream with an end
//	account.go    what is known of it beside the leases
//	conclude.go   the account: counters, Snowflake's, the table's; the channels dropped
//	letters.go    which dead letters there are, and what became of them
//	sift.go       which of them can become rows now; their plan
//	resend.go     letters are planned and sent; carry_out.go: one plan is carried out
//	job.go        a bounded connector, from its start to its end
//	report.go, letters_report.go   what -o json prints; text.go, letters_text.go for people
package replay
