package supervisor

import (
	"bytes"
	"flag"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"github.com/kinesnow/kinesnow/actors/actorstest"
	"github.com/kinesnow/kinesnow/messages"
)

var (
	seedFlag   = flag.Uint64("seed", 0, "run one storm with this seed, and log it")
	stormsFlag = flag.Int("storms", 50, "how many storms to run")
)

// TestEveryRowOnceAndInOrderWhateverHappens lets storms rage over whole
// connectors, lease, shards and ledger included: actors panic around any
// message or are killed, processes die and others take over, calls are late,
// lost, or carried out without an answer, and the shard splits meanwhile. Once
// it is calm, everything must be in the table, once and in order, and no rule
// of the protocol may have been broken on the way (actorstest.Cloud.Problems).
func TestEveryRowOnceAndInOrderWhateverHappens(t *testing.T) {
	if *seedFlag != 0 {
		rage(t, *seedFlag)
		return
	}
	blows := map[string]int{}
	for seed := uint64(1); seed <= uint64(*stormsFlag); seed++ {
		for kind, n := range rage(t, seed) {
			blows[kind] += n
		}
		if t.Failed() {
			t.Fatalf("replay: go test ./supervisor -run %s -seed %d", t.Name(), seed)
		}
	}
	for _, kind := range []string{"panic before channel", "panic after reader", "panic before checkpoint", "panic after leases", "panic before unit", "kill channel", "kill leases", "kill unit", "crash", "call Append", "call Open", "call WritePosition", "call Begin", "call Status", "invalidated", "drain", "pause", "drop"} {
		if blows[kind] == 0 && *stormsFlag >= 50 {
			t.Errorf("no storm ever did this: %s", kind)
		}
	}
	if blows["rows in the storm"] < 100**stormsFlag {
		t.Errorf("%d rows were committed while storms raged: they leave no work to disturb", blows["rows in the storm"])
	}
	t.Log(blows)
}

// rage is one storm.
func rage(t *testing.T, seed uint64) (blows map[string]int) {
	synctest.Test(t, func(t *testing.T) {
		d := newDice(seed)
		var journal bytes.Buffer
		log := zerolog.New(zerolog.SyncWriter(&journal)).With().Timestamp().Logger()
		w := &chaosWorld{t: t, cloud: actorstest.NewCloud(), storm: &storm{dice: d, panic: d.n(5), wrong: []int{5, 20, 80}[d.n(3)], blows: map[string]int{}}, system: quietSystem(), log: log}
		blows = w.storm.blows
		w.cloud.Sink.CommitDelay = 200*time.Millisecond + d.upTo(7*time.Second)
		w.cloud.Stream.Answer = 1 + d.n(60)
		w.cloud.Stream.AddShard(actorstest.ShardID(0))
		w.cloud.Play(w.storm.calls)
		w.spawn()

		for tick := range 200 { // a second each, about
			w.put(tick)
			w.strike()
			time.Sleep(500*time.Millisecond + d.upTo(time.Second))
		}
		w.storm.end()
		w.cloud.Play(nil)
		w.pausedTo = time.Now()
		blows["rows in the storm"] += len(w.cloud.Sink.Rows(actorstest.ShardID(0))) + len(w.cloud.Sink.Rows(actorstest.ShardID(1))) + len(w.cloud.Sink.Rows(actorstest.ShardID(2)))
		w.settle(5 * time.Minute)
		for _, text := range append(w.cloud.Missing(), w.cloud.Problems()...) {
			t.Errorf("seed %d: %s", seed, text)
		}
		if t.Failed() {
			w.tell()
			t.Log(journal.String())
		}
		for len(w.processes) > 0 {
			w.crash(0)
		}
		for _, p := range w.leaving {
			w.halt(p)
		}
		w.system.Shutdown()
		time.Sleep(10 * time.Minute) // late requests, timers, and the dead-letter throttle
	})
	return blows
}

