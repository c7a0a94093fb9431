package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
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
		fmt.Fprintf(out, "  links: %d connections, %d resets, %d half-open, %d answers cut, %d pieces delayed, %d sliced\n",
			e.Connections, e.Resets, e.Swallowed, e.Cuts, e.Delayed, e.Sliced)
		fmt.Fprintf(out, "  services: %d calls refused, %d answers lost or cut\n", w.spoils.refused.Load(), w.spoils.lost.Load())
	}
	fmt.Fprintf(out, "  rows put %s, in the table at the last blow %s\n", humanize.Comma(int64(w.log.len())), humanize.Comma(w.rows()))
}

// lacksAfter is how long a storm lasts at least in which every kind of blow
// must have had an effect.
const lacksAfter = 2 * time.Minute

// lacks lists what a storm should have done and did not.
func (w *world) lacks(o options) (lacks []string) {
	t, e := &w.tally, w.effects()
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.counted < o.kills {
		lacks = append(lacks, fmt.Sprintf("%d kills counted, %d must", t.counted, o.kills))
	}
	if o.length < lacksAfter {
		return lacks
	}
	effects := map[string]int64{
		"zombie lost a lease": int64(t.zombies.lost), "zombie tried to write": int64(t.zombies.wrote), "drain": int64(t.drains), "clock jump": int64(t.clockJumps),
		"split": int64(t.splits), "merge": int64(t.merges), "channel was invalidated": int64(t.invalidated),
		"connection was reset": e.Resets, "connection was half-open": e.Swallowed, "answer was cut": e.Cuts, "piece was delayed": e.Delayed, "piece was sliced": e.Sliced,
		"call was refused": w.spoils.refused.Load(), "answer was lost": w.spoils.lost.Load(),
	}
	if canFillDisks {
		effects["full disk stopped a journal"] = int64(t.disks.stopped)
		effects["full disk let rows flow"] = int64(t.disks.flowed)
		effects["journal came back from a full disk"] = int64(t.disks.mended)
	}
	for _, what := range slices.Sorted(maps.Keys(effects)) {
		if effects[what] == 0 {
			lacks = append(lacks, "no "+what)
		}
	}
	return lacks
}
