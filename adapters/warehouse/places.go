package warehouse

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/kinesnow/kinesnow/messages"
)

// Place is one user record's.
type Place struct {
	Shard messages.ShardID
	messages.Position
}

// MaxPlaces is how many places one statement looks at: with bound values it is
// to stay near 1 MB (Snowflake, "Query size limits").
const MaxPlaces = 5000

// RowsAt counts the rows at single places, in their order. Each MaxPlaces of them
// take one statement, and one scan of the table, for nothing in it is sorted by
// place: whoever has many asks for as few as he can.
func (p *Positions) RowsAt(ctx context.Context, at []Place) ([]int64, error) {
	counts := make([]int64, len(at))
	for first := 0; first < len(at); first += MaxPlaces {
		last := min(first+MaxPlaces, len(at))
		if err := p.rowsAt(ctx, at[first:last], counts[first:last]); err != nil {
			return nil, err
		}
	}
	return counts, nil
}

func (p *Positions) rowsAt(ctx context.Context, at []Place, into []int64) error {
	bounds := make([]bound, len(at))
	for i, a := range at {
		bounds[i] = bound{N: i, Shard: a.Shard, To: placeOf(a.Position)}
	}
	text, err := json.Marshal(bounds)
	if err != nil {
		return err
	}
	_, found, err := p.warehouse.Query(ctx, "SELECT S.N, COUNT(*) FROM (SELECT KINESISMETADATA:shardId::STRING AS SHARD, "+place+" AS PLACE FROM "+p.rows+
		" WHERE KINESISMETADATA:stream::STRING = "+literal(p.stream)+") T JOIN "+spansOf+
		" ON T.SHARD = S.SHARD AND T.PLACE = S.B GROUP BY 1", string(text))
	if err != nil {
		return err
	}
	for _, row := range found {
		n, err := whole(row[0])
		if err != nil {
			return err
		}
		if n < 0 || n >= int64(len(into)) {
			return fmt.Errorf("a count came back for place %d of %d", n, len(into))
		}
		if into[n], err = whole(row[1]); err != nil {
			return err
		}
	}
	return nil
}
