package audit

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/kinesnow/kinesnow/adapters/deadletter"
	"github.com/kinesnow/kinesnow/adapters/warehouse"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor/config"
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
		t := s.Config.Snowflake
		s.note("the error table could not be counted; is ERROR_LOGGING off? ALTER TABLE %s SET ERROR_LOGGING = TRUE keeps rejected rows from then on: %v",
			warehouse.FullName(t.Database, t.Schema, t.Table), err)
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

// letters holds the discarded records against the dead letters on file. A
// letter that is there twice, put again after a crash, counts once. More than
// max_per_minute are not kept, so a lack is a finding only where that cannot be
// the cause, and where every node's files can be seen.
func (s *session) letters() {
	r := s.report
	if s.Config.DeadLetter.To != config.DeadLetterFile || s.Letters == "" || r.Sums.Discarded == 0 {
		return
	}
	kept := map[messages.ShardID]map[[2]string]bool{}
	bad, err := deadletter.Read(s.Letters, func(l messages.Letter) bool {
		if kept[l.Shard] == nil {
			kept[l.Shard] = map[[2]string]bool{}
		}
		kept[l.Shard][[2]string{l.Seq, l.Sub}] = true
		return true
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		s.unasked(err, "the dead letters could not be read")
		return
	}
	if bad > 0 {
		s.note("%d lines of the dead letters are no letters", bad)
	}
	sum := int64(0)
	for _, letters := range kept {
		sum += int64(len(letters))
	}
	r.Sums.Letters = &sum
	for i := range r.Shards {
		sh := &r.Shards[i]
		lacks := sh.Sums.Discarded - int64(len(kept[sh.Shard]))
		switch {
		case lacks <= 0:
		case r.Sums.Discarded > int64(s.Config.DeadLetter.MaxPerMinute):
			s.note("%s: %d discarded records have no dead letter here; deadletter.max_per_minute may have left them out", sh.Shard, lacks)
		case r.Sources.Ledgers < r.Sources.Nodes:
			s.note("%s: %d discarded records have no dead letter here; other nodes may have them", sh.Shard, lacks)
		default:
			r.found(sh.Shard, Finding{
				Kind: LostLetters, Rows: lacks, From: sh.From, To: sh.To,
				Text: fmt.Sprintf("%d records were discarded, %d dead letters are on file: the others were removed, or discarded before deadletter.to was file", sh.Sums.Discarded, len(kept[sh.Shard])),
			})
		}
	}
}
