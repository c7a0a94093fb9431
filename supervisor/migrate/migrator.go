package migrate

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"

	"github.com/kinesnow/kinesnow/adapters/leasetable"
	"github.com/kinesnow/kinesnow/adapters/stream"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor"
	"github.com/kinesnow/kinesnow/supervisor/access"
)

// RefusedError says that nothing was, or may be, done yet; the report says why.
type RefusedError = leasetable.RefusedMigrationError

// Report is what a migration did, or would do. Its JSON is stable.
type Report struct {
	Connector string `json:"connector"`
	*leasetable.MigrationReport
	Export string `json:"export,omitempty"` // file with the KCL's items
}

// Answers are what a human says to a migration.
type Answers struct {
	Drained  bool                // all that the other product read has landed in the table
	LatestAs leasetable.LatestAs // where a lease at LATEST starts
	Force    bool                // go on in spite of doubts
}

// ParseLatestAs reads --latest-as.
func ParseLatestAs(text string) (leasetable.LatestAs, error) {
	switch as := leasetable.LatestAs(text); as {
	case leasetable.LatestUnanswered, leasetable.LatestAsHorizon, leasetable.LatestAsNow:
		return as, nil
	}
	return "", fmt.Errorf("%q is neither trim_horizon nor now", text)
}

// Migrator migrates one connector's lease table.
type Migrator struct {
	name    string
	cfg     supervisor.Config
	dataDir string
	stream  *stream.Client
	table   *leasetable.Table

	// Tell is told of each step; may be nil.
	Tell func(text string)
	// Quiet is how long is looked whether another product still runs; 0 = 15 s. A
	// KCL with a failover time above 10 s needs one and a half times that.
	Quiet time.Duration
}

// New wires a migrator to a connector's configuration. Nothing is sent yet. Of
// the host AWS and DataDir count: the latter holds the KCL's items; "" = the
// working directory.
func New(name string, cfg supervisor.Config, host supervisor.Host) *Migrator {
	c := access.Lent(host.AWS, cfg.AWS)
	return &Migrator{name: name, cfg: cfg, dataDir: host.DataDir, stream: access.Stream(name, cfg, c), table: access.Table(cfg, c)}
}

// Plan says what Run would do. It writes nothing.
//
// Errors are *messages.Fault.
func (m *Migrator) Plan(ctx context.Context, a Answers) (*Report, error) {
	r := &Report{Connector: m.name}
	o, err := m.settings(ctx, a, r)
	if err != nil {
		return nil, err
	}
	r.MigrationReport, err = m.table.PlanMigration(ctx, o)
	return r, err
}

// Run migrates. The report says how far it came, beside an error too.
//
// Errors: *leasetable.RefusedMigrationError before anything was written, else
// *messages.Fault.
func (m *Migrator) Run(ctx context.Context, a Answers) (*Report, error) {
	r := &Report{Connector: m.name}
	o, err := m.settings(ctx, a, r)
	if err != nil {
		return nil, err
	}
	r.MigrationReport, err = m.table.Migrate(ctx, o)
	return r, err
}

// settings asks the stream what it is, so that leases of another one are found.
func (m *Migrator) settings(ctx context.Context, a Answers, r *Report) (leasetable.MigrationSettings, error) {
	described, err := m.stream.Describe(ctx)
	if err != nil {
		return leasetable.MigrationSettings{}, err
	}
	shards, err := m.stream.List(ctx, stream.TrimToTip)
	if err != nil {
		return leasetable.MigrationSettings{}, err
	}
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	position := m.cfg.Kinesis.InitialPosition
	return leasetable.MigrationSettings{
		Who: host + "/" + uuid.NewString(), Stream: *described, Shards: shards,
		Position: string(position.Kind), Start: position.At,
		LatestAs: a.LatestAs, Drained: a.Drained, Force: a.Force,
		Quiet: m.Quiet, Tell: m.Tell, Export: func(items []map[string]any) error { return m.export(r, items) },
	}, nil
}

// export writes the KCL's items to a file that nobody else may read, item by
// item as aws dynamodb put-item takes them.
func (m *Migrator) export(r *Report, items []map[string]any) error {
	folder := filepath.Join(m.dataDir, "migration")
	if m.dataDir == "" {
		folder = "."
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	path := filepath.Join(folder, m.cfg.Application+"-"+time.Now().UTC().Format("20060102T150405.000Z")+".json")
	text, err := json.MarshalIndent(items, "", "  ")
	if err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(append(text, '\n'))
	if err = errors.Join(err, file.Sync(), file.Close()); err == nil {
		r.Export = path
	}
	return err
}

// ExitCode is what the end of a migration means for a process: 2 where a human
// has to decide or to tidy up, 77 where a right is missing, 69 where something
// is missing or unreachable.
func ExitCode(r *Report, err error) int {
	var refused *RefusedError
	var fault *messages.Fault
	switch {
	case errors.As(err, &refused):
		return 2
	case errors.As(err, &fault) && fault.Stop != "":
		return fault.Stop.ExitCode()
	case errors.As(err, &fault):
		return messages.TargetMissing.ExitCode()
	case err != nil:
		return 1
	case r.MigrationReport != nil && len(r.Problems)+len(r.Doubts)+len(r.Left) > 0:
		return 2
	}
	return 0
}
