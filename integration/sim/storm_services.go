package sim

import (
	"fmt"
	"strings"
	"time"
)

// What befalls channels, leases, clocks, commits and journals.

// channel is one that exists, with its shard.
func (w *World) channel(d dice) (name, shard string, ok bool) {
	channels := w.cloud.Snowflake.Channels()
	if len(channels) == 0 {
		return "", "", false
	}
	name = channels[d.IntN(len(channels))].Name
	return name, "shardId-" + name[strings.LastIndex(name, "-")+1:], true
}

func (w *World) invalidate(d dice) bool {
	name, shard, ok := w.channel(d)
	if !ok || w.cloud.Snowflake.InvalidateChannel(name, "") != nil {
		return false
	}
	w.ledger.strike(&Blow{kind: "channel invalidated at rest", shard: shard, slow: true})
	return true
}

// open opens a channel from outside, which fences its writer.
func (w *World) open(d dice) bool {
	name, shard, ok := w.channel(d)
	if !ok {
		return false
	}
	w.foreign[shard] = true
	w.ledger.strike(&Blow{kind: "stale sequencer", shard: shard, slow: true})
	return w.cloud.steal(name)
}

// drop lets somebody drop a channel with its token: at rest, which loses
// nothing, or with rows in flight, which only a human can sort out.
func (w *World) drop(d dice, atRest bool) bool {
	name, shard, ok := w.channel(d)
	if !ok {
		return false
	}
	settled, _ := w.row(shard)["settled"].(bool)
	if settled != atRest || w.cloud.Snowflake.DropChannelState(name) != nil {
		return false
	}
	w.lost(shard, atRest)
	return true
}

// recreate makes the table anew: its pipe, channels and tokens go with it.
func (w *World) recreate(dice) bool {
	if err := w.cloud.execute("SIM", createTable); err != nil {
		w.fail("the table cannot be made anew: %v", err)
		return false
	}
	w.oracle.mu.Lock()
	for n := range mostShards { // expired ones, too
		w.dropped[shardName(n)] = true
	}
	w.oracle.mu.Unlock()
	for _, shard := range w.openShards() {
		w.ledger.strike(&Blow{kind: "table and pipe recreated", shard: shard, slow: true})
		break
	}
	return true
}

// steal lets a lease row name somebody else, who then does nothing.
func (w *World) steal(d dice) bool {
	worked := w.ledger.worked()
	if len(worked) == 0 {
		return false
	}
	shard := pick(d, worked...)
	row := w.row(shard)
	if row["shardState"] == "SHARD_END" || row["leaseOwner"] == nil {
		return false
	}
	if err := w.cloud.seize(shard); err != nil {
		w.fail("a lease cannot be stolen: %v", err)
		return false
	}
	w.ledger.strike(&Blow{kind: "lease theft", shard: shard, slow: true})
	return true
}

func (w *World) jump(d dice, service string) bool {
	off := pick(d, -10, -1, 1, 6, 10)
	if service == "kinesis" && off < 0 {
		off = 6 // its records cannot come before earlier ones
	}
	w.ledger.strike(&Blow{kind: "clock of " + service + " jumps", call: "service " + service})
	w.cloud.clocks[service].jump(time.Duration(off) * time.Minute)
	return true
}

// maxHours bounds how much of the retention passes at once.
const maxHours = 3

// hour lets more than one pass for AWS alone: what has ended loses its channel.
func (w *World) hour(dice) bool {
	if w.hours >= maxHours {
		return false
	}
	w.hours++
	w.cloud.clocks["kinesis"].jump(61 * time.Minute)
	w.ledger.strike(&Blow{kind: "an hour goes by", call: "hour", slow: true})
	return true
}

// trim lets a day pass for Kinesis alone: what was not read is lost.
func (w *World) trim() {
	w.trims++
	w.cloud.clocks["kinesis"].jump(25 * time.Hour)
	lost := w.oracle.horizon(24 * time.Hour)
	w.trace.note("storm", "retention", fmt.Sprint(lost, " records expire unread"))
	if lost > 0 {
		w.ledger.strike(&Blow{kind: "retention trimmed the reader", call: "gap", slow: true})
	}
}

func (w *World) stall(d dice) bool {
	length := odd(d, 5*time.Second, 90*time.Second)
	w.cloud.Snowflake.StallCommits(true)
	for _, shard := range w.openShards() {
		w.ledger.strike(&Blow{kind: "commits stall", shard: shard, within: length + 10*time.Second})
		break
	}
	w.agenda.in(length, func() { w.cloud.Snowflake.StallCommits(false) })
	return true
}

func (w *World) breakJournal(d dice) bool {
	live := w.live()
	if len(live) == 0 {
		return false
	}
	pick(d, live...).journal.breakFor(pick(d, journalFailures...), d.between(time.Millisecond, 20*time.Second))
	return true
}
