package supervisor

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/kinesnow/kinesnow/adapters/journal"
	"github.com/kinesnow/kinesnow/messages"
)

const (
	// pendingLimit is how many appends wait for the node's journal.
	pendingLimit = 1024
	// openAgain is how long a journal that could not be opened is left alone.
	openAgain = 10 * time.Second
)

// lateJournal keeps events in memory until the node's journal can be opened:
// its folder carries the node's name, which is only known once a slot is
// claimed. What could not be opened is tried again while events come.
type lateJournal struct {
	turn    sync.Mutex // one append at a time, which may wait for the disk; guards the three below
	pending []pendingEntries
	tried   time.Time
	waiting bool // for the node's journal: what is appended is handed to it, too

	mu    sync.RWMutex // guards what follows; held for memory only
	now   messages.Journal
	open  func() (messages.Journal, error) // how the node's is opened; nil = not known yet, or done
	state messages.JournalState            // what now does not tell itself
}

type pendingEntries struct {
	stream  string
	entries []messages.Entry
}

// newLateJournal uses a host's journal at once, else memory for the time being.
func newLateJournal(host messages.Journal) *lateJournal {
	if host != nil {
		return &lateJournal{now: host}
	}
	return &lateJournal{now: &journal.Memory{}, waiting: true}
}

// openWith says how the node's journal is opened, and opens it, once. The error
// is the first try's.
func (l *lateJournal) openWith(ctx context.Context, open func() (messages.Journal, error)) error {
	l.turn.Lock()
	defer l.turn.Unlock()
	if !l.waiting {
		return nil
	}
	l.mu.Lock()
	l.open = open
	l.mu.Unlock()
	return l.tryOpen(ctx)
}

// tryOpen moves to the node's journal, and hands it what was kept for it. turn
// is held.
func (l *lateJournal) tryOpen(ctx context.Context) error {
	l.tried = time.Now()
	opened, err := l.open()
	l.mu.Lock()
	if err != nil {
		l.state.Error = fmt.Sprintf("the journal is kept in memory: %v", err)
		l.mu.Unlock()
		return err
	}
	l.now, l.open, l.waiting, l.state.Error = opened, nil, false, ""
	l.mu.Unlock()
	for _, p := range l.pending {
		_ = opened.Append(ctx, p.stream, p.entries) // counted there
	}
	l.pending = nil
	return nil
}

// Append implements messages.Journal.
func (l *lateJournal) Append(ctx context.Context, stream string, entries []messages.Entry) error {
	l.turn.Lock()
	defer l.turn.Unlock()
	if l.open != nil && time.Since(l.tried) >= openAgain { // only changed in turn
		_ = l.tryOpen(ctx) // told by State
	}
	switch {
	case !l.waiting:
	case len(l.pending) < pendingLimit:
		l.pending = append(l.pending, pendingEntries{stream, slices.Clone(entries)})
	case l.open != nil:
		l.count(func(s *messages.JournalState) { s.Dropped += int64(len(entries)) })
	}
	now := l.current()
	err := now.Append(ctx, stream, entries)
	if _, tells := now.(interface{ State() messages.JournalState }); !tells {
		l.count(func(s *messages.JournalState) {
			if s.Error = ""; err != nil {
				s.Error, s.Dropped = err.Error(), s.Dropped+int64(len(entries))
				return
			}
			s.Written += int64(len(entries))
		})
	}
	return err
}

func (l *lateJournal) count(change func(*messages.JournalState)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	change(&l.state)
}

func (l *lateJournal) current() messages.Journal {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.now
}

// State returns how the journal in use is, and why it is not the node's. It
// never waits for the disk.
func (l *lateJournal) State() messages.JournalState {
	l.mu.RLock()
	own, now := l.state, l.now
	l.mu.RUnlock()
	teller, tells := now.(interface{ State() messages.JournalState })
	if !tells {
		return own
	}
	s := teller.State()
	s.Dropped += own.Dropped
	if s.Error == "" {
		s.Error = own.Error
	}
	return s
}

// Read implements messages.Journal.
func (l *lateJournal) Read(ctx context.Context, stream string, after uint64, yield func(messages.Entry) bool) error {
	return l.current().Read(ctx, stream, after, yield)
}

// Close implements messages.Journal.
func (l *lateJournal) Close() error { return l.current().Close() }
