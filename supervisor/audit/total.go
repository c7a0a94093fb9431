package audit

import (
	"context"

	"github.com/kinesnow/kinesnow/messages"
)

// total sums up the shards and gives the verdict.
func (s *session) total(ctx context.Context) {
	r := s.report
	zero, none := int64(0), int64(0)
	r.Sums.Snowflake, r.Sums.Table = &zero, &none
	for i := range r.Shards {
		r.Sums.add(r.Shards[i].Sums)
	}
	if !r.Sources.Channels || !s.unbounded() {
		r.Sums.Snowflake = nil
	}
	if !r.Sources.Table {
		r.Sums.Table = nil
	}
	s.countAll(ctx)
	if s.unbounded() { // error rows are not known by time
		s.errors(ctx)
	}
	s.letters(ctx)
	r.Exact = len(r.Findings) == 0
	for i := range r.Shards {
		r.Exact = r.Exact && r.Shards[i].exact()
	}
}

func (a *Auditor) unbounded() bool { return a.Since.IsZero() && a.Until.IsZero() }

// found adds a finding to a shard's part of the report, or to the report
// itself where it is of none.
func (r *Report) found(shard messages.ShardID, f Finding) {
	for i := range r.Shards {
		if r.Shards[i].Shard == shard {
			r.Shards[i].Findings = append(r.Shards[i].Findings, f)
			return
		}
	}
	r.Findings = append(r.Findings, f)
}
