package audit

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// A process at work writes its ledger a moment after the fact: 200 ms, and a
// retry; and its lease row with the next renewal. So a token may be ahead of both,
// and a shard that was free when the rows were read may have a token by now of whoever
// took it since. Audit looks at such shards again, all of them at once, until they
// are explained or nobody can be about to explain them.
const (
	lookAgain = 100 * time.Millisecond // at the ledgers
	rowsAgain = time.Second            // at rows and tokens
	lostAfter = 20 * time.Second       // where a row does not say how long its lease is
)

// renewals after a token was read carry its position, if its owner knows of it: one
// may have been under way.
const renewals = 2

// moving is a shard whose token is ahead of ledger and lease row.
type moving struct {
	row   messages.ShardRow
	token string
	since time.Time // when this token was first read, and nothing moves since
	over  bool      // it is explained, or nobody will
}

// watch notes a shard as it was first seen.
func (s *session) watch(id messages.ShardID) *moving {
	return &moving{row: *s.rows[id], token: s.statuses[s.channel(id)].Token, since: time.Now()}
}

// ahead reports whether a shard's token is ahead of its ledger and of its row.
func (s *session) ahead(id messages.ShardID, c *chain) bool {
	row, status := s.rows[id], s.statuses[s.channel(id)]
	return row != nil && status != nil && len(s.Journals) > 0 && !c.knows(status.Token, row)
}

// await looks again at shards that move, until each of them is over.
func (s *session) await(ctx context.Context, shards map[messages.ShardID]*moving) error {
	looked := time.Time{} // at once: what nobody works on is then over
	for {
		waiting := false
		for _, id := range slices.Sorted(maps.Keys(shards)) {
			m := shards[id]
			if m.over {
				continue
			}
			_, chain, err := s.story(ctx, id)
			if err != nil {
				return err
			}
			m.over = !s.ahead(id, chain)
			waiting = waiting || !m.over
		}
		if !waiting {
			return nil
		}
		if time.Since(looked) >= rowsAgain {
			if err := s.lookAgain(ctx, shards); err != nil {
				return err
			}
			looked = time.Now()
		}
		select {
		case <-time.After(lookAgain):
		case <-ctx.Done():
			return nil
		}
	}
}

// lookAgain reads rows and then tokens, as the first time.
func (s *session) lookAgain(ctx context.Context, shards map[messages.ShardID]*moving) error {
	var ids []messages.ShardID
	for id, m := range shards {
		if !m.over {
			ids = append(ids, id)
		}
	}
	rows, err := s.Leases.Rows(ctx)
	if err != nil {
		return err
	}
	statuses, err := s.channels(ctx, ids)
	if err != nil {
		s.unasked(err, "Snowflake's channels could not be asked again about tokens that move")
		for _, m := range shards {
			m.over = true
		}
		return nil
	}
	for i := range rows.Shards {
		row := &rows.Shards[i]
		m := shards[row.Shard]
		status := statuses[s.channel(row.Shard)]
		if m == nil || m.over || status == nil {
			continue
		}
		s.rows[row.Shard], s.statuses[s.channel(row.Shard)] = row, status
		m.look(row, status.Token, time.Now())
	}
	return nil
}

// look compares with what was seen before. It is over where nobody owns the shard
// and nobody did, where its owner has renewed and does not know of the token, or
// where the owner stands still for as long as its lease.
func (m *moving) look(row *messages.ShardRow, token string, now time.Time) {
	if token != m.token || row.Owner != m.row.Owner || row.Epoch != m.row.Epoch {
		*m = moving{row: *row, token: token, since: now}
		return
	}
	lease := time.Duration(row.DurationMS) * time.Millisecond
	if lease == 0 {
		lease = lostAfter
	}
	m.over = row.Owner == "" || row.Counter-m.row.Counter >= renewals || now.Sub(m.since) >= lease
}
