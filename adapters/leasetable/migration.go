package leasetable

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// MigrationSettings say what is migrated, and how patiently.
type MigrationSettings struct {
	Who    string           // this process, unique
	Stream messages.Stream  // as DescribeStream tells it
	Shards []messages.Shard // as ListShards tells them; none = not compared with the leases

	Position string    // of the configuration: TRIM_HORIZON, LATEST or AT_TIMESTAMP
	Start    time.Time // beside AT_TIMESTAMP
	LatestAs LatestAs
	Drained  bool // the operator vouches that all that the other product took has landed (P7)
	Force    bool // go on though a KCL seems to run, or the leases seem to be another stream's

	Quiet  time.Duration // between the two looks that tell whether a KCL runs; 0 = 15 s
	Renew  time.Duration // of the lock; 0 = 5 s
	Stale  time.Duration // a lock that stood still for so long is taken over; 0 = 60 s
	Settle time.Duration // how long a new table may still seem to be the old one; 0 = 2 min

	// Export keeps the KCL's items, in DynamoDB's own JSON, before its table is
	// deleted; nil = not kept.
	Export func(items []map[string]any) error
	// Tell is told of each step; may be nil.
	Tell func(text string)
}

// The defaults of a migration. A KCL renews its leases every failover/3, 3.3 s
// by default; a failover time of more than 10 s needs a longer Quiet.
const (
	defaultQuiet  = 15 * time.Second
	defaultRenew  = 5 * time.Second
	defaultStale  = time.Minute
	defaultSettle = 2 * time.Minute
)

func (o MigrationSettings) complete() MigrationSettings {
	for _, d := range []struct {
		set    *time.Duration
		preset time.Duration
	}{{&o.Quiet, defaultQuiet}, {&o.Renew, defaultRenew}, {&o.Stale, defaultStale}, {&o.Settle, defaultSettle}} {
		if *d.set == 0 {
			*d.set = d.preset
		}
	}
	if o.Tell == nil {
		o.Tell = func(string) {}
	}
	return o
}

// MigrationReport is what a migration did, or would do.
type MigrationReport struct {
	Application string        `json:"application"`
	Stream      string        `json:"stream"`
	Table       Shape         `json:"table"`           // what was found
	Copy        Shape         `json:"copy"`            // <application>_migration
	Phase       Phase         `json:"phase,omitempty"` // of a migration that was cut off
	Next        Step          `json:"next"`            // what is done first
	Rows        []MigratedRow `json:"rows"`            // what the KCL's leases become
	Problems    []string      `json:"problems"`        // why it cannot be done
	Doubts      []string      `json:"doubts"`          // why it should perhaps not be done: --force
	Notes       []string      `json:"notes"`
	Migrated    bool          `json:"migrated"` // leases were taken over, to the end
	Drained     bool          `json:"drained"`  // the operator vouched for the stream's rows
	Left        []string      `json:"left"`     // what a human has to remove
}

// RefusedMigrationError says that nothing was, or may be, done yet, and why.
type RefusedMigrationError struct{ Report *MigrationReport }

func (e *RefusedMigrationError) Error() string {
	all := append(append([]string{}, e.Report.Problems...), e.Report.Doubts...)
	return fmt.Sprintf("table %s cannot be migrated as it is: %s", e.Report.Application, strings.Join(all, "; "))
}

// migration is one process at work on a migration.
type migration struct {
	MigrationSettings
	table  *Table // the application's
	copy   *Table // <application>_migration, this stream's rows
	lock   *migrationLock
	report *MigrationReport
}

func (t *Table) migration(o MigrationSettings) *migration {
	o = o.complete()
	m := &migration{MigrationSettings: o, table: t, copy: t.beside(t.name+migrationSuffix, t.stream)}
	m.lock = &migrationLock{table: t.beside(m.copy.name, markerStream), who: o.Who, renew: o.Renew, stale: o.Stale}
	m.report = &MigrationReport{
		Application: t.name, Stream: t.stream, Rows: []MigratedRow{}, Problems: []string{}, Doubts: []string{}, Notes: []string{}, Left: []string{},
	}
	return m
}

// PlanMigration says what Migrate would do. It writes nothing; it looks twice,
// Quiet apart, at a KCL's table, to tell whether a KCL still runs.
func (t *Table) PlanMigration(ctx context.Context, o MigrationSettings) (*MigrationReport, error) {
	m := t.migration(o)
	s, step, err := m.stand(ctx)
	if err != nil || step == StepRefuse {
		return m.report, err
	}
	switch step {
	case StepCopy:
		_, _, err = m.survey(ctx, s)
	case StepAdopt:
		err = m.surveyAdoption(ctx)
	}
	return m.report, err
}

