package snowpipe

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/kinesnow/kinesnow/messages"
)

// Append sends one batch and returns the continuation token of the next. It
// makes one attempt, and others with the same bytes only where the one before
// was refused with 401: two at the most. Accepted rows are not durable yet: see Status.
//
// Errors are *messages.Fault. While Complete is false the outcome is unknown:
// append the same batch under the same token again, and nothing else. The
// batch must not change, nor be recycled, before Append returns.
func (c *Client) Append(ctx context.Context, channel, continuation string, batch *messages.SealedBatch) (next string, err error) {
	if err := checkAppend(channel, continuation, batch); err != nil {
		return "", misuse(opAppend, err)
	}
	if batch.Length > messages.MaxAppendBytes {
		return "", refusedBatch.fault(opAppend, &channelError{channel,
			fmt.Errorf("a batch of %d bytes was not sent: at most %d", batch.Length, int64(messages.MaxAppendBytes))})
	}
	body := newPayload(batch.Body, batch.Length)
	defer body.detach()
	got, err := c.send(ctx, &request{
		op: opAppend, channel: channel, method: http.MethodPost,
		path:   c.dataPath(channelSegment(channel) + "/rows?" + appendQuery(continuation, batch)),
		header: c.appendHeader(channel, batch),
		body:   body,
	})
	if err != nil {
		return "", err
	}
	return accepted(channel, got)
}

// accepted reads the answer to an append: the next token, or a status_code
// that takes the 200 back.
func accepted(channel string, got *answer) (string, error) {
	var answer struct {
		Next   string  `json:"next_continuation_token"`
		Status flexInt `json:"status_code"`
	}
	err := json.Unmarshal(got.body, &answer)
	if err == nil && answer.Status != 0 {
		e := parseEnvelope(got.body)
		v, known := e.verdict()
		if !known {
			v = unknownOutcome
		}
		v.complete = false // 200 and a refusal contradict each other
		return "", v.fault(opAppend, answerError(channel, got.status, e, ""))
	}
	if err != nil || answer.Next == "" {
		return "", unanswered(opAppend, channel, fmt.Errorf("answer %d holds no next_continuation_token: %w", got.status, orMissing(err)))
	}
	return answer.Next, nil
}

func checkAppend(channel, continuation string, batch *messages.SealedBatch) error {
	if err := checkChannel(channel); err != nil {
		return err
	}
	switch {
	case continuation == "":
		return fmt.Errorf("channel %s: an append needs the continuation token of its open or of the append before", channel)
	case batch.Length <= 0 || len(batch.Body) == 0:
		return fmt.Errorf("channel %s: the batch is empty or was recycled", channel)
	}
	return nil
}

// appendQuery is the query of an append. It is the same at every attempt.
func appendQuery(continuation string, batch *messages.SealedBatch) string {
	query := "continuationToken=" + url.QueryEscape(continuation)
	if batch.Start != "" {
		query += "&startOffsetToken=" + url.QueryEscape(batch.Start)
	}
	if batch.End != "" {
		query += "&endOffsetToken=" + url.QueryEscape(batch.End)
	}
	if batch.RequestID != "" {
		query += "&requestId=" + url.QueryEscape(batch.RequestID)
	}
	return query
}

func (c *Client) appendHeader(channel string, batch *messages.SealedBatch) http.Header {
	h := http.Header{"Content-Type": {"application/x-ndjson"}}
	if batch.Encoding != "" {
		h.Set("Content-Encoding", batch.Encoding)
	}
	h.Set("x-snowflake-uncompressed-content-length", strconv.FormatInt(batch.Raw, 10))
	if session := c.sessions.get(channel); session != "" {
		h.Set(sessionHeader, session)
	}
	return h
}
