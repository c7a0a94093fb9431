package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/kinesnow/kinesnow/integration/exact"
	"github.com/kinesnow/kinesnow/integration/fault"
	"github.com/kinesnow/kinesnow/integration/localcloud"
	"github.com/kinesnow/kinesnow/integration/localsnowflake"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/rowstore"
	"github.com/kinesnow/kinesnow/supervisor/audit"
)

// settleWithin bounds how long after the last blow everything must be in the
// table: an append's own retries take up to 30 s, a backoff up to 30 s more.
const settleWithin = 90 * time.Second

// settle waits until the table has as many rows as were put. It returns how
// long that took, and false when it did not come to that in time.
func (w *world) settle(ctx context.Context) (time.Duration, bool) {
	began := time.Now()
	for w.rows() < int64(w.log.len()) {
		if time.Since(began) > settleWithin || !sleep(ctx, 50*time.Millisecond) {
			return time.Since(began), false
		}
	}
	return time.Since(began), true
}

// compare holds the table against the puts.
func (w *world) compare() (*exact.Result, error) {
	c := newComparison(w.log)
	err := w.landed(1, func(r rowstore.Row) bool {
		c.row(r)
		return true
	})
	return c.end(), err
}

// conclude ends a world in order: everything arrives, processes drain, the
// audit is asked, rows are compared. It returns what is wrong.
func (w *world) conclude(ctx context.Context, auditor program, out io.Writer) []string {
	w.calm()
	took, arrived := w.settle(ctx)
	w.trace.say("settled", "", "seconds", took.Seconds(), "rows", w.rows(), "put", w.log.len())
	if !arrived {
		w.tell("%s after the last blow %d of %d rows are in the table", took.Round(time.Second), w.rows(), w.log.len())
		w.survey(ctx)
	} else {
		fmt.Fprintf(out, "  all rows in the table %.1f s after the last blow\n", took.Seconds())
	}
	w.fleet.drain(drainWithin)
	w.dump()
	if err := w.audit(ctx, auditor, out); err != nil {
		w.tell("%v", err)
	}
	found, err := w.compare()
	if err != nil {
		w.tell("the table cannot be read: %v", err)
	}
	fmt.Fprintf(out, "  %s   %s\n", found.Counts(), exact.Verdict(found.Exact()))
	trouble := w.troubles()
	if !found.Exact() {
		trouble = append(append(trouble, "rows are not what was put"), found.Details...)
	}
	return trouble
}

// survey writes down what every process says of itself.
func (w *world) survey(ctx context.Context) {
	for _, p := range w.places {
		if c := p.now(); c != nil {
			w.save(p.name()+"-state.json", look(ctx, c))
		}
	}
}

// dump writes down what the services know: they are gone with this process.
func (w *world) dump() {
	w.save("leases.json", w.cloud.Dynamo.Items(localcloud.LeaseTable(streamName)))
	w.save("channels.json", w.cloud.Snowflake.Channels())
	w.save("shards.json", w.shards())
}

func (w *world) save(name string, v any) {
	text, err := json.MarshalIndent(v, "", " ")
	if err == nil {
		err = os.WriteFile(filepath.Join(w.plan.dir, name), text, 0o600)
	}
	if err != nil {
		w.tell("%s: %v", name, err)
	}
}

// noSQL is Snowflake's answer to a user who may not use SQL.
var noSQL = &fault.Refusal{Status: http.StatusForbidden, Code: "390100", Message: "Incorrect username or password was specified."}

// audit asks `kinesnow audit`, the real one. An error means that it is not
// content.
func (w *world) audit(ctx context.Context, p program, out io.Writer) error {
	config, err := w.auditConfig()
	if err != nil {
		return err
	}
	if w.plan.onDisk { // the local server would read every row for each of hundreds of questions
		w.cloud.Snowflake.Faults().Set(localsnowflake.ActionLogin, fault.Always(fault.Effect{Refuse: noSQL}))
	}
	text, asked := output(ctx, "", p.path, "audit", "-c", config, "-o", "json")
	path := filepath.Join(w.plan.dir, "audit.json")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		return err
	}
	var report audit.Report
	if err := json.Unmarshal(text, &report); err != nil {
		return fmt.Errorf("audit: %w; its answer is no report: %w", asked, err)
	}
	s := report.Sums
	fmt.Fprintf(out, "  audit: read %d, committed %d, missing %d, doubled %d, witnessed %d, bridged %d, unexplained %d; %d ledgers; exact %t\n",
		s.Read, s.Committed, s.Missing, s.Doubled, s.Witnessed, s.Bridged, s.Unexplained, report.Sources.Ledgers, report.Exact)
	switch {
	case asked != nil:
		return fmt.Errorf("audit (%s): %w", path, asked)
	case report.Sources.Table == w.plan.onDisk || !report.Sources.Leases || !report.Sources.Channels || report.Sources.Ledgers == 0:
		return fmt.Errorf("audit: did not hear every witness: %+v", report.Sources)
	case !report.Exact:
		return fmt.Errorf("audit: exit 0 and yet not exact")
	}
	return nil
}
