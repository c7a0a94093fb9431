package kcl

import (
	"context"

	"github.com/kinesnow/kinesnow/integration/judges/judge"
	"github.com/kinesnow/kinesnow/integration/localkinesis"
)

// hearSDK asks the SDK for Java, which judges by itself.
func hearSDK(ctx context.Context, h *judge.Hearing) error {
	server, err := localkinesis.Start(localkinesis.Options{})
	if err != nil {
		return err
	}
	h.AtEnd(func() { _ = server.Close() })
	c, err := h.Java(ctx, sdk, awsSdk, thrifty())
	if err != nil {
		return err
	}
	c.Env = append(c.Env, "KINESIS="+server.URL())
	return h.Run(c)
}
