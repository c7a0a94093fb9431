package messages

import "strings"

// StopCode names why a shard or a connector was parked (P7). Every one has a
// way out.
type StopCode string

// The stop codes of the protocol.
const (
	TokenForeign     StopCode = "TOKEN_FOREIGN"
	TokenRegressed   StopCode = "TOKEN_REGRESSED"
	TokenLost        StopCode = "TOKEN_LOST"
	AdoptedUndrained StopCode = "ADOPTED_UNDRAINED"
	OtherWriter      StopCode = "OTHER_WRITER"
	GapFound         StopCode = "GAP"
	RowsRejected     StopCode = "ROWS_REJECTED"
	StreamRecreated  StopCode = "STREAM_RECREATED"
	EFOUnavailable   StopCode = "EFO_UNAVAILABLE"
	AccessDenied     StopCode = "ACCESS_DENIED"
	TargetMissing    StopCode = "TARGET_MISSING"
	ChannelLimit     StopCode = "CHANNEL_LIMIT"
)

// StopCodes are all of them, in the order of the protocol.
func StopCodes() []StopCode {
	return []StopCode{
		TokenForeign, TokenRegressed, TokenLost, AdoptedUndrained, OtherWriter, GapFound,
		RowsRejected, StreamRecreated, EFOUnavailable, AccessDenied, TargetMissing, ChannelLimit,
	}
}

// Hint is the way out of a stop, in one line.
func (c StopCode) Hint() string { return hints[c] }

var hints = map[StopCode]string{
	TokenForeign:     "another program wrote this channel's offset token: find it, then kinesnow resolve --from checkpoint|table|POSITION",
	TokenRegressed:   "was the table restored, or the token moved by hand? kinesnow resolve --from token|checkpoint",
	TokenLost:        "the channel was dropped while rows were in flight: kinesnow resolve --from table, or compare the table's highest position with the checkpoint and use --from checkpoint|POSITION",
	AdoptedUndrained: "the lease row was written by another product: stop it, let its rows land, then kinesnow resolve --from checkpoint|table (or, for all shards before a start, kinesnow migrate --drained)",
	OtherWriter:      "another process opens the same channel: stop it, then kinesnow resolve --from token",
	GapFound:         "records expired before they were read and on_gap is stop: kinesnow resolve --from token accepts the gap",
	RowsRejected:     "Snowflake rejected rows and on_rejected_rows is stop: look at the error table, then kinesnow resolve --from token",
	StreamRecreated:  "the stream was deleted and created again: use a new application name with a data_dir of its own, or on_stream_recreated: reset",
	EFOUnavailable:   "enhanced fan-out cannot be used: use consumer_type: SHARED_THROUGHPUT",
	AccessDenied:     "check the credentials and the grants of this user",
	TargetMissing:    "check the names (exact case) and that this role may use them",
	ChannelLimit:     "a pipe holds at most 2,000 channels, of which a connector uses 1,800; those of ended shards are dropped after an hour: merge shards, or give connectors that share a pipe one each (snowflake.pipe)",
}

// Page is where a stop is explained: what it means and what is safe.
func (c StopCode) Page() string { return "docs/stops.md#" + strings.ToLower(string(c)) }

// ExitCode is the process's exit code when a connector ends parked with c
// (contract.md "Verbs"): 77 where access was refused, 69 where something is
// missing or unreachable, else 2.
func (c StopCode) ExitCode() int {
	switch c {
	case AccessDenied:
		return 77
	case TargetMissing, EFOUnavailable, ChannelLimit:
		return 69
	}
	return 2
}
