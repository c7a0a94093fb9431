package stream

import (
	"errors"
	"net/http"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/kinesnow/kinesnow/messages"
)

// unavailable gives an error of enhanced fan-out its meaning. That it cannot be
// had, while the stream can be polled, is the one that fault does not know:
// the right is missing, or the service does not have the operation.
func (c *Client) unavailable(op string, shard messages.ShardID, err error) *messages.Fault {
	f := c.fault(op, shard, err)
	var answer smithy.APIError
	code := ""
	if errors.As(err, &answer) {
		code = answer.ErrorCode()
	}
	switch code {
	case "AccessDeniedException", "AccessDenied", "NotAuthorized", "UnauthorizedOperation", "UnknownOperationException",
		"UnsupportedOperationException", "UnknownOperation", "InvalidAction", "NotImplemented":
		return efoUnavailable(f, c)
	case "ResourceNotFoundException", "ValidationException", "InvalidArgumentException":
		return f
	}
	var response *smithyhttp.ResponseError
	if errors.As(err, &response) {
		switch response.HTTPStatusCode() {
		case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented:
			return efoUnavailable(f, c)
		}
	}
	return f
}

// efoUnavailable makes a fault the stop that on_efo_unavailable is about.
func efoUnavailable(f *messages.Fault, c *Client) *messages.Fault {
	f.Class, f.Stop = messages.Rejected, messages.EFOUnavailable
	if f.Reason != messages.ReasonThrottled {
		f.Reason = messages.ReasonDenied
	}
	f.Hint = "grant kinesis:DescribeStreamConsumer, kinesis:RegisterStreamConsumer and kinesis:SubscribeToShard for consumer " +
		c.config.Consumer + " of " + c.label() + " (a stream has at most 20 consumers); or use consumer_type: SHARED_THROUGHPUT, or on_efo_unavailable: poll"
	return f
}
