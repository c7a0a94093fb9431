package leasetable

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// Phase is how far a migration has come. It only ever goes forward, but for
// COPYING, which begins anew as often as it takes while the KCL's table is there.
type Phase string

// The phases (specs/kinesis-consumption.md 8).
const (
	PhaseNone      Phase = ""
	PhaseCopying   Phase = "COPYING"   // the KCL's table is whole, the copy is not
	PhaseCopied    Phase = "COPIED"    // both are whole, and were compared
	PhaseSwapping  Phase = "SWAPPING"  // the KCL's table is being replaced by an empty one
	PhaseRestoring Phase = "RESTORING" // the rows are being put into the new table
	PhaseDone      Phase = "DONE"      // kept in the new table: the copy is not needed any more
)

// whole reports whether the copy has every row.
func (p Phase) whole() bool { return p == PhaseCopied || p == PhaseSwapping || p == PhaseRestoring }

// The marker of a migration: one item in the copy, and at the end one in the
// new table. Its hash key is no legal stream name, for a table of several
// streams is migrated as a whole.
const (
	markerStream = "*"
	markerKey    = "__migration__"

	attrPhase       = "migrationPhase"
	attrMigrator    = "migrationOwner"
	attrMigration   = "migrationEpoch"  // who writes: in the marker and in each copied row
	attrCopyEpoch   = "copyEpoch"       // whose rows make the copy; 0 = a sibling product's
	attrSourceID    = "sourceTable"     // TableId of the KCL's table
	attrCopyRows    = "copyRows"        // how many
	attrCopyDigest  = "copyDigest"      // SHA-256 over them
	attrSiblingWord = "migrationStatus" // a sibling's own marker: IN_PROGRESS, COMPLETE
	attrRenameOwner = "renameOwner"     // a sibling waits while somebody else has it
	attrRenameAt    = "renameStartedAt" // ms; a sibling takes over 120 s later
)

// farAway keeps a sibling product that starts in the middle from going on with
// our copy: its rows do not say what it would take them to say. Year 9999, ms.
const farAway = 253370764800000

// marker is what the marker's item says.
type marker struct {
	phase     Phase
	owner     string // "" = nobody works on it
	epoch     int64
	counter   int64 // moves while the owner is alive
	copyEpoch int64
	source    string
	rows      int64
	digest    string
}

func readMarker(it item) (*marker, error) {
	f := &fields{item: it}
	m := &marker{
		phase: Phase(f.text(attrPhase)), owner: f.text(attrMigrator), epoch: f.number(attrMigration), counter: f.number(attrCounter),
		copyEpoch: f.number(attrCopyEpoch), source: f.text(attrSourceID), rows: f.number(attrCopyRows), digest: f.text(attrCopyDigest),
	}
	return m, f.err
}

// readMarkerOf reads a table's marker; nil where there is none.
func (t *Table) readMarkerOf(ctx context.Context) (*marker, error) {
	it, err := t.beside(t.name, markerStream).get(ctx, markerKey, "")
	if err != nil || it == nil {
		return nil, err
	}
	m, err := readMarker(it)
	return m, t.unreadable("GetItem", "", err)
}

// errOvertaken ends a migration that another process has taken over.
var errOvertaken = errors.New("another process has taken the migration over")

// migrationLock is the right to work on a migration: the marker's owner and
// epoch. Whoever stands still for Stale by the observer's own clock loses it; no
// wall clock is compared.
type migrationLock struct {
	table   *Table // the copy, hash key markerStream
	who     string
	renew   time.Duration
	stale   time.Duration
	mu      sync.Mutex // one write at a time
	state   marker
	touched time.Time // when the marker was last written
}

// now is the marker as our last write left it.
func (l *migrationLock) now() marker {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.state
}

// keep renews the lock until ctx ends, and ends what lost says when it is gone.
func (l *migrationLock) keep(ctx context.Context, lost context.CancelCauseFunc) {
	for sleep(ctx, l.renew) == nil {
		if err := l.hold(ctx, nil); errors.Is(err, errOvertaken) {
			lost(err)
			return
		}
	}
}

