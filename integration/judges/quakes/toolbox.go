package quakes

import (
	"context"
	"embed"
	"path/filepath"

	"github.com/kinesnow/kinesnow/integration/judges/judge"
	"github.com/kinesnow/kinesnow/integration/module"
)

//go:embed boto3_calls.py snowflake_queries.py
var scripts embed.FS

// toolbox is what both scenarios use: the hearing with its clients, and the
// binary.
type toolbox struct {
	h      *judge.Hearing
	root   string // of the module
	binary string
}

func newToolbox(ctx context.Context, h *judge.Hearing) (*toolbox, error) {
	root, err := module.Root(ctx)
	if err != nil {
		return nil, err
	}
	binary, err := h.Build(ctx, "./cmd/kinesnow")
	return &toolbox{h: h, root: root, binary: binary}, err
}

// file is a file of the module.
func (b *toolbox) file(parts ...string) string {
	return filepath.Join(append([]string{b.root}, parts...)...)
}
