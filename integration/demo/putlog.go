package demo

import (
	"sync"
	"time"

	"github.com/kinesnow/kinesnow/integration/exact"
)

// put is one record as Kinesis took it.
type put struct {
	exact.Place
	at int64 // ms since 1970, when it was sent
}

// putLog is everything that was put, by number.
type putLog struct {
	mu      sync.RWMutex
	puts    []put
	byShard map[uint16]int64
}

func newPutLog(records int) *putLog {
	return &putLog{puts: make([]put, 0, min(records, 1<<20)), byShard: map[uint16]int64{}}
}

func (l *putLog) add(p put) {
	l.mu.Lock()
	l.puts = append(l.puts, p)
	l.byShard[p.Shard]++
	l.mu.Unlock()
}

func (l *putLog) len() int {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return len(l.puts)
}

// on is how many were put on a shard.
func (l *putLog) on(shard uint16) int64 {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.byShard[shard]
}

// get returns the n-th put; false for a number that was never put.
func (l *putLog) get(n int) (put, bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if n < 0 || n >= len(l.puts) {
		return put{}, false
	}
	return l.puts[n], true
}

// since is how long ago the n-th was put at a moment; negative if it never was.
func (l *putLog) since(n int, moment time.Time) time.Duration {
	p, ok := l.get(n)
	if !ok {
		return -1
	}
	return max(0, moment.Sub(time.UnixMilli(p.at)))
}
