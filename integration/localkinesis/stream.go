package localkinesis

import (
	"fmt"
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// States of a stream.
const (
	creating = "CREATING"
	active   = "ACTIVE"
	updating = "UPDATING"
	deleting = "DELETING"
)

// Capacity modes of a stream.
const (
	provisioned = "PROVISIONED"
	onDemand    = "ON_DEMAND"
)

// stream is a named set of shards. Whoever puts holds its mutex for reading, so
// that a shard is never written after it was closed.
type stream struct {
	name    string
	id      uint64 // tells it from an earlier stream of the same name
	created int64  // ms since the epoch
	mode    string
	limits  bool
	disk    *streamDir // nil when kept in memory
	swept   atomic.Int64

	mu        sync.RWMutex
	retention time.Duration
	maxRecord int    // bytes of data
	busy      string // creating, updating or deleting, until then
	until     int64  // ms since the epoch
	removed   bool
	shards    []*shard // by number
	open      []*shard // by hash key

	encryption encryption
	tags       map[string]string
	metrics    []string           // of enhanced monitoring
	days       map[string]*window // what Options.Limits allows in 24 hours

	consumers       map[string]*consumer
	consumerSeconds map[string]int64 // the last creation second of every name, so that an ARN never comes twice
}

// placement is where a record came to lie.
type placement struct {
	shard   *shard
	number  sequence
	refused bool // the shard's rate is exceeded, the record is not stored
}

// status is the stream's state at a time. The mutex is held.
func (st *stream) status(now int64) string {
	if st.busy == "" || now >= st.until && st.busy != deleting {
		return active
	}
	return st.busy
}

// gone reports whether a deletion is complete.
func (st *stream) gone(now int64) bool {
	st.mu.RLock()
	defer st.mu.RUnlock()
	return st.busy == deleting && now >= st.until
}

// horizon is the time from which on records are kept. The mutex is held.
func (st *stream) horizon(now int64) int64 { return now - st.retention.Milliseconds() }

// put stores a batch. ok is false when the stream does not take records.
// Records of one shard keep their order. On an error the shards met before it
// keep their records, as a failed call to the service may leave some behind.
func (st *stream) put(batch []entry, now int64) (placed []placement, ok bool, err error) {
	st.mu.RLock()
	defer st.mu.RUnlock()
	if status := st.status(now); st.removed || status != active && status != updating {
		return nil, false, nil
	}
	placed = make([]placement, len(batch))
	for i := range batch {
		placed[i].shard = st.owner(batch[i].hash)
		placed[i].refused = st.limits && !placed[i].shard.rates.write(batch[i].size, now)
	}
	at := stamp{arrival: now, encryption: st.encryption.member(now)}
	mine := make([]int, 0, len(batch))
	for i := range placed {
		sh := placed[i].shard
		if placed[i].refused || placed[i].number.hi != 0 {
			continue
		}
		mine = mine[:0]
		for j := i; j < len(placed); j++ {
			if placed[j].shard == sh && !placed[j].refused {
				mine = append(mine, j)
			}
		}
		if err := sh.put(batch, mine, at, placed); err != nil {
			return nil, true, err
		}
	}
	return placed, true, st.sweep(now)
}

// sweep trims all shards, once a minute. A reader trims the shard it reads, so
// this only bounds what lies unread. The mutex is held.
func (st *stream) sweep(now int64) error {
	last := st.swept.Load()
	if now-last < 60_000 || !st.swept.CompareAndSwap(last, now) {
		return nil
	}
	for _, sh := range st.shards {
		if err := sh.trim(st.horizon(now)); err != nil {
			return err
		}
	}
	return nil
}

// owner is the open shard that a hash key belongs to. The mutex is held.
func (st *stream) owner(k hashKey) *shard {
	i := sort.Search(len(st.open), func(i int) bool { return !st.open[i].keys.end.less(k) })
	return st.open[i]
}

// shard finds a shard that is not expired. The mutex is held.
func (st *stream) shard(number uint32, now int64) *shard {
	if st.status(now) == creating || int64(number) >= int64(len(st.shards)) {
		return nil
	}
	if sh := st.shards[number]; !sh.expired(st.horizon(now)) {
		return sh
	}
	return nil
}

// listed returns the shards that can be listed, by number. The mutex is held.
func (st *stream) listed(now int64) []*shard {
	if st.status(now) == creating {
		return nil
	}
	list := make([]*shard, 0, len(st.shards))
	for _, sh := range st.shards {
		if !sh.expired(st.horizon(now)) {
			list = append(list, sh)
		}
	}
	return list
}

// occupy makes the stream busy for a while.
func (st *stream) occupy(state string, now int64, delay time.Duration) {
	st.busy, st.until = state, now+delay.Milliseconds()
}

// sortOpen rebuilds the routing table from the shards.
func (st *stream) sortOpen() {
	st.open = st.open[:0:0]
	for _, sh := range st.shards {
		if sh.closed == 0 {
			st.open = append(st.open, sh)
		}
	}
	sort.Slice(st.open, func(i, j int) bool { return st.open[i].keys.start.less(st.open[j].keys.start) })
}

// save writes the stream's description to disk. The mutex is held, so that
// nothing is put into a shard that a restart would not know.
func (st *stream) save() *Error {
	if st.disk == nil {
		return nil
	}
	if err := st.disk.save(st); err != nil {
		return failure(err)
	}
	return nil
}

func shardID(number uint32) string { return fmt.Sprintf("shardId-%012d", number) }

// parseShardID reads the number of a shard. Like the service it takes
// "shardId-3", "x-3" and "3" for shard 3.
func parseShardID(id string) (number uint32, ok bool) {
	if parts := strings.Split(id, "-"); len(parts) > 1 {
		id = parts[1]
	}
	n, err := strconv.ParseUint(id, 10, 31)
	return uint32(n), err == nil
}
