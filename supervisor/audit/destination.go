package audit

import (
	"context"

	"github.com/dustin/go-humanize"

	"github.com/kinesnow/kinesnow/adapters/warehouse"
)

// Destination is what SQL tells of the table as a whole.
type Destination interface {
	// Target says what table and pipe are; it needs no warehouse.
	Target(ctx context.Context) (*warehouse.Target, error)
	// Table is the rows as they are counted by position where the metadata is kept.
	Table(m warehouse.Metadata) Table
	// Count counts the table's rows, whoever wrote them.
	Count(ctx context.Context) (int64, error)
}

// destination is a connector's.
type destination struct {
	warehouse   *warehouse.Warehouse
	positions   *warehouse.Positions
	table, pipe string
}

func (d *destination) Target(ctx context.Context) (*warehouse.Target, error) {
	return d.warehouse.Target(ctx, d.table, d.pipe)
}

func (d *destination) Table(m warehouse.Metadata) Table { return d.positions.By(m) }

func (d *destination) Count(ctx context.Context) (int64, error) { return d.positions.Count(ctx) }

// look asks where the table keeps the rows' metadata. Where it keeps none, rows
// cannot be told apart: there is nothing to ask by position. Where nobody tells,
// the table is asked as if it were an ordinary one.
func (s *session) look(ctx context.Context) {
	if s.Destination == nil {
		return
	}
	target, err := s.Destination.Target(ctx)
	if err != nil {
		return // the count will fail for the same reason, and say so
	}
	s.target = target
	if m := target.Metadata; m.Readable() {
		s.Table = s.Destination.Table(m)
	} else {
		s.report.CountsOnly = m.Why
	}
}

// countAll holds the number of the table's rows against what should have landed,
// which is all that can be done where rows cannot be told apart. A table with
// fewer has lost some; one with more has other writers, or rows from before.
func (s *session) countAll(ctx context.Context) {
	r := s.report
	filters := s.target != nil && s.target.Finding(warehouse.PipeFilters) != nil
	if filters && r.has(WrongCounters) {
		r.Findings = append(r.Findings, Finding{Kind: WrongCounters, Text: s.target.Finding(warehouse.PipeFilters).Text})
	}
	if r.CountsOnly == "" || filters || !s.unbounded() {
		return
	}
	n, err := s.Destination.Count(ctx)
	if err != nil {
		s.uncounted(err)
		return
	}
	r.Sums.Counted = &n
	s.replayedAll()
	want := r.Sums.Committed - r.Sums.Rejected + r.Sums.Replayed
	switch lacks := want - n; {
	case lacks > 0:
		r.Sums.Missing += lacks
		r.Findings = append(r.Findings, Finding{Kind: Missing, Rows: lacks, Text: "the table has " + rowsOf(n) + ", but " + humanize.Comma(want) + " were committed and not rejected: some were deleted from it; which ones cannot be told, for its rows do not say which record they are"})
	case lacks < 0:
		s.note("the table has %s more than this connector wrote: from before, or from somebody else", rowsOf(-lacks))
	}
}
