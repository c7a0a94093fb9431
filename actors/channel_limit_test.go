package actors

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/kinesnow/kinesnow/actors/actorstest"
	"github.com/kinesnow/kinesnow/messages"
)

// full is a cloud whose pipe has room for one channel more: so many shards
// ended a while ago, with theirs.
func full() *actorstest.Cloud {
	cloud := oneShard(10)
	for n := 10; n < 10+messages.MaxChannels-1; n++ {
		cloud.Table.Edit(actorstest.ShardID(n), func(row *messages.ShardRow) {
			row.Ended, row.Epoch, row.Final = true, 2, &messages.ChannelFinal{At: time.Now().UnixMilli()}
		})
	}
	return cloud
}

// TestAReshardThatGoesBeyondThePipeWaitsForRoom: what flows goes on, and the
// children begin once the channels of ended shards are dropped.
func TestAReshardThatGoesBeyondThePipeWaitsForRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := full()
		w := start(t, cloud, plan{})
		time.Sleep(10 * time.Second)
		if got := w.channels(); got != (messages.ChannelUse{Open: 1, Ended: messages.MaxChannels - 1}) || len(cloud.Sink.Rows(shard0)) != 10 {
			t.Errorf("channels %+v, %d rows", got, len(cloud.Sink.Rows(shard0)))
		}
		for _, id := range []messages.ShardID{shard1, shard2} {
			cloud.Stream.AddShard(id, shard0)
			cloud.Stream.Put(id, 5)
		}
		cloud.Stream.Close(shard0, shard1, shard2)
		time.Sleep(time.Minute)
		if got := w.channels(); got != (messages.ChannelUse{Ended: messages.MaxChannels, Waiting: 2}) || cloud.Table.Row(shard1).Owner != "" {
			t.Errorf("channels %+v, a child is %s's", got, cloud.Table.Row(shard1).Owner)
		}
		cloud.Stream.Advance(time.Hour)
		time.Sleep(3 * time.Minute)
		w.stop()
		w.whole()
		if got := w.channels(); got != (messages.ChannelUse{Open: 2}) || len(w.parked) != 0 {
			t.Errorf("channels %+v, stopped with %v", got, w.parked)
		}
	})
}

// TestTwoConnectorsShareThePipesChannels: the second one's first start is refused
// before anything is claimed while there is no room for all of it, and begins
// once there is; then neither goes beyond what is left.
func TestTwoConnectorsShareThePipesChannels(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var pipe messages.PipeChannels
		of := func(name string) func(*LeaseSettings) {
			return func(s *LeaseSettings) {
				s.Channels = func(used, wanting int) int { return pipe.Take(name, used, wanting) }
			}
		}
		first := full()
		a := start(t, first, plan{lease: of("a")})
		time.Sleep(10 * time.Second)
		second := oneShard(10)
		b := start(t, second, plan{lease: of("b")})
		time.Sleep(30 * time.Second)
		if len(b.parked) == 0 || b.parked[0].Stop != messages.ChannelLimit || second.Calls("Claim") != 0 || second.Calls("Open") != 0 {
			t.Fatalf("stopped with %v; %d claims, %d opens", b.parked, second.Calls("Claim"), second.Calls("Open"))
		}
		first.Stream.Advance(time.Hour) // the channels of a's ended shards are dropped
		time.Sleep(3 * time.Minute)
		if got, want := b.channels(), (messages.ChannelUse{Open: 1, Beside: 1}); got != want || len(second.Sink.Rows(shard0)) != 10 {
			t.Errorf("b has %+v, want %+v, and %d rows", got, want, len(second.Sink.Rows(shard0)))
		}
		pipe.Take("c", messages.MaxChannels-2, 0)
		for _, id := range []messages.ShardID{shard1, shard2} {
			second.Stream.AddShard(id, shard0)
		}
		second.Stream.Close(shard0, shard1, shard2)
		time.Sleep(time.Minute)
		if got, want := b.channels(), (messages.ChannelUse{Ended: 1, Waiting: 2, Beside: messages.MaxChannels - 1}); got != want {
			t.Errorf("after a split b has %+v, want %+v", got, want)
		}
		a.stop()
		b.stop()
	})
}

// TestAFirstStartThatNeedsMoreChannelsThanAPipeTakesDoesNotBegin.
func TestAFirstStartThatNeedsMoreChannelsThanAPipeTakesDoesNotBegin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := actorstest.NewCloud()
		for n := range messages.MaxChannels + 1 {
			cloud.Stream.AddShard(actorstest.ShardID(n))
		}
		w := start(t, cloud, plan{})
		time.Sleep(30 * time.Second)
		w.stop()
		if len(w.parked) == 0 || w.parked[0].Stop != messages.ChannelLimit || w.parked[0].Hint == "" || cloud.Calls("Claim") != 0 || cloud.Calls("Open") != 0 {
			t.Errorf("stopped with %v; %d claims, %d opens", w.parked[:min(1, len(w.parked))], cloud.Calls("Claim"), cloud.Calls("Open"))
		}
	})
}

// TestRoomIsForShardsWithoutAChannel: one that has a channel is taken over
// however many there are.
func TestRoomIsForShardsWithoutAChannel(t *testing.T) {
	rows := func(open, ended, anew int) (rows []messages.ShardRow) {
		for n := range open + ended + anew {
			row := messages.ShardRow{Shard: actorstest.ShardID(n), Ended: n >= open && n < open+ended}
			if n < open+ended {
				row.Epoch = 1
			}
			rows = append(rows, row)
		}
		return rows
	}
	const all = messages.MaxChannels
	for _, c := range []struct {
		open, ended, anew, taking int
		claimed                   int // of those without a channel
		waiting                   int
		refused                   bool
	}{
		{0, 0, all, 0, all, 0, false},
		{0, 0, all + 1, 0, 0, all + 1, true},
		{all - 5, 0, 3, 0, 3, 0, false},
		{all - 5, 5, 3, 0, 0, 3, false},
		{all - 5, 2, 4, 0, 3, 1, false},
		{all - 5, 2, 4, 2, 1, 1, false},
		{all + 7, 0, 1, 0, 0, 1, false},
		{1, 0, all + 50, 0, all - 1, 51, false},
	} {
		l := &Lease{taking: map[messages.ShardID]bool{"takeover": false}}
		for n := range c.taking {
			l.taking[actorstest.ShardID(100_000+n)] = true
		}
		table := rows(c.open, c.ended, c.anew)
		l.channels, l.wanting = UseOf(table)
		var free []*messages.ShardRow
		for i := range table {
			if !table[i].Ended {
				free = append(free, &table[i])
			}
		}
		claimed := len(l.withRoom(free)) - c.open
		if claimed != c.claimed || l.channels.Waiting != c.waiting || (refusal(l.channels) != nil) != c.refused {
			t.Errorf("%+v: %d claimed, %+v, refused: %v", c, claimed, l.channels, refusal(l.channels))
		}
	}
}

func (w *world) channels() (use messages.ChannelUse) {
	w.note(func() { use = w.ready.Channels })
	return use
}
