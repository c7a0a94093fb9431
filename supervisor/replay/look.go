package replay

import (
	"context"

	"github.com/kinesnow/kinesnow/adapters/deadletter"
	"github.com/kinesnow/kinesnow/adapters/warehouse"
	"github.com/kinesnow/kinesnow/supervisor"
	"github.com/kinesnow/kinesnow/supervisor/access"
)

// looked is what was sent of a letter, and what the table has of it.
type looked struct{ sent, there int64 }

// lookAt counts the table's rows of every letter that a plan sent.
func lookAt(ctx context.Context, p *deadletter.Plan, cfg supervisor.Config, refused map[key]string) (map[key]looked, error) {
	var places []warehouse.Place
	var sent []int64
	err := p.Each(func(s *deadletter.Sent) bool {
		at, err := s.Position()
		if _, no := refused[key{s.Shard, at}]; err == nil && !no {
			places, sent = append(places, warehouse.Place{Shard: s.Shard, Position: at}), append(sent, int64(s.Rows))
		}
		return true
	})
	if err != nil {
		return nil, err
	}
	sql, err := access.Warehouse(cfg.Snowflake)
	if err != nil {
		return nil, err
	}
	defer sql.Close()
	positions, err := positionsOf(ctx, sql, cfg)
	if err != nil {
		return nil, err
	}
	counts, err := positions.RowsAt(ctx, places)
	if err != nil {
		return nil, err
	}
	found := make(map[key]looked, len(places))
	for i, p := range places {
		found[key{p.Shard, p.Position}] = looked{sent[i], counts[i]}
	}
	return found, nil
}

// positionsOf looks at the rows of the table where it keeps their metadata. Where
// nobody tells, it is asked as if it were an ordinary one.
func positionsOf(ctx context.Context, sql *warehouse.Warehouse, cfg supervisor.Config) (*warehouse.Positions, error) {
	s := cfg.Snowflake
	positions, err := sql.Positions(s.Table, cfg.Kinesis.StreamName())
	if err != nil {
		return nil, err
	}
	if target, err := sql.Target(ctx, s.Table, s.PipeName()); err == nil && target.Metadata.Readable() {
		positions = positions.By(target.Metadata)
	}
	return positions, nil
}
