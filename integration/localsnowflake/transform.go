package localsnowflake

import (
	"errors"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/ingest"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/sql"
)

// pipeRows is the compiled query of a pipe, for the table version that it was
// compiled for.
type pipeRows struct {
	pipe  *catalog.Pipe
	table *catalog.Table
	query *sql.Transformation
}

// brokenPipe says that a pipe's query does not fit its table any more, as
// after a column was dropped.
type brokenPipe struct{ cause error }

func (b *brokenPipe) Error() string { return "the pipe's query fails: " + b.cause.Error() }

// transform makes rows of an append's lines by the query of a custom pipe, or
// of an interactive table. What its WHERE leaves out is parsed and not
// inserted; a value that does not fit makes a row error. The table does not
// evolve (spec 3.1).
func (w *worker) transform(pipe *catalog.Pipe, table *catalog.Table, body []byte) (*ingest.Report, error) {
	known := w.transformations[pipe.ID]
	if known.pipe != pipe || known.table != table {
		query, err := w.server.SQL().Transformation(pipe)
		if err != nil {
			return nil, &brokenPipe{err}
		}
		known = pipeRows{pipe, table, query}
		w.transformations[pipe.ID] = known
	}
	report := &ingest.Report{}
	for line, rest := ingest.Line(body); line != nil; line, rest = ingest.Line(rest) {
		report.Parsed++
		if bad := ingest.Malformed(line); bad != nil {
			report.Errors = append(report.Errors, *bad)
			continue
		}
		row, err := known.query.Apply(line)
		var bad *sql.Error
		switch {
		case errors.As(err, &bad):
			report.Errors = append(report.Errors, ingest.RowError{Raw: line, Content: ingest.ContentJSON, Code: bad.Code, Message: bad.Message})
		case err != nil:
			return nil, err
		case row != nil:
			report.Good = append(report.Good, row)
		}
	}
	return report, nil
}
