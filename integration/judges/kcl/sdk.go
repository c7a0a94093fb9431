package kcl

import (
	"context"
	"strings"

	"github.com/kinesnow/kinesnow/integration/judges/judge"
	"github.com/kinesnow/kinesnow/integration/judges/kinesis/tap"
	"github.com/kinesnow/kinesnow/integration/localkinesis"
)

// hearSDK asks the SDK for Java, which judges by itself what it is answered.
// How it connects is seen from outside.
func hearSDK(ctx context.Context, h *judge.Hearing) error {
	server, err := localkinesis.Start(localkinesis.Options{})
	if err != nil {
		return err
	}
	h.AtEnd(func() { _ = server.Close() })
	between, err := tap.Start(strings.TrimPrefix(server.URL(), "http://"))
	if err != nil {
		return err
	}
	h.AtEnd(func() { _ = between.Close() })
	c, err := h.Java(ctx, sdk, awsSdk, thrifty())
	if err != nil {
		return err
	}
	c.Env = append(c.Env, "KINESIS="+between.URL())
	if err := h.Run(c); err != nil {
		return err
	}
	http2, streams, atOnce, seen := 0, 0, 0, between.Seen()
	for _, connection := range seen {
		if connection.HTTP2 {
			http2++
		}
		streams += connection.Streams
		atOnce = max(atOnce, connection.AtOnce)
	}
	h.Hold("cleartext HTTP/2", http2 == len(seen) && streams >= operations, "%d of %d connections began with HTTP/2's preface, and carried %d requests", http2, len(seen), streams)
	h.Hold("3 subscriptions on one connection", len(seen) == 1 && atOnce >= subscriptions, "%d connections, at most %d streams open at once on one", len(seen), atOnce)
	return nil
}

// What AwsSdk.java does.
const (
	operations    = 33 // each at least once
	subscriptions = 3  // open at once
)
