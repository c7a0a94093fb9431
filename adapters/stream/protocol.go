package stream

import (
	"context"
	"net/http"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// protocol is AWS JSON 1.1 as the SDK has it, but for the body of a GetRecords
// answer: that goes into the *answer that the call's context carries.
type protocol struct{ smithyhttp.ClientProtocol }

type answerKey struct{}

func withAnswer(ctx context.Context, a *answer) context.Context {
	return context.WithValue(ctx, answerKey{}, a)
}

// DeserializeResponse implements smithyhttp.ClientProtocol.
func (p protocol) DeserializeResponse(
	ctx context.Context, schema *smithy.OperationSchema, types *smithy.TypeRegistry, response *smithyhttp.Response, out smithy.Deserializable,
) error {
	a, ok := ctx.Value(answerKey{}).(*answer)
	if !ok || response.StatusCode != http.StatusOK {
		return p.ClientProtocol.DeserializeResponse(ctx, schema, types, response, out)
	}
	a.at = serviceDate(response)
	if err := a.hold(ctx); err != nil {
		return err
	}
	return a.read(response.Body, response.ContentLength)
}
