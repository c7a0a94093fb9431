package messages

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// MaxTokenBytes bounds an offset token (P2).
const MaxTokenBytes = 200

// Token is what Snowflake keeps beside a channel's committed rows: the last
// position they cover, and where that position is from (P2). Its text is
//
//	1.<seq>.<sub>.<arrival ms>.<shardId>
type Token struct {
	Position
	Arrival int64 // approximate arrival of the position's record, ms since 1970; 0 = unknown
	Shard   ShardID
}

// String writes the token.
func (t Token) String() string {
	return "1." + string(t.Seq) + "." + subText(t.Sub) + "." + strconv.FormatInt(t.Arrival, 10) + "." + string(t.Shard)
}

// ArrivedAt returns the arrival as a time, zero where it is unknown.
func (t Token) ArrivedAt() time.Time {
	if t.Arrival == 0 {
		return time.Time{}
	}
	return time.UnixMilli(t.Arrival).UTC()
}

// ParseToken reads a token of the given shard and nothing else: a token of
// another version, another shard or another writer is an error, for it must
// never become a position (P2, stop TOKEN_FOREIGN).
func ParseToken(text string, shard ShardID) (Token, error) {
	foreign := func(why string) (Token, error) {
		return Token{}, fmt.Errorf("offset token %q is not ours: %s", clip(text), why)
	}
	if len(text) > MaxTokenBytes {
		return foreign("longer than 200 bytes")
	}
	parts := strings.SplitN(text, ".", 5)
	if len(parts) != 5 || parts[0] != "1" {
		return foreign("want 1.<seq>.<sub>.<arrival ms>.<shardId>")
	}
	seq := SequenceNumber(parts[1])
	if !seq.Valid() {
		return foreign("bad sequence number")
	}
	sub, err := parseSub(parts[2])
	if err != nil {
		return foreign("bad sub-sequence number")
	}
	arrival, err := strconv.ParseUint(parts[3], 10, 63)
	if err != nil || strconv.FormatUint(arrival, 10) != parts[3] {
		return foreign("bad arrival time")
	}
	if parts[4] != string(shard) {
		return foreign("of another shard")
	}
	return Token{Position{seq, sub}, int64(arrival), shard}, nil
}

// clip keeps a foreign text short enough for a message.
func clip(text string) string {
	if len(text) > 80 {
		return text[:80] + "..."
	}
	return text
}