// acquire takes the lock, waiting for a live owner at most as long as ctx.
// waiting is told once.
func (l *migrationLock) acquire(ctx context.Context, waiting func(owner string)) error {
	var seen *marker
	var since time.Time
	for {
		it, err := l.table.get(ctx, markerKey, "")
		if err != nil {
			return err
		}
		found, err := readMarker(it)
		if err != nil {
			return l.table.unreadable("GetItem", "", err)
		}
		now := time.Now()
		if seen == nil || seen.owner != found.owner || seen.counter != found.counter || seen.epoch != found.epoch {
			if seen == nil && found.owner != "" && found.owner != l.who {
				waiting(found.owner)
			}
			seen, since = found, now
		}
		if found.owner == "" || found.owner == l.who || now.Sub(since) >= l.stale {
			took, err := l.take(ctx, found, it == nil)
			if took || err != nil {
				return err
			}
			seen = nil
			continue
		}
		if err := sleep(ctx, min(l.renew, l.stale/4)); err != nil {
			return fmt.Errorf("waiting for %s, who migrates this table: %w", found.owner, err)
		}
	}
}

// take makes the marker ours, as it was found.
func (l *migrationLock) take(ctx context.Context, found *marker, absent bool) (bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	u := l.table.change(markerKey)
	u.countUp(attrCounter)
	u.put(attrMigrator, text(l.who))
	u.put(attrMigration, number(found.epoch+1))
	if absent {
		u.require("attribute_not_exists(#" + attrShard + ")")
	} else {
		u.require(u.asSeen(attrMigration, found.epoch))
		u.require(u.asSeen(attrCounter, found.counter))
		u.requireText(attrMigrator, found.owner)
	}
	it, err := l.table.send(ctx, "", u)
	var refused *refusedError
	switch {
	case errors.As(err, &refused):
		return false, nil // somebody was faster
	case err != nil:
		return false, err
	}
	return true, l.took(it)
}

func (l *migrationLock) took(it item) error {
	m, err := readMarker(it)
	if err != nil {
		return l.table.unreadable("UpdateItem", "", err)
	}
	l.state, l.touched = *m, time.Now()
	return nil
}

// hold writes the marker under our epoch, which proves that it is still ours,
// and what more is to be said.
//
// Errors: errOvertaken when it is not.
func (l *migrationLock) hold(ctx context.Context, more func(*update)) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	u := l.table.change(markerKey)
	u.countUp(attrCounter)
	if more != nil {
		more(u)
	}
	u.requireEqual(attrMigrator, text(l.who))
	u.requireEqual(attrMigration, number(l.state.epoch))
	it, err := l.table.send(ctx, "", u)
	var refused *refusedError
	if errors.As(err, &refused) {
		return &messages.Fault{Class: messages.Fenced, Reason: messages.ReasonLeaseLost, Op: "leasetable.Migrate", Err: errOvertaken, Complete: true}
	}
	if err != nil {
		return err
	}
	return l.took(it)
}

// still is hold, unless the marker was ours a moment ago. A lock lives for a
// minute; this is for the many small writes.
func (l *migrationLock) still(ctx context.Context) error {
	l.mu.Lock()
	fresh := time.Since(l.touched) < l.renew/4
	l.mu.Unlock()
	if fresh {
		return nil
	}
	return l.hold(ctx, nil)
}

// enter goes to a phase.
func (l *migrationLock) enter(ctx context.Context, phase Phase, more func(*update)) error {
	return l.hold(ctx, func(u *update) {
		u.put(attrPhase, text(phase))
		if more != nil {
			more(u)
		}
	})
}

// release lets others begin at once.
func (l *migrationLock) release(ctx context.Context) error {
	return l.hold(ctx, func(u *update) { u.drop(attrMigrator) })
}

// sleep waits, or less when ctx ends, and returns its error then.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// beside is another table of the same account, or another stream's rows.
func (t *Table) beside(name, stream string) *Table {
	return &Table{client: t.client, name: name, stream: stream, now: t.now, credentials: t.credentials, known: map[messages.ShardID]*messages.ShardRow{}}
}
