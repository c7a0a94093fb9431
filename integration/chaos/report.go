package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
)

// report tells what was done to a world.
func (w *world) report(out io.Writer) {
	for _, line := range w.tally.blows() {
		fmt.Fprintf(out, "  %s\n", line)
	}
	if w.plan.proxied {
		e := w.effects()
		fmt.Fprintf(out, "  links: %d connections, %d resets, %d half-open (%d for good), %d answers cut, %d pieces delayed, %d sliced\n",
			e.Connections, e.Resets, e.Swallowed, e.Forgotten, e.Cuts, e.Delayed, e.Sliced)
		fmt.Fprintf(out, "  services: %d calls refused, %d answers lost or cut, %d events of subscriptions spoiled\n", w.spoils.refused.Load(), w.spoils.lost.Load(), w.spoils.events.Load())
	}
	fmt.Fprintf(out, "  rows put %s, in the table at the last blow %s\n", humanize.Comma(int64(w.log.len())), humanize.Comma(w.rows()))
}

// summary is what befell a storm's world, in one line.
func (w *world) summary(programs []program) string {
	w.tally.mu.Lock()
	defer w.tally.mu.Unlock()
	t, c := &w.tally, &w.carried
	var ways []string
	for _, p := range programs {
		ways = append(ways, string(p.reads))
	}
	return fmt.Sprintf("%s: %d polls, %d subscriptions (%d over HTTP/2 and TLS); %d kills, %d joins, %d leaves, %d drains, %d reshards and %d shard counts (%d shards, %d deep); "+
		"%s aggregates held %s of %s user records, %s were put alone, %d aggregates held none",
		strings.Join(ways, " or "), w.calls("GetRecords"), w.calls("SubscribeToShard"), w.subscribed(),
		t.kills, t.joins, t.leaves, t.drains, t.splits+t.merges, t.rescalings, len(w.shards()), w.depth(),
		humanize.Comma(c.aggregates.Load()), humanize.Comma(c.packed.Load()), humanize.Comma(int64(w.log.len())), humanize.Comma(c.plain.Load()), c.empty.Load())
}

// calls is how often an operation of Kinesis was asked for.
func (w *world) calls(operation string) int64 {
	if w.cloud == nil {
		return 0
	}
	return w.cloud.Kinesis.Faults().Calls(operation)
}

// subscribed is how often a subscription was asked for over HTTP/2.
func (w *world) subscribed() int64 {
	if w.front == nil {
		return 0
	}
	return w.front.subscriptions.Load()
}

// lacksAfter is how long storms last together at least in which every kind of
// blow must have had an effect.
const lacksAfter = 2 * time.Minute

// deeds counts what had an effect, by name.
type deeds map[string]int64

const countedKill = "kill that counted"

// did adds what a storm did to its world.
func (w *world) did(d deeds, s *storm) {
	t, e := &w.tally, w.effects()
	t.mu.Lock()
	defer t.mu.Unlock()
	d[countedKill] += int64(t.counted)
	effects := map[string]deeds{
		"zombie": {"zombie lost a lease": int64(t.zombies.lost), "zombie tried to write": int64(t.zombies.wrote)},
		"drain":  {"drain": int64(t.drains)},
		"clock":  {"clock jump": int64(t.clockJumps)},
		"link": {
			"connection was reset": e.Resets, "connection was half-open": e.Swallowed, "connection was half-open for good": e.Forgotten, "answer was cut": e.Cuts,
			"piece was delayed": e.Delayed, "piece was sliced": e.Sliced,
		},
		"service":    {"call was refused": w.spoils.refused.Load(), "answer was lost": w.spoils.lost.Load()},
		"event":      {"event was spoiled": w.spoils.events.Load()},
		"invalidate": {"channel was invalidated": int64(t.invalidated)},
		"reshard":    {"split": int64(t.splits), "merge": int64(t.merges)},
		"rescale":    {"shard count changed": int64(t.rescalings)},
		"guest":      {"guest joined": int64(t.joins), "guest left": int64(t.leaves)},
	}
	if canFillDisks {
		effects["disk"] = deeds{
			"full disk stopped a journal": int64(t.disks.stopped), "full disk let rows flow": int64(t.disks.flowed), "journal came back from a full disk": int64(t.disks.mended),
		}
	}
	for _, blow := range s.blows {
		for what, times := range effects[blow] {
			d[what] += times
		}
	}
	for _, p := range s.programs {
		operation := map[transport]string{polling: "GetRecords", fanOut: "SubscribeToShard"}[p.reads]
		d[operation] += w.calls(operation)
	}
	if w.plan.secure {
		d["subscription over HTTP/2"] += w.subscribed()
	}
	if w.plan.packed > 0 {
		d["user record in an aggregate"] += w.carried.packed.Load()
		d["record outside of aggregates"] += w.carried.plain.Load()
	}
}

// lacks lists what storms should have done and did not.
func (d deeds) lacks(o options) (lacks []string) {
	if d[countedKill] < int64(o.kills) {
		lacks = append(lacks, fmt.Sprintf("%d kills counted, %d must", d[countedKill], o.kills))
	}
	if o.length < lacksAfter {
		return lacks
	}
	for _, what := range slices.Sorted(maps.Keys(d)) {
		if d[what] == 0 && what != countedKill {
			lacks = append(lacks, "no "+what)
		}
	}
	return lacks
}
