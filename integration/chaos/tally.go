package main

import (
	"fmt"
	"sync"
	"time"
)

// tally counts what was done, each thing only if it had an effect.
type tally struct {
	mu       sync.Mutex
	rowsThen int64 // in the table at the last kill

	kills, counted, idle int // idle: kills of processes without a lease
	zombies              zombies
	disks                disks
	drains, dirty        int           // dirty: left rows behind to be read again
	slowest              time.Duration // drain
	clockJumps           int
	splits, merges       int
	rescalings           int // UpdateShardCount
	joins, leaves        int // of guests
	invalidated          int
}

// zombies are processes that were stopped for longer than their lease.
type zombies struct {
	frozen  int
	lost    int // somebody else had taken a lease of theirs when they went on
	wrote   int // and they tried to write all the same: refused by DynamoDB or Snowflake
	refused int64
}

// disks are processes whose files could not grow any more.
type disks struct {
	filled  int
	stopped int // their journal said so
	flowed  int // they committed rows meanwhile
	mended  int // their journal writes again
	judged  int // lived long enough to be asked, and held leases
}

// kill books a kill. It counts if rows were committed since the last one.
func (t *tally) kill(rows int64) (counts bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kills++
	counts = rows > t.rowsThen
	if counts {
		t.counted++
	}
	t.rowsThen = rows
	return counts
}

// fresh reports whether a kill would count now.
func (t *tally) fresh(rows int64) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return rows > t.rowsThen
}

// do changes the counts.
func (t *tally) do(change func(*tally)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	change(t)
}

// blows lists the counts as text.
func (t *tally) blows() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return []string{
		fmt.Sprintf("kills %d, counted %d, of processes that held no lease %d", t.kills, t.counted, t.idle),
		fmt.Sprintf("zombies %d, that lost a lease %d, that tried to write all the same %d (%d writes refused)", t.zombies.frozen, t.zombies.lost, t.zombies.wrote, t.zombies.refused),
		fmt.Sprintf("full disks %d, journal stopped %d, rows flowed on %d, journal back %d (of %d that lived and held leases)", t.disks.filled, t.disks.stopped, t.disks.flowed, t.disks.mended, t.disks.judged),
		fmt.Sprintf("drains %d, joins %d, leaves %d, slowest %.1f s, that left rows to be read again %d", t.drains, t.joins, t.leaves, t.slowest.Seconds(), t.dirty),
		fmt.Sprintf("clock jumps %d, splits %d, merges %d, shard counts changed %d, channels invalidated %d", t.clockJumps, t.splits, t.merges, t.rescalings, t.invalidated),
	}
}
