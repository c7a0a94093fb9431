package dynamodb

import (
	"context"
	"fmt"

	"github.com/kinesnow/kinesnow/integration/judges/emulators"
	"github.com/kinesnow/kinesnow/integration/judges/judge"
	"github.com/kinesnow/kinesnow/integration/localdynamo"
)

// serve starts both judges and localdynamo, and returns their URLs.
func serve(ctx context.Context, h *judge.Hearing) (map[string]string, error) {
	urls := map[string]string{}
	for name, command := range map[string]emulators.Launch{dynamoDBLocal: emulators.DynamoDBLocal, dynalite: emulators.Dynalite} {
		port, err := judge.FreePort()
		if err != nil {
			return nil, err
		}
		c, err := command(ctx, h, port)
		if err != nil {
			return nil, err
		}
		address := fmt.Sprintf("127.0.0.1:%d", port)
		if err := h.Serve(ctx, c, address); err != nil {
			return nil, err
		}
		urls[name] = "http://" + address
	}
	ours, err := serveOurs(h, localdynamo.Options{})
	urls[""] = ours
	return urls, err
}

// serveOurs starts localdynamo and returns its URL.
func serveOurs(h *judge.Hearing, o localdynamo.Options) (string, error) {
	s, err := localdynamo.Start(o)
	if err != nil {
		return "", err
	}
	h.AtEnd(func() {
		if err := s.Close(); err != nil {
			h.Logf("localdynamo: %v", err)
		}
	})
	return s.URL(), nil
}
