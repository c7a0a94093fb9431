package audit

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/kinesnow/kinesnow/adapters/warehouse"
	"github.com/kinesnow/kinesnow/messages"
)

// errors holds the rejected rows against the error table, where each of them is
// kept if ERROR_LOGGING was on.
func (s *session) errors(ctx context.Context) {
	r := s.report
	if r.Sums.Rejected == 0 || s.Table == nil || !r.Sources.Table && r.CountsOnly == "" {
		return
	}
	kept, err := s.Table.Rejected(ctx)
	if fault := new(messages.Fault); errors.As(err, &fault) && fault.Complete { // Snowflake would not run it
		s.note("the error table could not be counted; is ERROR_LOGGING off? %s keeps rejected rows from then on: %v", s.errorLogging(), fault.Err)
		return
	}
	if err != nil {
		s.unasked(err, "the error table could not be counted")
		return
	}
	sum := int64(0)
	for _, n := range kept {
		sum += n
	}
	r.Sums.ErrorTable = &sum
	nameless := kept[""]
	for i := range r.Shards {
		sh := &r.Shards[i]
		if lacks := sh.Sums.Rejected - kept[sh.Shard] - nameless; lacks > 0 {
			r.found(sh.Shard, Finding{
				Kind: LostErrors, Rows: lacks, From: sh.From, To: sh.To,
				Text: fmt.Sprintf("Snowflake rejected %s, the error table has %d of them: they were deleted from it, or ERROR_LOGGING was off", rowsOf(sh.Sums.Rejected), kept[sh.Shard]),
			})
		}
	}
}

// errorLogging is the statement that switches it on.
func (s *session) errorLogging() string {
	if s.target != nil {
		if f := s.target.Finding(warehouse.ErrorLoggingOff); f != nil {
			return strings.TrimSuffix(f.Fix, ";")
		}
	}
	t := s.Config.Snowflake
	return "ALTER TABLE " + warehouse.FullName(t.Database, t.Schema, t.Table) + " SET ERROR_LOGGING = TRUE"
}
