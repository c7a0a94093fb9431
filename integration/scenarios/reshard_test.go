package scenarios

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/messages"
)

func (w *world) splitShard(n int) {
	w.t.Helper()
	if err := w.Kinesis.SplitShard("orders", string(shardID(n))); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) mergeShards(a, b int) {
	w.t.Helper()
	if err := w.Kinesis.MergeShards("orders", string(shardID(a)), string(shardID(b))); err != nil {
		w.t.Fatal(err)
	}
}

func shardNumber(t *testing.T, id string) int {
	t.Helper()
	n, err := strconv.Atoi(strings.TrimPrefix(id, "shardId-"))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func (w *world) ended(shard int) bool { return w.lease(shard, "shardState") == "SHARD_END" }

// TestKP05AShardEndsOnlyWhenItsRowsAreCommitted holds commits back while a shard is
// split: no child may begin before (P22, P23).
func TestKP05AShardEndsOnlyWhenItsRowsAreCommitted(t *testing.T) {
	w := newWorld(t, 1)
	c := w.connect()
	w.putOn(0, 2)
	c.untilCaughtUp(2)
	w.Snowflake.StallCommits(true)
	w.putOn(0, 2)
	w.splitShard(0)
	w.putOn(0, 2) // into a child
	parent := c.untilShard(0, "in flight", func(s *messages.ShardState) bool { return s.InFlight > 0 })
	if w.ended(0) || w.lease(0, "settled") != false || parent.Committed == parent.Accepted {
		t.Errorf("the parent ended with rows in flight: %+v", parent)
	}
	if s := c.state(); len(s.Shards) != 1 {
		t.Errorf("%d shards are worked on before the parent's rows are committed", len(s.Shards))
	}
	w.Snowflake.StallCommits(false)
	w.untilRows(6) // of a child, which begins after the parent's end
	w.expect("", between(0, 6)...)
	if !w.ended(0) || w.lease(0, "settled") != true || w.lease(0, "leaseOwner") != nil {
		t.Errorf("the parent's row: ended %v, settled %v, owner %v", w.ended(0), w.lease(0, "settled"), w.lease(0, "leaseOwner"))
	}
	w.wait("told of the end", func() bool { return len(events[*messages.ShardEnded](c)) > 0 })
	if told := events[*messages.ShardEnded](c); len(told) != 1 || !slices.Equal(told[0].Children, []messages.ShardID{shardID(1), shardID(2)}) {
		t.Errorf("shard ends %+v", told)
	}
}

// TestOrderHoldsThroughSplitsFiveDeep splits the shard that a key is on again
// and again while its records flow, faster than the connector can follow.
func TestOrderHoldsThroughSplitsFiveDeep(t *testing.T) {
	w := newWorld(t, 1)
	c := w.connect()
	for range 5 {
		w.putOn(0, 20)
		for _, shard := range w.Kinesis.Streams()[0].Shards {
			if shard.Open && shard.Records > 0 {
				w.splitShard(shardNumber(t, shard.ID))
				break
			}
		}
	}
	w.putOn(0, 20)
	w.untilRows(120)
	c.untilCaughtUp(0)
	w.expect("", between(0, 120)...)
	w.expectCounted(120, 120)
	if n := len(w.Kinesis.Streams()[0].Shards); n != 11 {
		t.Errorf("%d shards after five splits", n)
	}
}

// TestA04OrderHoldsThroughSplitsAndMerges keeps two keys, on both halves of the
// stream, through a split, a merge and another merge.
func TestA04OrderHoldsThroughSplitsAndMerges(t *testing.T) {
	w := newWorld(t, 2)
	c := w.connect()
	step := func() {
		w.putOn(0, 10)
		w.putOn(1, 10)
	}
	step()
	w.splitShard(0) // 2, 3
	step()
	w.mergeShards(3, 1) // 4
	step()
	w.mergeShards(2, 4) // 5
	step()
	w.untilRows(80)
	c.untilCaughtUp(0)
	for half := range 2 {
		var want []int
		for i := range 4 {
			want = append(want, between(20*i+10*half, 20*i+10*half+10)...)
		}
		key := map[int]string{0: "key-0", 1: "key-1"}[half]
		w.expect("KINESISMETADATA:partitionKey::text = '"+key+"'", want...)
	}
	for i := range 5 {
		if !w.ended(i) {
			t.Errorf("shard %d has not ended", i)
		}
	}
}

// TestShardsThatEndWithoutRowsEnd splits a shard that held nothing, and one
// whose last records are unusable.
func TestShardsThatEndWithoutRowsEnd(t *testing.T) {
	w := newWorld(t, 2)
	w.putOn(1, 2)
	last := w.putRaw(1, []byte("rubbish"))
	w.splitShard(0) // 2, 3
	w.splitShard(1) // 4, 5
	w.putOn(0, 2)
	w.putOn(1, 2)
	c := w.connect()
	w.untilRows(6)
	c.until("done with both", func(s *messages.State) bool { return s.CaughtUp() && s.Done == 2 && len(s.Shards) == 4 })
	w.expect("KINESISMETADATA:partitionKey::text = 'key-0'", 2, 3)
	w.expect("KINESISMETADATA:partitionKey::text = 'key-1'", 0, 1, 4, 5)
	if !w.ended(0) || !w.ended(1) {
		t.Errorf("ended %v and %v", w.ended(0), w.ended(1))
	}
	for _, e := range untilTold[*messages.ShardEnded](c, 2) {
		if e.Shard == shardID(1) && e.Last.Seq != last.Seq {
			t.Errorf("shard 1 ended at %s, want the unusable record %s", e.Last, last)
		}
	}
}
