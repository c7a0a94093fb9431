package sim

import (
	"fmt"
	"slices"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// names lists the shards, sorted.
func (o *Oracle) names() []string {
	var names []string
	for name := range o.shards {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// missing tells what is not there yet; "" = everything is.
func (o *Oracle) missing() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, name := range o.names() {
		s := o.shards[name]
		for i := s.done; i < len(s.records); i++ {
			r := s.records[i]
			if !r.done() && !(r.expired && (r.excused || s.reported(r))) {
				return fmt.Sprintf("MISSING: %s %s (put %d of key %s, expired %v): %+v", name, r.seq, r.number, r.key, r.expired, r.users)
			}
		}
	}
	return ""
}

// reported: some gap covers the record.
func (s *shardLog) reported(r *record) bool {
	at := messages.Position{Seq: r.seq, Sub: 0}
	for _, g := range s.gaps {
		if at.Compare(g.from) > 0 || r.seq == g.from.Seq {
			if g.to.IsZero() || at.Compare(g.to) < 0 {
				return true
			}
		}
	}
	return false
}

// horizon notes what has expired by now: what is not in the table may be lost.
func (o *Oracle) horizon(retention time.Duration) (lost int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	horizon := o.world.cloud.clocks["kinesis"].now().Add(-retention)
	for _, name := range o.names() {
		s := o.shards[name]
		// A shard of which nothing was read has no place from which to miss
		// anything (P9): it starts with what is there.
		row := o.world.row(name)
		unread := s.token.IsZero() && row["committedToken"] == nil && row["skippedToken"] == nil
		for _, r := range s.records {
			if r.put.Before(horizon.Add(time.Millisecond)) {
				s.trimmed = true
				if !r.kept() && !r.expired {
					r.expired, r.excused = true, unread
					lost++
				}
			}
		}
	}
	return lost
}

// event listens to what the connectors say.
func (o *Oracle) event(n *Node, e messages.Event) {
	switch e := e.(type) {
	case *messages.NodeClaimed:
		o.claimed(n, e)
	case *messages.Parked:
		o.parked(n, e)
	}
	g, ok := e.(*messages.GapDetected)
	if !ok || n.isDead() {
		return
	}
	o.mu.Lock()
	s := o.shard(string(g.Shard))
	s.gaps = append(s.gaps, gap{g.From, g.To})
	o.gaps++
	real := s.trimmed || o.world.trims > 0 && len(s.records) == 0
	o.mu.Unlock()
	o.world.trace.note(n.name, "gap", string(g.Shard)+" "+g.From.String()+" to "+g.To.String())
	if !real {
		o.world.fail("FALSE GAP: %s reports that records of %s between %s and %s are lost; none ever expired", n.name, g.Shard, g.From, g.To)
	}
	o.world.ledger.called("gap")
}
