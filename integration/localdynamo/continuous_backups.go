package localdynamo

import "time"

// Days that point-in-time recovery reaches back: AWS API reference,
// "PointInTimeRecoverySpecification".
const (
	minRecoveryDays = 1
	maxRecoveryDays = 35
)

// describeContinuousBackups is DescribeContinuousBackups.
type describeContinuousBackups struct{ tableRef }

type continuousBackups struct {
	ContinuousBackupsStatus        string
	PointInTimeRecoveryDescription recovery
}

type recovery struct {
	PointInTimeRecoveryStatus  string
	EarliestRestorableDateTime wireTime `json:",omitzero"`
	LatestRestorableDateTime   wireTime `json:",omitzero"`
	RecoveryPeriodInDays       int64    `json:",omitempty"`
}

// describeBackups: continuous backups are on for every table, recovery for
// those that ask.
func (d definition) describeBackups(now time.Time) any {
	shown := continuousBackups{"ENABLED", recovery{PointInTimeRecoveryStatus: "DISABLED"}}
	if !d.Recovery.IsZero() {
		shown.PointInTimeRecoveryDescription = recovery{"ENABLED", wireTime(d.Recovery), wireTime(now), d.RecoveryDays}
	}
	return struct{ ContinuousBackupsDescription continuousBackups }{shown}
}

func noBackups(name string) error { return fail("TableNotFoundException", "Table not found: %s", name) }

func (d *describeContinuousBackups) access() []access {
	return []access{{action: "DescribeContinuousBackups", table: d.name()}}
}
func (d *describeContinuousBackups) key(*store) string { return d.name() }
func (d *describeContinuousBackups) check() error      { return d.checkOwnTable() }

func (d *describeContinuousBackups) serve(s *Server) (any, error) {
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	t := s.store.find(d.name())
	if t == nil {
		return nil, noBackups(d.name())
	}
	return t.definition.describeBackups(s.options.Now()), nil
}

// updateContinuousBackups is UpdateContinuousBackups: it switches
// point-in-time recovery, which nothing here can be restored from.
type updateContinuousBackups struct {
	tableRef
	PointInTimeRecoverySpecification *struct {
		PointInTimeRecoveryEnabled *bool
		RecoveryPeriodInDays       *int64
	}
}

func (u *updateContinuousBackups) access() []access {
	return []access{{action: "UpdateContinuousBackups", table: u.name()}}
}
func (u *updateContinuousBackups) key(*store) string { return u.name() }

func (u *updateContinuousBackups) check() error {
	if err := u.checkOwnTable(); err != nil {
		return err
	}
	spec := u.PointInTimeRecoverySpecification
	if spec == nil {
		return required("pointInTimeRecoverySpecification")
	}
	if spec.PointInTimeRecoveryEnabled == nil {
		return required("pointInTimeRecoverySpecification.pointInTimeRecoveryEnabled")
	}
	if !*spec.PointInTimeRecoveryEnabled && spec.RecoveryPeriodInDays != nil {
		return invalid("Invalid Request: Cannot specify RecoveryPeriodInDays when disabling point-in-time recovery.")
	}
	const days = "pointInTimeRecoverySpecification.recoveryPeriodInDays"
	if err := atLeast(days, spec.RecoveryPeriodInDays, minRecoveryDays); err != nil {
		return err
	}
	return atMost(days, spec.RecoveryPeriodInDays, maxRecoveryDays)
}

func (u *updateContinuousBackups) serve(s *Server) (any, error) {
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	t, now := s.store.find(u.name()), s.options.Now()
	if t == nil {
		return nil, noBackups(u.name())
	}
	if status := t.status(now); status == "CREATING" || status == "DELETING" {
		return nil, fail("ContinuousBackupsUnavailableException", "Backups are being enabled for the table: %s. Please retry later", u.name())
	}
	d, spec := t.definition, u.PointInTimeRecoverySpecification
	switch {
	case !*spec.PointInTimeRecoveryEnabled:
		d.Recovery, d.RecoveryDays = time.Time{}, 0
	case d.Recovery.IsZero():
		d.Recovery, d.RecoveryDays = now, maxRecoveryDays
	}
	if spec.RecoveryPeriodInDays != nil && !d.Recovery.IsZero() {
		d.RecoveryDays = *spec.RecoveryPeriodInDays
	}
	if err := s.store.commit(change{Alter: &d}); err != nil {
		return nil, err
	}
	return d.describeBackups(now), nil
}
