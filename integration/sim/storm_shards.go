package sim

import (
	"strconv"
	"strings"
	"time"
)

// What befalls the stream.

// openShards lists them by number.
func (w *World) openShards() []string {
	var ids []string
	for _, s := range w.shards() {
		if s.Open {
			ids = append(ids, s.ID)
		}
	}
	return ids
}

// reshaped notes the shards that a reshard has made. After a day was skipped,
// shards that are listed no more would confuse the count.
func (w *World) reshaped(kind string, before int) {
	if w.trims > 0 {
		return
	}
	for _, s := range w.shards()[before:] {
		w.trace.note("storm", s.ID, "child of "+strings.Join(s.Parents, " and "))
		w.ledger.strike(&Blow{kind: kind, shard: s.ID, slow: true})
	}
}

// maxShards bounds what one seed reads.
const maxShards = 20

func (w *World) split(d dice) bool {
	all, open := len(w.shards()), w.openShards()
	if all >= maxShards || len(open) >= 6 || w.cloud.Kinesis.SplitShard(streamName, pick(d, open...)) != nil {
		return false
	}
	w.reshaped("shard split", all)
	return true
}

func (w *World) merge(d dice) bool {
	all, open := len(w.shards()), w.openShards()
	if all >= maxShards {
		return false
	}
	for range 6 {
		if w.cloud.Kinesis.MergeShards(streamName, pick(d, open...), pick(d, open...)) == nil {
			w.reshaped("shards merged", all)
			return true
		}
	}
	return false
}

// heat puts much on one key, for a while.
func (w *World) heat(d dice) bool {
	key := "k" + strconv.Itoa(d.IntN(partitionKeys))
	if w.plan.Limits {
		w.ledger.strike(&Blow{kind: "hot shard", call: "service kinesis"})
	}
	for i := range 3 + d.IntN(6) {
		w.agenda.in(time.Duration(i)*150*time.Millisecond+odd(d, 0, time.Millisecond), func() { w.put(d, 20, key) })
	}
	return true
}

// mostReshaped bounds what a seed reads whose storms change the shard count.
const mostReshaped = 60

// mostShards is more than a seed ever has.
const mostShards = 2 * mostReshaped

// reshape changes the number of shards five times within a minute, and again
// some time after, whatever else splits or merges them.
func (w *World) reshape(d dice, end time.Time) {
	at := odd(d, 2*time.Second, 20*time.Second)
	for range 5 {
		target := 1 + d.IntN(5)
		w.agenda.in(at, func() {
			before := len(w.shards())
			if before >= mostReshaped || w.cloud.Kinesis.UpdateShardCount(streamName, target) != nil {
				return
			}
			w.trace.note("storm", shardsReshaped, strconv.Itoa(target))
			w.reshaped(shardsReshaped, before)
		})
		at += odd(d, 100*time.Millisecond, 12*time.Second)
	}
	if next := at + odd(d, 10*time.Second, 60*time.Second); time.Now().Add(next).Before(end) {
		w.agenda.in(next, func() { w.reshape(d, end) })
	}
}

// shardsReshaped is the blow of a shard that such a storm made.
const shardsReshaped = "shard count changed"
