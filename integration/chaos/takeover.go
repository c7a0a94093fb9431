package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/kinesnow/kinesnow/integration/exact"
	"github.com/kinesnow/kinesnow/integration/localcloud"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/rowstore"
	"github.com/kinesnow/kinesnow/messages"
)

// The bounds of takeover, hand-off and join with the default lease (protocol.md
// P6, P21): what the protocol allows, not what a machine is fast enough for.
const (
	takeoverWithin = 40 * time.Second
	handoffWithin  = 3 * time.Second
	joinWithin     = 30 * time.Second
)

const (
	takeoverPlaces = 3
	takeoverShards = 16
	takeoverRate   = 400 // rows/s
	evenWithin     = 60 * time.Second
	takeoverDelay  = 50 * time.Millisecond // the service's own would be part of each figure
)

// takeoverPhase runs three processes with the default lease, ends one after the
// other, by SIGTERM and by SIGKILL, and lets it join again.
func (r *chaos) takeoverPhase(ctx context.Context, out io.Writer) []string {
	w, err := r.world(plan{
		name: "takeover", places: takeoverPlaces, shards: takeoverShards, delay: takeoverDelay,
		tuning: localcloud.Tuning{Linger: linger, HTTPListen: "127.0.0.1:0"}, // the lease is the product's own
	})
	if err != nil {
		return []string{err.Error()}
	}
	for _, p := range w.places {
		w.start(p, r.now, w.data[0])
	}
	putting, enough := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() {
		s := &storm{seed: r.o.seed}
		p := &producer{kinesis: w.cloud.Kinesis, log: w.log, carried: &w.carried, rows: takeoverRate * 600, over: 10 * time.Minute, dice: s.dice("takeover")}
		done <- p.run(putting)
	}()
	h := &handover{w: w, out: out}
	go h.stall.watch(putting)
	h.rounds(ctx, r.now)
	enough()
	if err := <-done; err != nil {
		w.tell("%v", err)
	}
	trouble := w.conclude(ctx, r.now, out)
	return append(trouble, w.close()...)
}

// handover times how shards change hands.
type handover struct {
	w     *world
	out   io.Writer
	stall stall
}

// rounds ends a process three times, each time when all have their part: an
// orderly end costs seconds, a takeover as long as a lease. Then it joins again.
func (h *handover) rounds(ctx context.Context, what program) {
	if !h.even(ctx, evenWithin) {
		return
	}
	for round, how := range []string{"SIGTERM", "SIGTERM", "SIGKILL"} {
		p := h.w.places[round%takeoverPlaces]
		if how == "SIGTERM" {
			h.round(ctx, p, how, handoffWithin, func(c *child) { c.drain(drainWithin) })
		} else {
			h.round(ctx, p, how, takeoverWithin, (*child).kill)
		}
		if !h.join(ctx, func() { h.w.start(p, what, h.w.data[0]) }) {
			return
		}
	}
}

func ownerOf(s *messages.State) string { return string(messages.MakeOwner(s.Node, s.Process)) }

func flowing(s *messages.State) bool {
	return !slices.ContainsFunc(s.Shards, func(sh messages.ShardState) bool { return sh.Phase != messages.PhaseFlowing })
}

// round ends one process and waits until others commit on each of its
// shards. What is told of a shard is the longest time between two commits on
// it, by the server's clock, from before the blow until another has
// committed: at least the time without an owner.
func (h *handover) round(ctx context.Context, p *place, how string, within time.Duration, end func(*child)) {
	c := p.now()
	if c == nil {
		return // its own end is trouble already
	}
	state := stateOf(ctx, c)
	if state == nil {
		h.w.tell("%s does not answer before %s", p.name(), how)
		return
	}
	me, from := ownerOf(state), h.w.rows()+1-takeoverRate*2
	var mine []string
	for shard, owner := range h.w.owners() {
		if owner == me {
			mine = append(mine, shard)
		}
	}
	at := time.Now()
	h.w.trace.say(how, p.name(), "owner", me, "shards", len(mine))
	h.stall.begin()
	end(c)
	taken := h.taken(ctx, mine, me, within)
	gaps := map[string]time.Duration{}
	for shard, commits := range h.commits(max(from, 1)) {
		if slices.Contains(mine, shard) {
			gaps[shard] = longest(commits)
		}
	}
	stood := h.stall.total()
	var text []string
	for _, shard := range slices.Sorted(maps.Keys(gaps)) {
		text = append(text, fmt.Sprintf("%.2f", gaps[shard].Seconds()))
		if gaps[shard] > within+stood {
			h.w.tell("%s of %s: %.2f s without a commit on %s, %s allowed; the machine stood still for %.2f s", how, p.name(), gaps[shard].Seconds(), shard, within, stood.Seconds())
		}
	}
	if !taken || len(gaps) < len(mine) {
		h.w.tell("%s of %s: %s later not all of its %d shards had another owner that commits", how, p.name(), time.Since(at).Round(time.Second), len(mine))
	}
	fmt.Fprintf(h.out, "  %s: %s s without a commit (allowed %s; the machine stood still for %.1f s)\n", how, strings.Join(text, ", "), within, stood.Seconds())
}

// taken waits until another one commits on all the shards.
func (h *handover) taken(ctx context.Context, shards []string, than string, within time.Duration) bool {
	after := map[string]int64{} // the first row ID that is the other one's
	for limit := time.Now().Add(2 * within); time.Now().Before(limit); {
		owners, next := h.w.owners(), h.w.rows()+1
		for _, shard := range shards {
			if owner, ok := owners[shard]; ok && owner != than && after[shard] == 0 && h.opened(shard, owner) {
				after[shard] = next
			}
		}
		fresh := h.commits(next - min(next-1, takeoverRate*10))
		missing := 0
		for _, shard := range shards {
			if after[shard] == 0 || !slices.ContainsFunc(fresh[shard], func(c commit) bool { return c.id >= after[shard] }) {
				missing++
			}
		}
		if missing == 0 {
			return true
		}
		if !sleep(ctx, 50*time.Millisecond) {
			return false
		}
	}
	return false
}

// opened reports whether an owner says that it works on a shard: rows that are
// committed from then on are its own.
func (h *handover) opened(shard, owner string) bool {
	for _, p := range h.w.places {
		c := p.now()
		if c == nil {
			continue
		}
		state := stateOf(context.Background(), c)
		if state == nil || ownerOf(state) != owner {
			continue
		}
		return slices.ContainsFunc(state.Shards, func(s messages.ShardState) bool { return string(s.Shard) == shard && s.Phase == messages.PhaseFlowing })
	}
	return false
}

// commit is one row's commit.
type commit struct {
	id int64
	at time.Time
}

// commits lists the commits from a row on, by shard.
func (h *handover) commits(from int64) map[string][]commit {
	commits := map[string][]commit{}
	err := h.w.landed(max(from, 1), func(r rowstore.Row) bool {
		if shard, ok := exact.ShardOf(r.Channel); ok {
			list := commits[shard]
			if len(list) == 0 || list[len(list)-1].at != r.CommittedAt {
				commits[shard] = append(list, commit{r.ID, r.CommittedAt})
			} else {
				list[len(list)-1].id = r.ID
			}
		}
		return true
	})
	if err != nil {
		h.w.tell("the table cannot be read: %v", err)
	}
	return commits
}

// longest is the longest time between two commits.
func longest(commits []commit) (d time.Duration) {
	for i := 1; i < len(commits); i++ {
		d = max(d, commits[i].at.Sub(commits[i-1].at))
	}
	return d
}