// put adds records, and splits the shard half-way.
func (w *chaosWorld) put(tick int) {
	d, s := w.storm.dice, w.cloud.Stream
	live := []messages.ShardID{actorstest.ShardID(0)}
	if tick >= 100 {
		live = []messages.ShardID{actorstest.ShardID(1), actorstest.ShardID(2)}
	}
	if tick == 100 {
		s.AddShard(live[0], actorstest.ShardID(0))
		s.AddShard(live[1], actorstest.ShardID(0))
		s.Close(actorstest.ShardID(0), live...)
	}
	if tick%70 > 50 {
		return // a rest
	}
	for _, id := range live {
		for range d.n(6) {
			users := make([]actorstest.User, 1+d.n(4)*d.n(2))
			for i := range users {
				switch d.n(8) {
				case 0:
					users[i].Fate = messages.Discarded
				case 1:
					users[i].Fate = messages.Filtered
				default:
					users[i].Rows = 1 + d.n(3)*d.n(2)
				}
			}
			s.PutRecord(id, users...)
		}
	}
}

// strike kills somebody or something, sometimes.
func (w *chaosWorld) strike() {
	d := w.storm.dice
	for range 2 {
		if d.chance(250) {
			victim := w.victim()
			w.storm.blowing("kill " + kindOf(victim))
			if d.chance(500) {
				w.system.Root.Stop(victim)
			} else {
				w.system.Root.Poison(victim)
			}
		}
	}
	if len(w.processes) > 1 && d.chance(30) {
		w.storm.blowing("crash")
		w.crash(d.n(len(w.processes)))
	}
	if len(w.processes) < 3 && d.chance(30) {
		w.spawn()
	}
	if len(w.processes) > 1 && d.chance(20) {
		w.storm.blowing("drain")
		w.drain(d.n(len(w.processes)))
	}
	if p := w.processes[d.n(len(w.processes))]; d.chance(20) {
		w.storm.blowing("pause")
		w.system.Root.Send(p.pid, &messages.Pause{})
		w.pausedTo = time.Now().Add(d.upTo(20 * time.Second))
	}
	if n := d.n(3); d.chance(200) && w.cloud.DropAtRest(w.channel(n), actorstest.ShardID(n)) {
		w.storm.blowing("drop")
	}
	w.operate()
	if d.chance(20) {
		w.storm.blowing("invalidated")
		w.cloud.Sink.Invalidate(w.channel(d.n(3)), "ERR_CHANNEL_MUST_BE_REOPENED")
	}
}

func (w *chaosWorld) channel(n int) string {
	info := w.cloud.Stream.Info
	return ChannelName("app", &info, actorstest.ShardID(n))
}

// settle waits until everything is in the table and checkpointed, or too long.
func (w *chaosWorld) settle(within time.Duration) {
	for deadline := time.Now().Add(within); time.Now().Before(deadline); time.Sleep(time.Second) {
		if len(w.cloud.Missing()) == 0 && w.caughtUp() {
			return
		}
		w.operate()
	}
}

func (w *chaosWorld) caughtUp() bool {
	for n := range 3 {
		row := w.cloud.Table.Row(actorstest.ShardID(n))
		if row == nil || n == 0 && !row.Ended {
			return false
		}
		if token := w.cloud.Sink.Token(w.channel(n)); token != "" && row.Committed != token {
			return false
		}
	}
	return true
}

// tell says where everything is, for a storm that did not end well.
func (w *chaosWorld) tell() {
	for n := range 3 {
		w.t.Logf("row of shard %d: %+v", n, w.cloud.Table.Row(actorstest.ShardID(n)))
		w.t.Logf("token of shard %d: %s", n, w.cloud.Sink.Token(w.channel(n)))
	}
	for _, p := range append(w.leaving[:len(w.leaving):len(w.leaving)], w.processes...) {
		w.t.Logf("%s: %+v", p.pid.Id, p.plant.published.Load())
	}
}
