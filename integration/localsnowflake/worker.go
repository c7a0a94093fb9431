package localsnowflake

import (
	"errors"
	"fmt"
	"time"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/ingest"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/rowstore"
)

// RowFault injects row errors: for a row that would be good it returns the
// code and message of an error, or 0.
type RowFault func(channel string, row []byte) (code int, message string)

// worker turns batches into rows. Only the committer's goroutine uses it.
type worker struct {
	server          *Server
	columns         map[int64]tableColumns // by table ID
	transformations map[int64]pipeRows     // by pipe ID
}

// tableColumns holds the matching of the table version it was made for.
type tableColumns struct {
	table   *catalog.Table
	columns *ingest.Columns
}

func newWorker(s *Server) *worker {
	return &worker{server: s, columns: map[int64]tableColumns{}, transformations: map[int64]pipeRows{}}
}

// run works off a channel's batches: rows go to tx, the channel's new state to
// work.after. A batch that asks for more than evolution may do invalidates the
// channel; the batches before it count.
func (w *worker) run(work *commitWork, tx *rowstore.Transaction) error {
	for _, b := range work.batches {
		table, ok := w.server.catalog.TableByID(work.channel.pipe.Table)
		if !ok {
			work.after.Code, work.after.Message = CodeTableMissing, "the table was dropped"
			return nil
		}
		report, evolved, err := w.read(work.channel.pipe, table, b, work.after.Role, tx)
		var broken *brokenPipe
		if errors.As(err, &broken) {
			work.after.Code, work.after.Message = CodeMustReopen, broken.Error()
			return nil
		}
		if err != nil {
			return err
		}
		if report.Evolution.Excessive() {
			work.after.failEvolution(b, &report.Evolution, w.server.options.Now())
			return nil
		}
		w.reject(work.after.Name, report)
		if err := w.put(&work.after, evolved, b, report, tx); err != nil {
			return err
		}
		work.done++
	}
	return nil
}

// read makes rows of a batch, by name or as the pipe says.
func (w *worker) read(pipe *catalog.Pipe, table *catalog.Table, b *batch, role string, tx *rowstore.Transaction) (*ingest.Report, *catalog.Table, error) {
	if pipe.Copy == nil || pipe.Copy.ByName {
		return w.check(table, b, role, tx)
	}
	report, err := w.transform(pipe, table, b.body)
	return report, table, err
}

// check reads a batch against its table, which evolves first where it may.
func (w *worker) check(table *catalog.Table, b *batch, role string, tx *rowstore.Transaction) (*ingest.Report, *catalog.Table, error) {
	rules := ingest.Rules{RejectFractions: w.server.options.RejectFractions, Evolve: w.mayEvolve(table, role)}
	report := w.of(table).Check(b.body, rules)
	if report.Evolution.Empty() || report.Evolution.Excessive() {
		return report, table, nil
	}
	since, err := w.server.store.NextID(table.ID)
	if err != nil {
		return nil, nil, err
	}
	for _, part := range tx.Rows {
		if part.Table == table.ID {
			since += int64(len(part.Rows))
		}
	}
	var evolved *catalog.Table
	err = w.server.catalog.UpdateTable(table.ID, func(t *catalog.Table) error {
		report.Evolution.Apply(t, since)
		evolved = t
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	again := w.of(evolved).Check(b.body, rules)
	again.Evolution = ingest.Evolution{}
	return again, evolved, nil
}

// mayEvolve needs the table's property and EVOLVE SCHEMA or OWNERSHIP
// (spec 3.3, 3.6). Without the right, unknown keys are dropped silently.
func (w *worker) mayEvolve(t *catalog.Table, role string) bool {
	return t.Evolution && (t.Kind != catalog.Iceberg || w.server.options.IcebergEvolution) &&
		w.server.catalog.Can(role, catalog.EvolveSchema, t)
}

func (w *worker) of(table *catalog.Table) *ingest.Columns {
	known := w.columns[table.ID]
	if known.table != table {
		known = tableColumns{table: table, columns: ingest.NewColumns(table)}
		w.columns[table.ID] = known
	}
	return known.columns
}

// reject applies the injected row errors.
func (w *worker) reject(channel string, report *ingest.Report) {
	fault := w.server.rowFault.Load()
	if fault == nil {
		return
	}
	good := report.Good[:0]
	for _, row := range report.Good {
		if code, message := (*fault)(channel, row); code != 0 {
			report.Errors = append(report.Errors, ingest.RowError{Raw: row, Content: ingest.ContentJSON, Code: code, Message: message})
			continue
		}
		good = append(good, row)
	}
	report.Good = good
}

// put adds a batch's rows and error rows to tx and counts them.
func (w *worker) put(after *record, table *catalog.Table, b *batch, report *ingest.Report, tx *rowstore.Transaction) error {
	now := w.server.options.Now().UTC()
	if len(report.Good) > 0 {
		end := ""
		if b.end != nil {
			end = *b.end
		}
		rows := make([]rowstore.Row, len(report.Good))
		for i, json := range report.Good {
			rows[i] = rowstore.Row{JSON: json, CommittedAt: now, Channel: after.Name, StartToken: b.start, EndToken: end}
		}
		tx.Rows = append(tx.Rows, rowstore.TableRows{Table: table.ID, Rows: rows})
	}
	if len(report.Errors) > 0 {
		after.countError(b, report.Errors[len(report.Errors)-1].Message, now)
		if table.ErrorLogging {
			rows, err := errorRows(after, b, report.Errors, now)
			if err != nil {
				return err
			}
			tx.Errors = append(tx.Errors, rowstore.TableErrors{Table: table.ID, Rows: rows})
		}
	}
	after.RowsParsed += int64(report.Parsed)
	after.RowsInserted += int64(len(report.Good))
	after.RowsErrors += int64(len(report.Errors))
	if b.end != nil {
		after.Committed = b.end // bad rows do not hold it back
	}
	after.UsedAtMs = now.UnixMilli()
	after.Batches++
	after.LatencyTotal += time.Since(b.accepted)
	return nil
}

func (r *record) countError(b *batch, message string, now time.Time) {
	r.LastErrorOffset, r.LastErrorText, r.LastErrorMs = b.end, message, now.UnixMilli()
}

// failEvolution invalidates the channel and names the rows (spec 3.3).
func (r *record) failEvolution(b *batch, e *ingest.Evolution, now time.Time) {
	text := fmt.Sprintf("schema evolution would add more than %d columns in one batch", ingest.MaxAdded)
	if e.Unmappable {
		text = "schema evolution met a key that cannot be a column name"
	}
	r.Code, r.Message = CodeMustReopen, text
	r.countError(b, text, now)
}
