package audit

import (
	"context"

	"github.com/kinesnow/kinesnow/adapters/warehouse"
	"github.com/kinesnow/kinesnow/messages"
)

// Table counts the destination's rows by position. *warehouse.Positions is
// one.
type Table interface {
	// Count counts the rows of a shard after from, up to and including to.
	Count(ctx context.Context, shard messages.ShardID, from, to messages.Position) (int64, error)
	// Repeated lists the positions there that have more than one row.
	Repeated(ctx context.Context, shard messages.ShardID, from, to messages.Position) ([]warehouse.Repeat, error)
	// Rejected counts the rows of the error table.
	Rejected(ctx context.Context) (int64, error)
}
