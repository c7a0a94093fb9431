package latency

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/kinesnow/kinesnow/adapters/warehouse"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor"
	"github.com/kinesnow/kinesnow/supervisor/access"
	"github.com/kinesnow/kinesnow/supervisor/fleet"
)

// Bounds of a window.
const (
	DefaultWindow = 15 * time.Minute
	MinWindow     = time.Second
	MaxWindow     = 24 * time.Hour
)

// Report is one connector's latency. Its JSON is stable.
type Report struct {
	Connector     string   `json:"connector"`
	Target        string   `json:"target"`
	WindowSeconds float64  `json:"windowSeconds"` // rows that were committed within it
	LingerSeconds float64  `json:"lingerSeconds"` // how long the connector lets a batch fill
	Rows          Figures  `json:"rows"`          // arrival to commit, of all rows
	Worst         []Shard  `json:"worst"`         // up to warehouse.MaxWorst, by the 99th percentile
	Process       *Process `json:"process,omitempty"`
	Refused       string   `json:"refused,omitempty"` // why the table tells nothing
	Fix           string   `json:"fix,omitempty"`     // the SQL that changes that; "" where none does

	path []string // of the table, exact
	kind warehouse.Kind
	err  error
}

// Figures are a distribution. The percentiles are approximate.
type Figures struct {
	Rows       int64   `json:"rows"`
	P50Seconds float64 `json:"p50Seconds"`
	P90Seconds float64 `json:"p90Seconds"`
	P99Seconds float64 `json:"p99Seconds"`
	MaxSeconds float64 `json:"maxSeconds"`
}

// Shard is the figures of one shard's rows.
type Shard struct {
	Shard string `json:"shard"`
	Figures
}

// Measure asks a connector's table, which takes a warehouse, and processes at
// the base URLs of their read-only ports for what they saw. The report says why
// there is nothing where there is none.
func Measure(ctx context.Context, name string, cfg supervisor.Config, window time.Duration, processes []string) *Report {
	s := cfg.Snowflake
	r := &Report{
		Connector: name, Target: s.Database + "." + s.Schema + "." + s.Table, WindowSeconds: window.Seconds(), LingerSeconds: s.Linger.Seconds(), Worst: []Shard{},
		Process: ask(ctx, name, processes), path: []string{s.Database, s.Schema, s.Table},
	}
	r.refuse(r.measure(ctx, cfg, window))
	return r
}

func (r *Report) measure(ctx context.Context, cfg supervisor.Config, window time.Duration) error {
	w, err := access.Warehouse(cfg.Snowflake)
	if err != nil {
		return err
	}
	defer w.Close()
	table, err := w.Describe(ctx, cfg.Snowflake.Table)
	if err != nil {
		return err
	}
	if table.Kind == warehouse.Interactive {
		r.Refused = "ROW_TIMESTAMP is not available for interactive tables"
		return nil
	}
	r.kind = table.Kind
	positions, err := w.Positions(cfg.Snowflake.Table, cfg.Kinesis.StreamName())
	if err != nil {
		return err
	}
	if target, err := w.TargetOf(ctx, table, cfg.Snowflake.Pipe); err == nil {
		switch m := target.Metadata; {
		case m.Readable():
			positions = positions.By(m)
		case m.Fate == warehouse.Coming:
			return nil // with the first row
		case m.Fate == warehouse.Dropped:
			r.Refused = "the rows do not say when their records arrived: " + m.Why
			return nil
		}
	}
	all, worst, err := positions.Latencies(ctx, window)
	r.Rows = figures(all)
	for _, l := range worst {
		r.Worst = append(r.Worst, Shard{string(l.Shard), figures(l)})
	}
	return err
}

func figures(l warehouse.Latency) Figures {
	// An approximate percentile has digits that mean nothing.
	ms := func(d time.Duration) float64 { return float64(d.Round(time.Millisecond).Milliseconds()) / 1000 }
	return Figures{l.Rows, ms(l.P50), ms(l.P90), ms(l.P99), ms(l.Max)}
}

// refuse says why there are no figures.
func (r *Report) refuse(err error) {
	if err == nil {
		return
	}
	r.Refused = err.Error()
	var f *messages.Fault
	if errors.As(err, &f) && f.Reason == messages.ReasonRefused && strings.Contains(err.Error(), warehouse.CommitTime) {
		r.Refused = "the table keeps no commit times"
		if path, err := warehouse.Path(r.path...); err == nil {
			r.Fix = warehouse.Alter(r.kind, path) + " SET ROW_TIMESTAMP = TRUE"
		}
		return
	}
	r.err = err
}

// ExitCode is 0 beside figures, 2 where the table has to be altered or cannot
// tell, else that of a table that cannot be asked.
func (r *Report) ExitCode() int {
	switch {
	case r.err != nil:
		return fleet.ExitCode(r.err)
	case r.Refused != "":
		return 2
	}
	return 0
}
