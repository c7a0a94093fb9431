package actors

import (
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kinesnow/kinesnow/actors/actorstest"
	"github.com/kinesnow/kinesnow/messages"
)

// TestKP09EachChangeMovesWhatBalanceNeeds, and each shard once: a node that
// joins gets a part, rounded down, for who has more keeps the remainder; one
// that leaves or dies gives what it had.
func TestKP09EachChangeMovesWhatBalanceNeeds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const shards = 32
		p := newPeers(t, shards)
		p.join()
		p.watch(15 * time.Second)
		for _, change := range []string{"join", "join", "leave", "join", "join", "kill", "join", "leave", "leave"} {
			need, settle := shards/(len(p.alive)+1), 20*time.Second
			switch change {
			case "join":
				p.join()
			case "leave":
				need = p.parts()[p.alive[0].name]
				p.leave(0)
			case "kill":
				need, settle = p.parts()[p.alive[0].name], 40*time.Second
				p.kill(0)
			}
			p.watch(settle)
			p.even(change)
			if moves := p.since(change); len(moves) != need {
				t.Errorf("%s, %d nodes then: %d shards moved, want %d: %v", change, len(p.alive), len(moves), need, moves)
			}
		}
		p.end()
	})
}

// TestKP09NodesThatJoinTogetherMoveNoShardTwice: two nodes with sixteen shards
// each become eight with four. Balance takes twelve from each, and no more move.
func TestKP09NodesThatJoinTogetherMoveNoShardTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPeers(t, 32)
		for range 2 {
			p.join()
			p.watch(15 * time.Second)
		}
		p.even("two")
		p.moves = nil
		for range 6 {
			p.join()
		}
		p.watch(30 * time.Second)
		p.even("eight")
		if moves := p.since("six joined"); len(moves) != 24 {
			t.Errorf("%d shards moved, want 24: %v", len(moves), moves)
		}
		p.watch(2 * time.Minute)
		if moves := p.since("nobody came or left"); len(moves) > 0 {
			t.Errorf("moved although all is even: %v", moves)
		}
		p.end()
	})
}

// TestKP09WhatIsPausedStaysAndTheRestIsEven: its owner does not hand it over, so
// nobody waits for it, nor makes up for it with others.
func TestKP09WhatIsPausedStaysAndTheRestIsEven(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPeers(t, 6)
		p.join()
		p.watch(15 * time.Second)
		paused := []messages.ShardID{actorstest.ShardID(0), actorstest.ShardID(1)}
		if _, err := p.cloud.Table.Pause(t.Context(), paused, "test"); err != nil {
			t.Fatal(err)
		}
		p.watch(10 * time.Second)
		p.join()
		p.watch(3 * time.Minute)
		moves := p.since("a join beside a pause")
		if len(moves) != 2 || slices.ContainsFunc(moves, func(m move) bool { return slices.Contains(paused, m.shard) }) {
			t.Errorf("moved %v, want two that are not paused", moves)
		}
		if _, err := p.cloud.Table.Resume(t.Context(), nil, "test"); err != nil {
			t.Fatal(err)
		}
		p.watch(20 * time.Second)
		p.even("resumed")
		if moves := p.since("resumed"); len(moves) != 1 {
			t.Errorf("moved %v, want one", moves)
		}
		p.end()
	})
}

// TestKP09JoinsAndLeavesEveryFewSecondsDoNotFlap, faster than the shards can
// follow. The bound is the sum of what each change needs by itself: a part of
// the shards for a node that joins, rounded up, and for one that leaves what it
// has or was promised. Shards that need not follow any more do not, so less
// moves. Who leaves in order hands over: nobody waits for a lease to run out.
func TestKP09JoinsAndLeavesEveryFewSecondsDoNotFlap(t *testing.T) {
	const shards = 32
	synctest.Test(t, func(t *testing.T) {
		dice := rand.New(rand.NewPCG(1, 2))
		p := newPeers(t, shards)
		for range 4 {
			p.join()
			p.watch(10 * time.Second)
		}
		p.moves = nil
		allowed := 0
		for range 50 {
			if n := len(p.alive); n == 8 || n > 2 && dice.IntN(2) == 0 {
				i := dice.IntN(n)
				allowed += p.has(p.alive[i].name)
				p.leave(i)
			} else {
				p.join()
				allowed += (shards + n) / (n + 1)
			}
			p.watch(time.Second + time.Duration(dice.IntN(4000))*time.Millisecond)
		}
		p.watch(15 * time.Second)
		p.even("in the end")
		if len(p.moves) > allowed {
			t.Errorf("%d moves, balance needs %d", len(p.moves), allowed)
		}
		if p.worst > 8*time.Second {
			t.Errorf("a shard had no living owner for %s although everybody left in order", p.worst)
		}
		t.Logf("%d moves, balance allows %d; a shard had no living owner for %s at most", len(p.moves), allowed, p.worst)
		p.end()
	})
}
