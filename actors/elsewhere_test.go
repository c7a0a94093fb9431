package actors

import (
	"fmt"
	"testing"

	"github.com/kinesnow/kinesnow/messages"
)

// TestWhatComesAfterAStoppedShardIsBlocked through forty splits and merges, which
// lead back to it on 2^40 ways, and with a row that is its own grandparent.
func TestWhatComesAfterAStoppedShardIsBlocked(t *testing.T) {
	rows := map[messages.ShardID]*messages.ShardRow{}
	add := func(id messages.ShardID, parents ...messages.ShardID) {
		rows[id] = &messages.ShardRow{Shard: id, Parents: parents}
	}
	add("0")
	rows["0"].Owner, rows["0"].Stop = "node/process", messages.RowsRejected
	merged := messages.ShardID("0")
	for i := range 40 {
		a, b, c := messages.ShardID(fmt.Sprint(i, "a")), messages.ShardID(fmt.Sprint(i, "b")), messages.ShardID(fmt.Sprint(i, "c"))
		add(a, merged)
		add(b, merged)
		add(c, a, b)
		merged = c
	}
	add("x", "y")
	add("y", "x")
	for _, alive := range []bool{false, true} {
		fleet := NewFleet()
		fleet.shards["0"] = sighting{moved: alive}
		blocked := blockages{fleet, rows, map[messages.ShardID]bool{}}
		if blocked.by(rows[merged]) != alive || blocked.by(rows["x"]) {
			t.Errorf("with its owner alive: %v, its last descendant is blocked: %v, and one that is not: %v", alive, blocked.by(rows[merged]), blocked.by(rows["x"]))
		}
	}
}
