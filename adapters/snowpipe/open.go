package snowpipe

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/google/uuid"

	"github.com/kinesnow/kinesnow/messages"
)

// Open opens a channel, creating it where it does not exist. It fences every
// earlier opening. Rows that earlier openings appended and that are not
// committed are discarded, unless failOnUncommitted is true: then the open is
// refused while there are any. The Opening's token is the last committed one.
//
// Errors are *messages.Fault: Transient with ReasonUncommitted for that
// refusal (ask again), Rejected with TargetMissing, AccessDenied or
// ChannelLimit, Transient for what time heals. An open whose outcome is
// unknown may have fenced the earlier one; ask again.
func (c *Client) Open(ctx context.Context, channel string, failOnUncommitted bool) (*messages.Opening, error) {
	if err := checkChannel(channel); err != nil {
		return nil, misuse(opOpen, err)
	}
	got, err := c.send(ctx, &request{
		op: opOpen, channel: channel, method: http.MethodPut,
		path:   c.controlPath(channelSegment(channel) + "?requestId=" + uuid.NewString()),
		header: jsonHeader(), body: uncommittedPayload(failOnUncommitted),
	})
	if err != nil {
		return nil, err
	}
	var body struct {
		Next   string      `json:"next_continuation_token"`
		Status *wireStatus `json:"channel_status"`
	}
	if err := json.Unmarshal(got.body, &body); err != nil || body.Status == nil {
		if e := parseEnvelope(got.body); e.formed { // a code of the classic API takes the 200 back
			v := judge(opOpen, http.StatusBadRequest, e)
			v.complete = false
			return nil, v.fault(opOpen, answerError(channel, got.status, e, ""))
		}
		return nil, unanswered(opOpen, channel, fmt.Errorf("answer %d holds no channel_status: %w", got.status, orMissing(err)))
	}
	status := body.Status.status(channel)
	if f := StatusFault(status); f != nil {
		f.Op = opOpen.name()
		return nil, f
	}
	if body.Next == "" {
		return nil, unanswered(opOpen, channel, fmt.Errorf("answer %d holds no next_continuation_token", got.status))
	}
	return &messages.Opening{ChannelStatus: *status, Continuation: body.Next}, nil
}

// uncommittedPayload is the body of open and drop.
func uncommittedPayload(fail bool) *payload {
	if fail {
		return textPayload([]byte(`{"fail_on_uncommitted_rows":true}`))
	}
	return textPayload([]byte(`{"fail_on_uncommitted_rows":false}`))
}
