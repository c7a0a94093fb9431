package servers

import (
	"context"
	_ "embed"
	"fmt"

	"github.com/kinesnow/kinesnow/integration/judges/emulators"
	"github.com/kinesnow/kinesnow/integration/judges/judge"
	"github.com/kinesnow/kinesnow/integration/judges/servers/between"
)

var (
	//go:embed requirements.txt
	requirements string

	python = judge.Pip{Requirements: requirements}
)

// serve starts a server and a proxy before it.
func serve(ctx context.Context, h *judge.Hearing, start emulators.Launch) (*between.Proxy, error) {
	port, err := judge.FreePort()
	if err != nil {
		return nil, err
	}
	address := fmt.Sprintf("127.0.0.1:%d", port)
	proxy, err := between.Start(ctx, "http://"+address)
	if err != nil {
		return nil, err
	}
	h.AtEnd(proxy.Close)
	command, err := start(ctx, h, port)
	if err != nil {
		return nil, err
	}
	return proxy, h.Serve(ctx, command, address)
}

// another puts one more proxy before the server that a proxy serves.
func another(ctx context.Context, h *judge.Hearing, first *between.Proxy) (*between.Proxy, error) {
	proxy, err := between.Start(ctx, first.Target())
	if err == nil {
		h.AtEnd(proxy.Close)
	}
	return proxy, err
}
