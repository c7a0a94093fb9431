package localkinesis

import "sync"

// Rates of one shard (docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html).
const (
	writeBytesPerSecond   = 1 << 20
	writeRecordsPerSecond = 1000
	readBytesPerSecond    = 2 << 20
	callsPerSecond        = 5

	maxAnswer        = 10 << 20 // bytes of one GetRecords answer
	pauseAfterAnswer = 5000     // ms in which reads fail after an answer cut off by maxAnswer
)

// rates counts what a shard has carried. Times are ms since the epoch.
type rates struct {
	mu             sync.Mutex
	writtenBytes   bucket
	writtenRecords bucket
	readBytes      bucket
	reads          *window
	iterators      *window
	readPause      int64 // no read before
}

// write reports whether a record may be stored and counts it if so.
func (r *rates) write(size int, now int64) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.writtenBytes.open(now, writeBytesPerSecond) || !r.writtenRecords.open(now, writeRecordsPerSecond) {
		return false
	}
	r.writtenBytes.take(size)
	r.writtenRecords.take(1)
	return true
}

// read reports whether GetRecords may be served and counts the call if so.
func (r *rates) read(now int64) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.reads == nil {
		r.reads = newWindow(callsPerSecond, oneSecond)
	}
	return now >= r.readPause && r.readBytes.open(now, readBytesPerSecond) && r.reads.enter(now)
}

// answered counts what a read returned.
func (r *rates) answered(p page, now int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.readBytes.take(p.bytes)
	if p.full {
		r.readPause = now + pauseAfterAnswer
	}
}

// iterator reports whether GetShardIterator may be served and counts the call if so.
func (r *rates) iterator(now int64) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.iterators == nil {
		r.iterators = newWindow(callsPerSecond, oneSecond)
	}
	return r.iterators.enter(now)
}

// bucket holds one second's worth and refills steadily. One large take may
// overdraw it; it is open again when the debt is paid.
type bucket struct {
	used float64 // beyond the refill so far
	at   int64
}

func (b *bucket) open(now int64, perSecond float64) bool {
	b.used = max(0, b.used-perSecond*float64(max(0, now-b.at))/1000)
	b.at = now
	return b.used < perSecond
}

func (b *bucket) take(n int) { b.used += float64(n) }

// window allows a number of calls in any one period.
type window struct {
	times  []int64 // a ring: the calls last allowed
	next   int
	period int64 // ms
}

const (
	oneSecond = 1000           // ms
	oneDay    = 24 * 3_600_000 // ms
)

func newWindow(calls int, period int64) *window {
	return &window{times: make([]int64, calls), period: period}
}

func (w *window) enter(now int64) bool {
	if oldest := w.times[w.next]; oldest != 0 && now-oldest < w.period {
		return false
	}
	w.times[w.next] = now
	w.next = (w.next + 1) % len(w.times)
	return true
}
