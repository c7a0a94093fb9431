package audit

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/kinesnow/kinesnow/adapters/warehouse"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor"
)

// mute is a witness who does not answer.
type mute struct {
	err error
	Leases
	Table
}

func (m mute) Stream(context.Context) (*messages.StreamRow, error) { return nil, m.err }

func (m mute) Status(context.Context, []string) (map[string]*messages.ChannelStatus, error) {
	return nil, m.err
}

func (m mute) Tally(context.Context, []warehouse.Span) ([]warehouse.Tally, error) { return nil, m.err }

// TestNobodyCallsExactWhatCouldNotBeAsked: whoever is silent, rows or none, and
// though everybody else agrees.
func TestNobodyCallsExactWhatCouldNotBeAsked(t *testing.T) {
	unreachable := errors.New("no route to host")
	refused := &messages.Fault{Class: messages.Rejected, Stop: messages.AccessDenied, Op: "snowpipe.token", Err: errors.New("JWT is invalid")}
	expected := func(a *Auditor) { a.Config.Snowflake.Warehouse = "AUDIT_WH" }
	for _, c := range []struct {
		name   string
		silent func(*Auditor)
		exit   int
		says   string
	}{
		{"channels unreachable", func(a *Auditor) { a.Channels = mute{err: unreachable} }, 69, "Snowflake's channels could not be asked: no route to host"},
		{"channels refuse", func(a *Auditor) { a.Channels = mute{err: refused} }, 77, "JWT is invalid"},
		{"table unreachable", func(a *Auditor) { a.Table = mute{err: unreachable} }, 69, "the table could not be counted: no route to host"},
		{"table refuses", func(a *Auditor) { a.Table = mute{err: refused} }, 77, "the table could not be counted: snowpipe.token: JWT is invalid"},
		{"both", func(a *Auditor) { a.Channels, a.Table = mute{err: unreachable}, mute{err: refused} }, 77, "asked: no route to host"},
		{"no ledgers either", func(a *Auditor) {
			a.Channels, a.Table, a.Journals = mute{err: unreachable}, mute{err: unreachable}, nil
		}, 69, "asked: no route to host"},
	} {
		for name, w := range map[string]*world{"no rows": newWorld(t), "rows": orderly(t)} {
			r := w.audit(expected, c.silent)
			var text strings.Builder
			if err := r.Text(&text); err != nil {
				t.Fatal(err)
			}
			said := strings.Join(strings.Fields(text.String()), " ")
			if r.Exact || r.ExitCode() != c.exit || !strings.Contains(said, "UNASKED") || strings.Contains(said, "EXACT") || strings.Count(said, c.says) != 1 {
				t.Errorf("%s, %s: exact %v, exit %d, want %d and %q once\n%s", c.name, name, r.Exact, r.ExitCode(), c.exit, c.says, text.String())
			}
		}
	}
	w := orderly(t)
	delete(w.rows, row(3))
	if r := w.audit(expected, func(a *Auditor) { a.Channels = mute{err: unreachable} }); r.ExitCode() != 2 {
		t.Errorf("exit %d with a row missing, want 2", r.ExitCode())
	}
	if r := orderly(t).audit(func(a *Auditor) { a.Table = mute{err: unreachable} }); !r.Exact || r.ExitCode() != 0 {
		t.Errorf("exit %d, %+v: nobody promised a table without a warehouse", r.ExitCode(), r.Findings)
	}
	a := &Auditor{Config: supervisor.Config{}, Leases: mute{err: refused}}
	if _, err := a.Run(t.Context(), noon); !errors.Is(err, refused) {
		t.Errorf("without the lease table: %v", err)
	}
}

// TestNothingIsComparedWithNothing: of a connector that has committed no row yet,
// nobody's counters disagree.
func TestNothingIsComparedWithNothing(t *testing.T) {
	r := &Report{}
	if got := r.counters(); got != "" {
		t.Errorf("%q of no rows", got)
	}
	r.Sums.Committed = 1
	if got := r.counters(); got != "Snowflake's counters do not compare" {
		t.Errorf("%q of a row", got)
	}
}
