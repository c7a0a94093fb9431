package kinesis

import (
	"context"
	"strings"

	"github.com/kinesnow/kinesnow/integration/judges/judge"
	"github.com/kinesnow/kinesnow/integration/judges/kinesis/tap"
)

// hearJavaScriptSDK looks at the SDK's connections from outside. As it comes
// it opens one for each request to Kinesis (disableConcurrentStreams), and for
// a subscription always; many streams on one are the SDK for Java's.
func hearJavaScriptSDK(ctx context.Context, h *judge.Hearing) error {
	addresses, err := serve(h)
	if err != nil {
		return err
	}
	var between *tap.Tap
	for i, address := range addresses {
		if url, ok := strings.CutPrefix(address, "KINESIS_URL=http://"); ok {
			if between, err = tap.Start(url); err != nil {
				return err
			}
			h.AtEnd(func() { _ = between.Close() })
			addresses[i] = "KINESIS_URL=" + between.URL()
		}
	}
	c, err := h.Node(ctx, npm, nodeFinding+javaScriptSDK)
	if err != nil {
		return err
	}
	c.Env = append(c.Env, addresses...)
	if err := h.Run(c); err != nil {
		return err
	}
	http2, streams, seen := 0, 0, between.Seen()
	for _, connection := range seen {
		if connection.HTTP2 {
			http2++
		}
		streams += connection.Streams
	}
	h.Hold("cleartext HTTP/2", http2 > 0 && http2 == len(seen), "%d of %d connections began with HTTP/2's preface, and carried %d requests", http2, len(seen), streams)
	return nil
}