// Migrate makes the application's table one that kinesnow can work on, whatever
// it is now, and whoever began that before (specs/kinesis-consumption.md 8):
//
//	a KCL's table       copied to <application>_migration, compared, deleted, made
//	                    anew, restored, compared, marked DONE
//	a sibling's table   taken as it is; with Drained the operator's word is kept
//	none                nothing
//
// It may be killed at any call and begun again anywhere. Until DONE no consumer
// starts (Prepare). Two at a time wait for each other.
//
// Errors: *RefusedMigrationError before anything was written. Rejected names
// the right that is missing and how to go on; what was copied stays, and the
// KCL's table is deleted only once its copy was compared with it.
func (t *Table) Migrate(ctx context.Context, o MigrationSettings) (*MigrationReport, error) {
	m := t.migration(o)
	for {
		s, step, err := m.stand(ctx)
		if err != nil {
			return m.report, err
		}
		switch step {
		case StepRefuse:
			return m.report, &RefusedMigrationError{m.report}
		case StepNothing:
			return m.report, nil
		case StepAdopt:
			return m.report, m.adopt(ctx)
		case StepCopy:
			err = m.begin(ctx, s)
		default:
			err = m.goOn(ctx)
		}
		if err == nil && m.report.Migrated && m.Drained && !m.report.Drained {
			err = m.adopt(ctx) // whoever came to the end had not said so
		}
		if err != nil || m.report.Migrated {
			return m.report, err
		}
		if err := sleep(ctx, firstLook); err != nil {
			return m.report, err
		}
	}
}

// stand looks where things are, for the report.
func (m *migration) stand(ctx context.Context) (*standing, Step, error) {
	s, err := m.table.lookAtMigration(ctx)
	if err != nil {
		return nil, "", err
	}
	step, why := s.next(m.table.name)
	if m.report.Next == "" { // what it begins with
		m.report.Table, m.report.Copy, m.report.Next = s.app.shape, s.copy.shape, step
		if s.marker != nil {
			m.report.Phase = s.marker.phase
		}
	}
	m.report.Problems, m.report.Doubts = []string{}, []string{}
	if step == StepRefuse {
		m.report.Problems = append(m.report.Problems, why)
	}
	return s, step, nil
}

// begin does what comes before the lock, so that nothing at all is written
// where the answer is no; then goes on.
func (m *migration) begin(ctx context.Context, s *standing) error {
	scan, plan, err := m.survey(ctx, s)
	if err != nil {
		return err
	}
	if len(plan.problems) > 0 || len(m.report.Doubts) > 0 && !m.Force {
		return &RefusedMigrationError{m.report}
	}
	for _, doubt := range m.report.Doubts {
		m.report.Notes = append(m.report.Notes, "gone on in spite of: "+doubt)
	}
	m.Tell(fmt.Sprintf("copying %d leases to %s", len(plan.rows), m.copy.name))
	if err := m.copy.ready(ctx); err != nil {
		return m.withoutCopy(err)
	}
	return m.locked(ctx, func(ctx context.Context) error {
		// Somebody may have come to the end while we waited for the lock, or
		// have copied it all and be dead.
		now, step, err := m.stand(ctx)
		switch {
		case err != nil:
			return err
		case step != StepCopy || now.app.id != s.app.id:
			return nil // look again
		}
		if err := m.copyAll(ctx, now, scan, plan); err != nil {
			return err
		}
		return m.swap(ctx)
	})
}

// goOn continues what somebody, or this process, began.
func (m *migration) goOn(ctx context.Context) error {
	return m.locked(ctx, func(ctx context.Context) error {
		_, step, err := m.stand(ctx)
		if err != nil {
			return err
		}
		switch step {
		case StepSwap:
			return m.swap(ctx)
		case StepRestore:
			return m.restore(ctx)
		case StepClean:
			return m.clean(ctx)
		}
		return nil // look again
	})
}

// locked runs a part of the migration under the lock, renewing it meanwhile.
func (m *migration) locked(ctx context.Context, work func(context.Context) error) error {
	err := m.lock.acquire(ctx, func(owner string) {
		m.Tell(fmt.Sprintf("%s works on this migration; waiting until it is done, or has stood still for %s", owner, m.Stale))
	})
	if err != nil {
		return missingIsNone(err) // the copy is gone: somebody came to the end
	}
	held, lost := context.WithCancelCause(ctx)
	renewing, stop := context.WithCancel(ctx)
	kept := make(chan struct{})
	go func() {
		defer close(kept)
		m.lock.keep(renewing, lost)
	}()
	err = work(held)
	stop()
	<-kept
	if cause := context.Cause(held); err != nil && cause != nil && ctx.Err() == nil {
		err = cause
	}
	lost(nil)
	if !m.report.Migrated && ctx.Err() == nil && !errors.Is(err, errOvertaken) {
		_ = m.lock.release(ctx) // else it goes stale
	}
	return err
}

// withoutCopy says what a role can do that may not make the copy.
func (m *migration) withoutCopy(err error) error {
	f := messages.AsFault("Migrate", err)
	if f.Reason == messages.ReasonDenied {
		f.Hint += "; nothing was written. Without that right: another application name starts anew, at kinesis.initial_position"
	}
	return f
}
