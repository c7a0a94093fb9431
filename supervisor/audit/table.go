package audit

import (
	"context"

	"github.com/kinesnow/kinesnow/adapters/warehouse"
	"github.com/kinesnow/kinesnow/messages"
)

// Table counts the destination's rows by position. *warehouse.Positions is
// one.
type Table interface {
	// Tally counts the rows and the distinct positions of spans, in their order.
	// Those of one shard must not overlap.
	Tally(ctx context.Context, spans []warehouse.Span) ([]warehouse.Tally, error)
	// Repeated lists the positions of a span that have more than one row, the
	// first warehouse.MaxRepeats of them.
	Repeated(ctx context.Context, s warehouse.Span) ([]warehouse.Repeat, error)
	// RowsAt counts the rows at single places, in their order.
	RowsAt(ctx context.Context, at []warehouse.Place) ([]int64, error)
	// Rejected counts the rows of the error table, shard by shard; those that
	// name no shard have the key "".
	Rejected(ctx context.Context) (map[messages.ShardID]int64, error)
}
