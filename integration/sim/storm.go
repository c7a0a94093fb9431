package sim

import (
	"slices"
	"time"
)

// event is one kind of blow to the world. do reports whether it could be done.
type event struct {
	kind   string
	weight int
	do     func(w *World, d dice) bool
}

// events are all kinds, beside those of calls (courses).
func events() []event {
	return []event{
		{"shard split", 10, (*World).split},
		{"shards merged", 6, (*World).merge},
		{"hot shard", 4, (*World).heat},
		{"node killed", 5, (*World).kill},
		{"node joined", 5, (*World).join},
		{"node frozen", 5, (*World).freeze},
		{"node drained", 4, (*World).drain},
		{"actor stopped", 14, func(w *World, d dice) bool { return w.endActor(d, "actor stopped", w.system.Root.Stop) }},
		{"actor poisoned", 8, func(w *World, d dice) bool { return w.endActor(d, "actor poisoned", w.system.Root.Poison) }},
		{"paused and resumed", 3, (*World).pause},
		{"channel invalidated at rest", 5, (*World).invalidate},
		{"stale sequencer", 3, (*World).open},
		{"channel dropped at rest", 4, func(w *World, d dice) bool { return w.drop(d, true) }},
		{"token dropped with its channel", 2, func(w *World, d dice) bool { return w.drop(d, false) }},
		{"table and pipe recreated", 1, (*World).recreate},
		{"lease theft", 4, (*World).steal},
		{"clock of kinesis jumps", 3, func(w *World, d dice) bool { return w.jump(d, "kinesis") }},
		{"clock of snowflake jumps", 3, func(w *World, d dice) bool { return w.jump(d, "snowflake") }},
		{"commits stall", 2, (*World).stall},
		{"journal fails", 4, (*World).breakJournal},
		{"an hour goes by", 4, (*World).hour},
	}
}

// gentleKinds are those that a gentle plan has.
var gentleKinds = []string{"shard split", "shards merged", "hot shard", "node joined", "node drained", "paused and resumed", "channel dropped at rest", "an hour goes by"}

// has reports whether a plan has blows of a kind.
func (p *Plan) has(kind string) bool {
	if p.Gentle {
		return slices.Contains(gentleKinds, kind)
	}
	return !p.Still || kind != "shard split" && kind != "shards merged"
}

// storm plans the blows of a seed, one after the other.
func (w *World) storm() {
	var kinds []event
	d := throw(w.plan.Seed, "events")
	for _, e := range events() {
		if d.chance(750) && w.plan.has(e.kind) {
			kinds = append(kinds, e)
		}
	}
	end := time.Now().Add(w.plan.Storm)
	var next func()
	next = func() {
		if time.Now().After(end) {
			return
		}
		w.blow(kinds, d)
		w.agenda.in(odd(d, w.plan.Events/4, 2*w.plan.Events), next)
	}
	w.agenda.in(odd(d, time.Second, 4*time.Second), next)
	if w.plan.Reshape {
		w.reshape(throw(w.plan.Seed, "reshape"), end)
	}
	if w.plan.Trim {
		w.agenda.in(odd(d, w.plan.Storm/4, w.plan.Storm), func() { w.trim() })
	}
}

// odd is a duration with nanoseconds of its own.
func odd(d dice, low, high time.Duration) time.Duration {
	return d.between(low, high) | 1
}

// blow strikes once.
func (w *World) blow(kinds []event, d dice) {
	total := 0
	for _, k := range kinds {
		total += k.weight
	}
	if total == 0 {
		return
	}
	for range 4 { // some cannot be done now
		at := d.IntN(total)
		for _, k := range kinds {
			if at -= k.weight; at >= 0 {
				continue
			}
			if k.do(w, d) {
				w.trace.note("storm", k.kind, "")
				return
			}
			break
		}
	}
}
