package warehouse_test

import (
	"fmt"
	"testing"

	"github.com/kinesnow/kinesnow/adapters/warehouse"
	"github.com/kinesnow/kinesnow/integration/localsnowflake"
)

// TestPlacesTakeAStatementForEachMaxPlacesOfThem, and each place has its own count.
func TestPlacesTakeAStatementForEachMaxPlacesOfThem(t *testing.T) {
	server := account(t)
	w := open(t, server.URL(), nil)
	must(t, w.Create(ctx, "T"))
	for _, n := range []int{1, 1, warehouse.MaxPlaces, warehouse.MaxPlaces + 1, 2 * warehouse.MaxPlaces} {
		_, _, err := w.Query(ctx, fmt.Sprintf(`INSERT INTO RAW.EVENTS.T SELECT OBJECT_CONSTRUCT('stream','orders','shardId','%s','sequenceNumber','%d','subSequenceNumber',0)`, shard, n))
		must(t, err)
	}
	p, err := w.Positions("T", "orders")
	must(t, err)
	for many, want := range map[int]int64{0: 0, 1: 1, warehouse.MaxPlaces: 1, warehouse.MaxPlaces + 1: 2, 2 * warehouse.MaxPlaces: 2} {
		var places []warehouse.Place
		for n := range many {
			places = append(places, warehouse.Place{Shard: shard, Position: at(fmt.Sprint(n+1), 0)})
		}
		before := server.Faults().Calls(localsnowflake.ActionQuery)
		counts, err := p.RowsAt(ctx, places)
		must(t, err)
		if got := server.Faults().Calls(localsnowflake.ActionQuery) - before; got != want {
			t.Errorf("%d places took %d statements, want %d", many, got, want)
		}
		for i, n := range counts {
			want := map[int]int64{1: 2, warehouse.MaxPlaces: 1, warehouse.MaxPlaces + 1: 1, 2 * warehouse.MaxPlaces: 1}[i+1]
			if n != want {
				t.Errorf("place %d of %d has %d rows, want %d", i+1, many, n, want)
			}
		}
	}
}
