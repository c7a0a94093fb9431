// Package latency is kinesnow status --latency: how long rows took from their
// arrival in Kinesis to their commit in Snowflake, by the table's own commit times
// (ROW_TIMESTAMP), and beside it what a running process saw.
//
//	measure.go   by SQL
//	process.go   from the histogram of a running process
//	text.go      the words
package latency
