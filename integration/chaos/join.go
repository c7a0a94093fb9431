package main

import (
	"context"
	"fmt"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// join lets a process join, and waits until all have their part again. It tells
// how long that took from the process's start, and how long a shard that changed
// hands for it was without a commit.
func (h *handover) join(ctx context.Context, start func()) bool {
	before, from := h.w.owners(), h.w.rows()+1-takeoverRate*2
	began := time.Now()
	h.stall.begin()
	start()
	if !h.even(ctx, joinWithin+evenWithin) {
		return false
	}
	took, stood := time.Since(began), h.stall.total()
	if !sleep(ctx, handoffWithin) { // the last to move commits meanwhile
		return false
	}
	commits, moved, longestGap := h.commits(max(from, 1)), 0, time.Duration(0)
	for shard, owner := range h.w.owners() {
		if owner == before[shard] {
			continue
		}
		moved++
		gap := longest(commits[shard])
		longestGap = max(longestGap, gap)
		if gap > handoffWithin+stood {
			h.w.tell("join: %.2f s without a commit on %s, %s allowed; the machine stood still for %.2f s", gap.Seconds(), shard, handoffWithin, stood.Seconds())
		}
	}
	if took > joinWithin+stood {
		h.w.tell("join: %d shards were even after %.1f s, %s allowed; the machine stood still for %.2f s", takeoverShards, took.Seconds(), joinWithin, stood.Seconds())
	}
	if want := takeoverShards / takeoverPlaces; moved != want {
		h.w.tell("join: %d shards moved, balance takes %d", moved, want)
	}
	fmt.Fprintf(h.out, "  join: even after %.1f s (allowed %s), %d shards moved, at most %.2f s without a commit (allowed %s; the machine stood still for %.1f s)\n",
		took.Seconds(), joinWithin, moved, longestGap.Seconds(), handoffWithin, stood.Seconds())
	return true
}

// even waits until all processes have their part, to one shard, and rows flow.
func (h *handover) even(ctx context.Context, within time.Duration) bool {
	for limit := time.Now().Add(within); time.Now().Before(limit); {
		if h.areEven(ctx) {
			return true
		}
		if !sleep(ctx, 100*time.Millisecond) {
			return false
		}
	}
	h.w.tell("%d processes did not share %d shards evenly within %s: %v", takeoverPlaces, takeoverShards, within, h.w.owners())
	return false
}

func (h *handover) areEven(ctx context.Context) bool {
	parts := map[string]int{}
	for _, owner := range h.w.owners() {
		parts[owner]++
	}
	least, most, sum := takeoverShards, 0, 0
	for _, p := range h.w.places {
		c := p.now()
		if c == nil {
			return false
		}
		state := stateOf(ctx, c)
		if state == nil || !works(state, parts[ownerOf(state)]) {
			return false
		}
		n := len(state.Shards)
		least, most, sum = min(least, n), max(most, n), sum+n
	}
	return sum == takeoverShards && most-least <= 1
}

// works reports whether a process's rows flow on so many shards, which are its
// by the lease table.
func works(state *messages.State, shards int) bool {
	return shards > 0 && len(state.Shards) == shards && flowing(state)
}
