package warehouse

import (
	"strconv"
	"strings"

	"github.com/kinesnow/kinesnow/messages"
)

// ErrorRows is the statement that shows the rejected rows of a channel, for
// people to paste: those of the batches that ended after one position, up to
// another. Two zero positions mean all of the channel's.
//
// Snowflake keeps rejected rows while the table has ERROR_LOGGING = TRUE, each
// with the channel and the offset tokens of its append (specs/snowpipe-streaming.md
// 3.5).
func ErrorRows(table, channel string, after, to messages.Position) string {
	const (
		details = "ERROR_METADATA:details:"
		end     = "LPAD(SPLIT_PART(" + details + "offset_token_upper_bound::STRING, '.', 2), "
	)
	text := "SELECT * FROM ERROR_TABLE(" + table + ") WHERE " + details + "channel_name = " + literal(channel)
	if !after.IsZero() || !to.IsZero() {
		width := max(len(after.Seq), len(to.Seq))
		text += " AND " + end + strconv.Itoa(width) + ", '0') BETWEEN " + literal(padded(after.Seq, width)) + " AND " + literal(padded(to.Seq, width))
	}
	return text
}

// padded brings a sequence number to a width, so that texts compare as numbers.
func padded(seq messages.SequenceNumber, width int) string {
	return strings.Repeat("0", width-len(seq)) + string(seq)
}
