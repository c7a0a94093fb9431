package supervisor

import (
	"time"

	"github.com/kinesnow/kinesnow/actors"
	"github.com/kinesnow/kinesnow/actors/actorstest"
	"github.com/kinesnow/kinesnow/messages"
)

// workloads by name.
var workloads = map[string]func(*crashWorld){"split": split, "hours": hours, "six": six, "columns": columns}

// split is the workload of the exhaustive run: about 60 rows, a split, two hours
// that go by at once, a node that joins and is handed its part, a record that
// cannot be appended, a channel that dies, and a node that leaves in order.
func split(w *crashWorld) {
	one, two := actorstest.User{Rows: 1}, actorstest.User{Rows: 2}
	w.shard(0)
	for range 9 {
		w.put(0, one)
	}
	w.put(0, one, two, actorstest.User{Fate: messages.Filtered})
	w.put(0, actorstest.User{Fate: messages.Discarded})
	w.put(0) // an aggregate of nothing
	w.start("p1")
	w.wait(1500 * time.Millisecond)
	for range 5 {
		w.put(0, two)
	}
	w.shard(1, actorstest.ShardID(0))
	w.shard(2, actorstest.ShardID(0))
	w.cloud.Stream.Close(actorstest.ShardID(0), actorstest.ShardID(1), actorstest.ShardID(2))
	for range 7 {
		w.put(1, one)
		w.put(2, one)
	}
	w.wait(2 * time.Second)
	w.age()
	w.start("p2")
	w.wait(4 * time.Second)
	w.poison(1)
	w.put(2, two, one)
	w.wait(1300 * time.Millisecond)
	w.stopChannel(2) // T is ahead of K: the stretch between is asked for
	w.wait(700 * time.Millisecond)
	w.put(1, one)
	w.drain("p1")
	w.wait(time.Second)
	for range 4 {
		w.put(1, one, one)
		w.put(2, one)
	}
}

// hours is what happens to a shard that has little to do: a human pauses it and
// looks, its lease is taken by somebody who dies, it rests, and it ends.
func hours(w *crashWorld) {
	one := actorstest.User{Rows: 1}
	w.shard(0)
	w.put(0, one, one)
	w.start("p1")
	w.wait(1500 * time.Millisecond)
	w.tell(&messages.Inspect{})
	w.tell(&messages.Pause{})
	w.wait(time.Second)
	w.put(0, one)
	for range 60 { // a human who sees that it did not go on says it again
		w.tell(&messages.Resume{})
		if w.wait(700 * time.Millisecond); w.cloud.Table.Pauses().None() {
			break
		}
	}
	w.steal(0)
	w.wait(2 * crashLease)
	w.put(0, one)
	w.wait(64 * time.Second)
	w.put(0, one)
	w.cloud.Stream.Close(actorstest.ShardID(0))
}

// six is small enough for every pair: six rows, one shard, one node.
func six(w *crashWorld) {
	w.shard(0)
	w.put(0, actorstest.User{Rows: 1})
	w.put(0, actorstest.User{Rows: 1}, actorstest.User{Rows: 1})
	w.start("p1")
	w.wait(1100 * time.Millisecond)
	for range 3 {
		w.put(0, actorstest.User{Rows: 1})
	}
	w.cloud.Stream.Close(actorstest.ShardID(0))
}

// columns is what client-side evolution has to live through: two shards whose
// records need columns of their own and some that both need, descriptions that
// lag behind, a node that joins and one that leaves in order.
func columns(w *crashWorld) {
	configure := w.configure
	w.configure = func(p *plant) {
		configure(p)
		p.columns = &columnWatch{known: &messages.KnownColumns{}, pace: actors.NewPace(60), evolves: true}
	}
	w.cloud.Target.Lag = 100 * time.Millisecond
	one := actorstest.User{Rows: 1}
	with := func(key string) actorstest.User { return actorstest.User{Rows: 1, Key: key} }
	w.shard(0)
	w.shard(1)
	w.put(0, one)
	w.put(0, with("A"), one)
	w.put(1, with("B"))
	w.start("p1")
	w.wait(2500 * time.Millisecond)
	w.put(0, with("A"), with("C"))
	w.put(1, one, with("C"))
	w.wait(time.Second)
	w.start("p2")
	w.wait(4 * time.Second)
	w.put(0, with("D"))
	w.put(1, with("D"), with("E"))
	w.wait(1500 * time.Millisecond)
	w.put(0, with("F"))
	w.drain("p1")
	w.wait(time.Second)
	w.put(1, with("F"), one)
	w.cloud.Stream.Close(actorstest.ShardID(0))
}
