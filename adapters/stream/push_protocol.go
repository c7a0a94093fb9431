package stream

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// pushProtocol is AWS JSON 1.1 as the SDK has it, but for the body of a
// SubscribeToShard answer: that goes to the *subscription that the call's
// context carries, and the SDK's own event stream gets an empty one. So its
// decoder, which all subscriptions of a client share and race for (smithy-go
// issue 714, KP27), never runs.
type pushProtocol struct{ smithyhttp.ClientProtocol }

type subscriptionKey struct{}

func withSubscription(ctx context.Context, s *subscription) context.Context {
	return context.WithValue(ctx, subscriptionKey{}, s)
}

const eventStreamType = "application/vnd.amazon.eventstream"

// DeserializeResponse implements smithyhttp.ClientProtocol.
func (p pushProtocol) DeserializeResponse(
	ctx context.Context, schema *smithy.OperationSchema, types *smithy.TypeRegistry, response *smithyhttp.Response, out smithy.Deserializable,
) error {
	s, ok := ctx.Value(subscriptionKey{}).(*subscription)
	if !ok || response.StatusCode != http.StatusOK {
		return p.ClientProtocol.DeserializeResponse(ctx, schema, types, response, out)
	}
	if kind := response.Header.Get("Content-Type"); !strings.HasPrefix(kind, eventStreamType) {
		return fmt.Errorf("answer of type %q is no event stream", kind)
	}
	s.body, s.date = response.Body, serviceDate(response)
	response.Body = http.NoBody
	return nil
}

// HasInitialEventMessage implements smithyhttp.ClientProtocol: the initial
// response is read as any other frame.
func (pushProtocol) HasInitialEventMessage() bool { return false }

// DeserializeEventMessage implements smithyhttp.ClientProtocol.
func (pushProtocol) DeserializeEventMessage(*smithy.Schema, *smithy.TypeRegistry, io.Reader) (smithy.Deserializable, error) {
	return nil, io.EOF
}
