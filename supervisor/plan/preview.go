package plan

import (
	"context"

	"github.com/kinesnow/kinesnow/supervisor"
	"github.com/kinesnow/kinesnow/supervisor/evolution"
)

// preview is what the running connector would do for these payloads.
func preview(ctx context.Context, cfg supervisor.Config, payloads [][]byte) ([]string, error) {
	found, err := evolution.Look(ctx, cfg, payloads)
	if err != nil {
		return nil, err
	}
	statements := make([]string, len(found.Would))
	for i := range found.Would {
		statements[i] = found.Would[i].Statement
	}
	return statements, nil
}
