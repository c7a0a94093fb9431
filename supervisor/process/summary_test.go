package process

import (
	"testing"

	"github.com/kinesnow/kinesnow/messages"
)

// TestTheLastWordsNameWhatStopped: a connector that stopped whole has no shards to
// count, and a shard of another process is nowhere else in what this one says.
func TestTheLastWordsNameWhatStopped(t *testing.T) {
	s := Summary{Reason: "caught up", Connectors: []*messages.State{
		{Connector: "clicks", Health: messages.Flowing, Durable: messages.Counters{Committed: 1200}, Elsewhere: messages.Elsewhere{
			Stopped: []messages.StoppedShard{{Shard: "shardId-000000000001", Owner: "node-1/p", Stop: messages.RowsRejected}},
		}},
		{Connector: "orders", Health: messages.Halted, Stop: messages.TargetMissing},
	}}
	want := "caught up: 1,200 rows committed   gaps 0   rejected 0   discarded 0   stopped shards 1   stopped connector orders TARGET_MISSING" +
		"\nclicks/shardId-000000000001 is stopped with ROWS_REJECTED on another process: node-1/p"
	if got := s.Text(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
