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
	Reason       Reason // what Code means where it is not Healthy; "" where it is
	LastError    string // redacted by the service
	ErrorUpTo    string // offset token at or before which the last error lies
	ErrorAt      time.Time
}

// Rejection is the newest that is known of rows which Snowflake could not put into
// the table.
type Rejection struct {
	Rows    int64     `json:"rows"`                            // that came to light together
	Message string    `json:"message,omitempty"`               // of the last one, redacted by the service
	UpTo    string    `json:"offsetTokenUpperBound,omitempty"` // at or before which the last one lies
	At      time.Time `json:"at,omitzero"`                     // of the last one, by the service's clock
	Query   string    `json:"query,omitempty"`                 // shows them, where the table has ERROR_LOGGING
}

// RejectionsSeen is up to where a human has seen a channel's rejected rows. Another
// created_on_ms is another channel of the same name, whose count begins anew.
type RejectionsSeen struct {
	CreatedMS int64
	Rows      int64 // of its rows_error_count
}

// Rejection is what a status says of rejected rows, of which rows are told of.
func (s *ChannelStatus) Rejection(rows int64, query string) *Rejection {
	return &Rejection{Rows: rows, Message: s.LastError, UpTo: s.ErrorUpTo, At: s.ErrorAt, Query: query}
}

// Opening is what one successful open of a channel answered. It fences every
// opening before it.
type Opening struct {
	ChannelStatus
	Continuation string // what the first append must name; opaque
}

// ChannelFinal is the last that is told of the channel of a shard that has
// ended: Snowflake's own counters, which go with it. It is in the lease row
// before the channel is dropped (P23).
type ChannelFinal struct {
	CreatedMS    int64 // created_on_ms of the channel that was counted
	RowsInserted int64 // cumulative since then, like the next one
	RowsErrors   int64
	At           int64 // ms, AWS's clock, when a node that had read SHARD_END noted it
}

// MaxChannels is how many channels of a pipe a connector uses: below the 2,000
// that Snowflake allows (Snowpipe Streaming limitations page), so that nodes
// that open some at the same time do not meet that.
const MaxChannels = 1800

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
