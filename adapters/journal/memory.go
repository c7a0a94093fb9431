package journal

import (
	"context"
	"slices"
	"sync"

	"github.com/kinesnow/kinesnow/messages"
)

// Bounds of a Memory whose own are zero.
const (
	DefaultEntries = 64 << 10
	DefaultBytes   = 64 << 20
)

// entryCost is what an entry takes beside its own bytes, roughly.
const entryCost = 128

// Memory keeps the newest entries of each stream and forgets the oldest. The
// zero value is ready. Safe for concurrent use.
type Memory struct {
	Entries int   // per stream; 0 = DefaultEntries
	Bytes   int64 // of all streams together, roughly; 0 = DefaultBytes

	mu      sync.Mutex
	streams map[string]*ring
	bytes   int64
	written int64
}

var _ messages.Journal = (*Memory)(nil)

// ring is one stream: entries without holes, oldest first.
type ring struct {
	entries []messages.Entry
	last    uint64
	bytes   int64
}

// Append implements messages.Journal. It keeps the entries' bodies, which must
// not change any more.
func (m *Memory) Append(ctx context.Context, stream string, entries []messages.Entry) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.streams == nil {
		m.streams = map[string]*ring{}
	}
	r := m.streams[stream]
	if r == nil {
		r = &ring{}
		m.streams[stream] = r
	}
	for i := range entries {
		r.last++
		entries[i].Seq = r.last
		r.entries = append(r.entries, entries[i])
		m.charge(r, cost(&entries[i]))
	}
	m.written += int64(len(entries))
	if limit := orDefault(m.Entries, DefaultEntries); len(r.entries) > limit {
		m.forget(r, len(r.entries)-limit)
	}
	for limit := orDefault(m.Bytes, DefaultBytes); m.bytes > limit; {
		largest := m.largest()
		m.forget(largest, max(1, len(largest.entries)/8))
	}
	return nil
}

// Read implements messages.Journal.
func (m *Memory) Read(ctx context.Context, stream string, after uint64, yield func(messages.Entry) bool) error {
	for {
		part := m.part(stream, after)
		if len(part) == 0 {
			return nil
		}
		for _, e := range part {
			if err := ctx.Err(); err != nil {
				return err
			}
			if !yield(e) {
				return nil
			}
			after = e.Seq
		}
	}
}

// Streams lists the streams' names, sorted.
func (m *Memory) Streams() ([]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var names []string
	for name := range m.streams {
		names = append(names, name)
	}
	slices.Sort(names)
	return names, nil
}

// State returns what was written. Nothing is dropped: what was forgotten had
// been kept.
func (m *Memory) State() messages.JournalState {
	m.mu.Lock()
	defer m.mu.Unlock()
	return messages.JournalState{Written: m.written}
}

// Close implements messages.Journal and keeps everything readable.
func (m *Memory) Close() error { return nil }

// part copies up to 1,024 entries after a Seq.
func (m *Memory) part(stream string, after uint64) []messages.Entry {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.streams[stream]
	if r == nil || after >= r.last {
		return nil
	}
	oldest := r.last - uint64(len(r.entries)) + 1
	rest := r.entries
	if after >= oldest {
		rest = rest[after-oldest+1:]
	}
	return slices.Clone(rest[:min(len(rest), 1024)])
}

// forget drops a stream's n oldest entries.
func (m *Memory) forget(r *ring, n int) {
	for i := range n {
		m.charge(r, -cost(&r.entries[i]))
	}
	clear(r.entries[:n]) // append moves the rest to the front now and then
	r.entries = r.entries[n:]
}

func (m *Memory) charge(r *ring, n int64) {
	r.bytes += n
	m.bytes += n
}

func (m *Memory) largest() *ring {
	var found *ring
	for _, r := range m.streams {
		if found == nil || r.bytes > found.bytes {
			found = r
		}
	}
	return found
}

func cost(e *messages.Entry) int64 {
	return entryCost + int64(len(e.Body)+len(e.Writer)+len(e.Kind))
}

func orDefault[T int | int64](n, otherwise T) T {
	if n <= 0 {
		return otherwise
	}
	return n
}
