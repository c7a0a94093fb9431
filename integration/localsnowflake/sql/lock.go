package sql

import (
	"context"
	"strconv"
	"sync"
	"time"
)

// locks lets one transaction at a time change the rows that are already in a
// table. Readers and INSERTs do not wait, as in the service
// (docs.snowflake.com/sql-reference/transactions).
type locks struct {
	mu      sync.Mutex
	holders map[int64]*holder // by table ID
}

// holder is a transaction that may hold and await locks.
type holder struct {
	tables   map[int64]bool
	awaits   *holder
	released chan struct{} // closed when it lets go of its locks
}

func newHolder() *holder {
	return &holder{tables: map[int64]bool{}, released: make(chan struct{})}
}

// take waits until h holds a table's lock, at most for so long.
func (l *locks) take(ctx context.Context, h *holder, table int64, most time.Duration) error {
	deadline := time.NewTimer(most)
	defer deadline.Stop()
	for {
		l.mu.Lock()
		other := l.holders[table]
		if other == nil || other == h {
			if l.holders == nil {
				l.holders = map[int64]*holder{}
			}
			l.holders[table], h.tables[table] = h, true
			l.mu.Unlock()
			return nil
		}
		for o := other; o != nil; o = o.awaits {
			if o == h {
				l.mu.Unlock()
				return runtimeError(606, "57014", "Statement was aborted: its transaction and another one wait for each other's locks.")
			}
		}
		h.awaits = other
		wait := other.released
		l.mu.Unlock()
		var err error
		select {
		case <-wait:
		case <-ctx.Done():
			err = runtimeError(604, "57014", "SQL execution canceled")
		case <-deadline.C:
			err = runtimeError(625, "57014", "Statement was aborted: another transaction held the table's lock for longer than LOCK_TIMEOUT.")
		}
		l.mu.Lock()
		h.awaits = nil
		l.mu.Unlock()
		if err != nil {
			return err
		}
	}
}

// release lets go of all that h holds; h may take locks again.
func (l *locks) release(h *holder) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for table := range h.tables {
		delete(l.holders, table)
	}
	if len(h.tables) > 0 {
		close(h.released)
		h.tables, h.released = map[int64]bool{}, make(chan struct{})
	}
}

// lock takes a table's lock for the rest of the transaction, or of the
// statement where there is none.
func (e *environment) lock(table int64) error {
	if e.holder == nil {
		if e.holder = newHolder(); e.session.transaction() != nil {
			e.holder = e.session.transaction().holder
		}
	}
	most := 12 * time.Hour // LOCK_TIMEOUT's default
	if n, err := strconv.Atoi(e.session.Parameter("LOCK_TIMEOUT")); err == nil {
		most = time.Duration(n) * time.Second
	}
	return e.engine.locks.take(e.ctx, e.holder, table, most)
}

// release ends the locks of a statement that is its own transaction.
func (e *environment) release() {
	if e.holder != nil && (e.session.transaction() == nil || e.session.transaction().holder != e.holder) {
		e.engine.locks.release(e.holder)
	}
}
