package actors

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kinesnow/kinesnow/actors/actorstest"
	"github.com/kinesnow/kinesnow/messages"
)

// TestKP01AShardThatNobodyOwnsIsTold after two minutes, not before, and no
// longer than it is so; one whose parents are not done is none of them.
func TestKP01AShardThatNobodyOwnsIsTold(t *testing.T) {
	for _, wrong := range []string{"Claim", "CreateShard"} {
		synctest.Test(t, func(t *testing.T) {
			cloud := oneShard(10)
			w := start(t, cloud, plan{})
			defer w.stop()
			time.Sleep(time.Minute)
			cloud.Play(func(op string, _ int) actorstest.Effect {
				if op == wrong {
					return actorstest.Effect{Err: actorstest.Refusal(messages.Transient, messages.ReasonThrottled, "")}
				}
				return actorstest.Effect{}
			})
			cloud.Stream.AddShard(shard1)
			cloud.Stream.AddShard(shard2, shard0) // waits for its parent, and for nobody else
			time.Sleep(listEvery + 5*time.Second)
			if got := w.unowned(); len(got) > 0 {
				t.Errorf("%s fails: %v told at once", wrong, got)
			}
			if took := until(3*time.Minute, func() bool { return len(w.unowned()) > 0 }); took > unownedAfter+10*time.Second {
				t.Errorf("%s fails: told after %s more", wrong, took)
			}
			if got := w.unowned(); !slices.Equal(got, []messages.ShardID{shard1}) && wrong == "Claim" || !slices.Contains(got, shard1) {
				t.Errorf("%s fails: %v without an owner, want %s", wrong, got, shard1)
			}
			cloud.Play(nil)
			if took := until(time.Minute, func() bool { return len(w.unowned()) == 0 }); took > 10*time.Second {
				t.Errorf("%s works again: still told after %s", wrong, took)
			}
		})
	}
}

func (w *world) unowned() (ids []messages.ShardID) {
	w.note(func() {
		if w.ready != nil {
			ids = w.ready.Unowned
		}
	})
	return ids
}

// TestOnlyAShardThatNobodyWorksOnIsUnowned goes through what a row can say.
func TestOnlyAShardThatNobodyWorksOnIsUnowned(t *testing.T) {
	epoch := time.Unix(1700000000, 0)
	beating := func(id messages.ShardID, n int64) messages.ShardRow {
		return messages.ShardRow{Shard: id, Owner: "node-0/p", Counter: n, DurationMS: leaseTime.Milliseconds()}
	}
	for _, c := range []struct {
		name string
		row  func(n int64) messages.ShardRow
		late bool
	}{
		{"no owner", func(int64) messages.ShardRow { return messages.ShardRow{Shard: shard1} }, true},
		{"an owner that renews", func(n int64) messages.ShardRow { return beating(shard1, n) }, false},
		{"an owner that stands still", func(int64) messages.ShardRow { return beating(shard1, 7) }, true},
		{"ended", func(int64) messages.ShardRow { return messages.ShardRow{Shard: shard1, Ended: true} }, false},
		{"a child whose parent is worked on", func(int64) messages.ShardRow {
			return messages.ShardRow{Shard: shard1, Parents: []messages.ShardID{shard0}}
		}, false},
	} {
		f := NewFleet()
		var late []messages.ShardID
		for n := range int64(30) { // looks, 5 s apart
			rows := []messages.ShardRow{beating(shard0, n), c.row(n)}
			now := epoch.Add(time.Duration(n) * 5 * time.Second)
			f.look(rows, nil, now)
			if late = f.unowned(rows, nil, leaseTime, now); now.Sub(epoch) < unownedAfter && len(late) > 0 {
				t.Errorf("%s: told after %s", c.name, now.Sub(epoch))
			}
		}
		if want := map[bool]string{true: fmt.Sprint([]messages.ShardID{shard1}), false: "[]"}[c.late]; fmt.Sprint(late) != want {
			t.Errorf("%s: %v, want %s", c.name, late, want)
		}
	}
}
