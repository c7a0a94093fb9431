package localsnowflake

import (
	"net/http"
	"time"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
)

// record is the part of a channel that outlives the process. It is stored in
// the transaction that commits the rows it speaks of.
type record struct {
	Database, Schema, Pipe, Name string
	PipeID                       int64
	CreatedOnMs                  int64   // changes when the channel was dropped and made again
	Client                       int64   // client sequencer of the last opening
	Code                         string  // SUCCESS, or why it must be opened again
	Message                      string  `json:",omitempty"`
	Committed                    *string `json:",omitempty"` // last committed offset token
	Role                         string  // that opened it; evolution needs its rights
	UsedAtMs                     int64   // last opening or commit

	RowsInserted int64 // counters run on across openings
	RowsParsed   int64
	RowsErrors   int64

	LastErrorOffset *string `json:",omitempty"`
	LastErrorText   string  `json:",omitempty"`
	LastErrorMs     int64   `json:",omitempty"`

	Batches      int64         // committed, for the mean of
	LatencyTotal time.Duration // acceptance to commit
}

// channel is one named channel. channels.mu guards it.
type channel struct {
	record
	pipe    *catalog.Pipe
	next    int64    // row sequencer that the next append must carry
	pending []*batch // accepted, uncommitted, in order
	waiting int      // bytes of pending
	gone    bool     // dropped, expired, or its pipe is: nothing may change any more
	session string   // x-snowflake-session
	rate    bucket   // of appends
	volume  bucket   // of their unpacked bytes

	accepted    int64  // appends accepted since the process began
	acceptedEnd string // end offset token of the last one in this opening
	repeated    int64  // appends recognised as repeats and ignored
	discarded   int64  // appends accepted, then dropped by an opening or an invalidation
	unechoed    int64  // appends that did not carry the session
}

// batch is one accepted append.
type batch struct {
	body     []byte // unpacked NDJSON
	start    string // offset tokens; "" where none was sent
	end      *string
	accepted time.Time
	due      time.Time // when it may commit
}

// open makes a new opening: older continuation tokens are stale from now on,
// and what was not committed is gone.
func (c *channel) open(role string, at time.Time) {
	c.Client++
	c.begin(role, at)
}

func (c *channel) begin(role string, at time.Time) {
	c.next, c.acceptedEnd = 1, ""
	c.discard()
	c.Code, c.Message = CodeSuccess, ""
	c.Role, c.UsedAtMs = role, at.UnixMilli()
}

func (c *channel) discard() {
	c.discarded += int64(len(c.pending))
	c.pending, c.waiting = nil, 0
}

// invalidate makes the channel useless until it is opened again.
func (c *channel) invalidate(code, message string) {
	c.Code, c.Message = code, message
	c.discard()
}

func (c *channel) continuation() continuation {
	return continuation{client: c.Client, row: c.next}
}

// check holds a continuation token against the channel (spec 1.12). fresh
// means that the append is the next one; a token that was used already in this
// opening is not fresh and no error: its append is a repeat, to be ignored.
func (c *channel) check(token string, gap RowSequenceGap) (fresh bool, err error) {
	if token == "" {
		return false, refuse(http.StatusBadRequest, CodeStale, "continuationToken is missing")
	}
	t, ok := parseContinuation(token)
	switch {
	case ok && t.client < c.Client:
		return false, refuse(http.StatusBadRequest, CodeStale, "the channel was opened again after this continuation token was issued")
	case c.Code != CodeSuccess:
		return false, refuse(statusOf(c.Code), c.Code, c.Message)
	case ok && t.client == c.Client && t.row == c.next:
		return true, nil
	case ok && t.client == c.Client && t.row < c.next:
		return false, nil
	case ok && t.client == c.Client && gap == GapInvalidates:
		c.invalidate(CodeRowGap, "an append is missing before this one")
		return false, nil
	}
	return false, refuse(http.StatusBadRequest, CodeInvalidRow, "continuation token was never issued for this opening")
}

// accept queues a batch and returns the token for the next one.
func (c *channel) accept(b *batch) continuation {
	c.pending = append(c.pending, b)
	c.waiting += len(b.body)
	c.next++
	c.accepted++
	if b.end != nil {
		c.acceptedEnd = *b.end
	}
	return c.continuation()
}
