package actors

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/kinesnow/kinesnow/actors/actorstest"
)

var shard0, shard1, shard2 = actorstest.ShardID(0), actorstest.ShardID(1), actorstest.ShardID(2)

// oneShard is a world with one shard that holds n plain records.
func oneShard(n int) *actorstest.Cloud {
	cloud := actorstest.NewCloud()
	cloud.Stream.AddShard(shard0)
	cloud.Stream.Put(shard0, n)
	return cloud
}

// TestOneGenerationFlowsAndCommits is the plain way: read, append, commit,
// checkpoint, with nothing going wrong.
func TestOneGenerationFlowsAndCommits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := oneShard(1200)
		w := start(t, cloud, plan{generations: 1})
		time.Sleep(20 * time.Second)
		w.stop()

		w.whole()
		if ends := w.endings(); len(ends) != 0 {
			t.Errorf("generations ended: %v", ends)
		}
		row := cloud.Table.Row(shard0)
		if token := cloud.Sink.Token(testChannel + string(shard0)); row.Committed != token || token == "" {
			t.Errorf("checkpoint %q, token %q", row.Committed, token)
		}
		if c := row.Counters; c.Read != 1200 || c.Appended != 1200 || c.Committed != 1200 || c.Rejected != 0 {
			t.Errorf("counters %+v", c)
		}
	})
}
