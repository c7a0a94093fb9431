package snowpipe

import (
	"context"
	"errors"
	"net/http"

	"github.com/google/uuid"

	"github.com/kinesnow/kinesnow/messages"
)

// Drop deletes a channel with its offset token. With failOnUncommitted it is
// refused (ReasonUncommitted) while rows are on their way. A channel that does
// not exist is dropped already.
//
// Errors are *messages.Fault. Never drop a channel whose position is still
// needed: its token cannot be read again.
func (c *Client) Drop(ctx context.Context, channel string, failOnUncommitted bool) error {
	if err := checkChannel(channel); err != nil {
		return misuse(opDrop, err)
	}
	_, err := c.send(ctx, &request{
		op: opDrop, channel: channel, method: http.MethodDelete,
		path:   c.controlPath(channelSegment(channel) + "?requestId=" + uuid.NewString()),
		header: jsonHeader(), body: uncommittedPayload(failOnUncommitted),
	})
	var f *messages.Fault
	if errors.As(err, &f) && f.Reason == messages.ReasonGone {
		err = nil
	}
	if err == nil {
		c.sessions.set(channel, "")
	}
	return err
}
