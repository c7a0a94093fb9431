package messages

import "time"

// ChannelStatus is what Snowflake says of one channel, in the answer of an
// open and of a status call alike.
type ChannelStatus struct {
	Channel      string
	Code         string // SUCCESS, or an ERR_* code
	Healthy      bool   // Code is one of those that mean a working channel
	Token        string // last committed offset token; "" = none
	CreatedMS    int64  // created_on_ms; changes when the channel was dropped and made anew
	RowsInserted int64  // cumulative, like the next two
	RowsParsed   int64
	RowsErrors   int64
	Overflow     bool   // unhealthy because its rows need more columns than evolution adds at once (P13)
	LastError    string // redacted by the service
	ErrorUpTo    string // offset token at or before which the last error lies
	ErrorAt      time.Time
}

// Opening is what one successful open of a channel answered. It fences every
// opening before it.
type Opening struct {
	ChannelStatus
	Continuation string // what the first append must name; opaque
}

// SealedBatch is one append: it never changes once it is made (P10).
type SealedBatch struct {
	Body      [][]byte // the request body in pieces, compressed where that is configured
	Length    int64    // bytes of Body
	Encoding  string   // zstd, gzip, or ""
	Raw       int64    // bytes before compression
	RequestID string   // UUID, the same on every attempt
	Start     string   // offset token of the first user record
	End       string   // offset token of the last position covered
}

// MaxAppendBytes is Snowflake's hard limit for one append on the wire, after
// compression (Snowpipe Streaming limitations page).
const MaxAppendBytes = 4 << 20

// MaxRawBytes is our own limit for one append before compression.
const MaxRawBytes = 16 << 20
