package stream

import (
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
)

const (
	// pushWindow is what the service may send of one subscription ahead of being
	// read, and so what a subscription holds while it is blocked. A shard pushes
	// 2 MiB/s, for which it is enough up to an eighth of a second of round trip.
	// Go's own is 4 MiB, which a thousand blocked shards make 4 GiB.
	pushWindow = 256 << 10
	// pushPing asks a connection of many subscriptions, on which nothing came for
	// so long, whether it lives. An idle subscription has an event every 5 s.
	pushPing      = 15 * time.Second
	pushPingLimit = 10 * time.Second
)

// newPushTransport makes the transport of subscriptions: like that of calls, but
// over HTTP/2 where the service speaks it, and without any limit of time. How
// many subscriptions share a connection is the service's to say: net/http opens
// another one when its SETTINGS_MAX_CONCURRENT_STREAMS are in use. The
// connection's window is left at 1 GiB, so that blocked subscriptions never hold
// up those beside them.
func newPushTransport(client aws.HTTPClient) transport {
	switch c := client.(type) {
	case nil:
		return newPushTransport(awshttp.NewBuildableClient())
	case *awshttp.BuildableClient:
		client = c.WithTimeout(0).WithReadTimeout(0).WithTransportOptions(func(t *http.Transport) {
			t.MaxIdleConns, t.MaxIdleConnsPerHost, t.MaxConnsPerHost = maxIdle, maxIdle, 0
			t.ResponseHeaderTimeout = 0
			h2 := http.HTTP2Config{}
			if t.HTTP2 != nil {
				h2 = *t.HTTP2
			}
			h2.MaxReceiveBufferPerStream, h2.SendPingTimeout, h2.PingTimeout = pushWindow, pushPing, pushPingLimit
			t.HTTP2 = &h2
		})
	case *http.Client:
		if c.Timeout != 0 {
			untimed := *c
			untimed.Timeout = 0
			client = &untimed
		}
	}
	return transport{client}
}
