package sim

import (
	"fmt"
	"strconv"
	"time"
)

// begins looks for the place that LATEST was resolved to. What was put before
// is of no interest, and must not come; nothing that was put later may be
// missing (P12).
func (o *Oracle) begins() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.start.IsZero() {
		return
	}
	ms, err := strconv.ParseInt(fmt.Sprint(o.world.row("__stream__")["initialTimestamp"]), 10, 64)
	if err != nil {
		return // it is not written yet
	}
	o.start = time.UnixMilli(ms)
	for _, s := range o.shards {
		for _, r := range s.records {
			if r.put.Before(o.start) {
				clear(r.users) // no rows, no dead letters
			}
		}
	}
}

// beforeStart reports whether all that was put on a shard came before LATEST:
// it needs no lease row.
func (o *Oracle) beforeStart(shard string) bool {
	if !o.world.plan.Latest {
		return false
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, r := range o.shard(shard).records {
		if !r.put.Before(o.start) {
			return false
		}
	}
	return true
}
