package stream

import (
	"context"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	smithyendpoints "github.com/aws/smithy-go/endpoints"
)

// endpoints remembers where calls go. The SDK finds that out for every call
// anew, by rules that copy kilobytes on a stack that has to grow for them.
type endpoints struct {
	kinesis.EndpointResolverV2
	mu    sync.Mutex
	known map[place]smithyendpoints.Endpoint
}

// keepEndpoints is far above what one stream's calls ask for: a few operations,
// and one account.
const keepEndpoints = 64

// place is kinesis.EndpointParameters by value.
type place struct {
	region, endpoint, operation                   string
	stream, streamID, consumer, resource, channel string
	account, accountMode                          string
	dualStack, fips                               bool
}

func placeOf(p *kinesis.EndpointParameters) place {
	return place{
		region: aws.ToString(p.Region), endpoint: aws.ToString(p.Endpoint), operation: aws.ToString(p.OperationType),
		stream: aws.ToString(p.StreamARN), streamID: aws.ToString(p.StreamId), consumer: aws.ToString(p.ConsumerARN),
		resource: aws.ToString(p.ResourceARN), channel: aws.ToString(p.ChannelARN), account: aws.ToString(p.AccountId), accountMode: aws.ToString(p.AccountIdEndpointMode),
		dualStack: aws.ToBool(p.UseDualStack), fips: aws.ToBool(p.UseFIPS),
	}
}

// ResolveEndpoint implements kinesis.EndpointResolverV2. Callers only read what
// they get.
func (e *endpoints) ResolveEndpoint(ctx context.Context, params kinesis.EndpointParameters) (smithyendpoints.Endpoint, error) {
	where := placeOf(&params)
	e.mu.Lock()
	defer e.mu.Unlock()
	if known, ok := e.known[where]; ok {
		return known, nil
	}
	found, err := e.EndpointResolverV2.ResolveEndpoint(ctx, params)
	if err != nil {
		return found, err
	}
	if e.known == nil || len(e.known) >= keepEndpoints {
		e.known = map[place]smithyendpoints.Endpoint{}
	}
	e.known[where] = found
	return found, nil
}
