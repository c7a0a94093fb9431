package supervisor

import (
	"context"
	"sync"

	"github.com/kinesnow/kinesnow/adapters/journal"
	"github.com/kinesnow/kinesnow/messages"
)

// lateJournal keeps events in memory until the node's journal can be opened:
// its folder carries the node's name, which is only known once a slot is
// claimed.
type lateJournal struct {
	mu      sync.RWMutex
	now     messages.Journal
	pending []pendingEntries // what was kept before; nil once the real one is in use
	real    bool
}

type pendingEntries struct {
	stream  string
	entries []messages.Entry
}

// newLateJournal uses a host's journal at once, else memory for the time being.
func newLateJournal(host messages.Journal) *lateJournal {
	if host != nil {
		return &lateJournal{now: host, real: true}
	}
	return &lateJournal{now: &journal.Memory{}}
}

func (l *lateJournal) opened() bool {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.real
}

// use moves to the real journal, and hands it what was kept before.
func (l *lateJournal) use(ctx context.Context, j messages.Journal) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, p := range l.pending {
		if err := j.Append(ctx, p.stream, p.entries); err != nil {
			return err
		}
	}
	l.now, l.real, l.pending = j, true, nil
	return nil
}

// Append implements messages.Journal.
func (l *lateJournal) Append(ctx context.Context, stream string, entries []messages.Entry) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.real && len(l.pending) < 1024 {
		l.pending = append(l.pending, pendingEntries{stream, append([]messages.Entry(nil), entries...)})
	}
	return l.now.Append(ctx, stream, entries)
}

// Read implements messages.Journal.
func (l *lateJournal) Read(ctx context.Context, stream string, after uint64, yield func(messages.Entry) bool) error {
	l.mu.RLock()
	now := l.now
	l.mu.RUnlock()
	return now.Read(ctx, stream, after, yield)
}

// Close implements messages.Journal.
func (l *lateJournal) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.now.Close()
}
