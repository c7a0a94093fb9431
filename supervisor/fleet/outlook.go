package fleet

import (
	"context"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// Catalog is Kinesis as a reader uses it.
type Catalog interface {
	Describe(ctx context.Context) (*messages.Stream, error)
}

// Paused is the state of a shard, or the word for a connector, that somebody
// paused.
const Paused = "PAUSED"

// outlook adds how long it is until records are lost, where Kinesis can be asked
// for the retention.
func (r *Reader) outlook(ctx context.Context, c *Connector, rows []messages.ShardRow, now time.Time) {
	if r.catalog == nil {
		return
	}
	if s, err := r.catalog.Describe(ctx); err == nil {
		c.lossOf(rows, s.Retention, now)
	}
}

// lossOf works out the seconds to data loss: a shard is known to be read up to
// when it was last caught up, or to the arrival of the newest row that is
// committed. A shard that neither is known of says nothing.
func (c *Connector) lossOf(rows []messages.ShardRow, retention time.Duration, now time.Time) {
	if retention == 0 {
		return
	}
	for i := range rows {
		row := &rows[i]
		read := row.ReadUpTo()
		if at := c.Shards[i].CommittedAt; at != nil && at.After(read) {
			read = *at
		}
		if !row.Ended && !read.IsZero() {
			c.SecondsToDataLoss = least(c.SecondsToDataLoss, (retention - max(0, now.Sub(read))).Seconds())
		}
	}
}

// conclude gives the connector a health: STOPPED where nobody works on any open
// shard, DEGRADED where that is so for some or a channel is in trouble.
func (c *Connector) conclude(pauses messages.Pauses) {
	open, alone, troubled := 0, 0, 0
	for i := range c.Shards {
		sh := &c.Shards[i]
		if sh.State == Ended {
			continue
		}
		open++
		switch {
		case sh.State != Owned:
			alone++
		case pauses.Has(messages.ShardID(sh.Shard)):
			sh.State = Paused
		}
		if sh.Error != "" {
			troubled++
		}
	}
	switch {
	case open == 0:
	case alone == open:
		c.Health, c.Why = string(messages.Halted), "no process works on it"
	case alone+troubled > 0:
		c.Health = string(messages.Degraded)
	default:
		c.Health = string(messages.Flowing)
	}
	if !pauses.None() {
		c.Why = "paused since " + pauses.Since.Format(time.RFC3339) + " by " + pauses.Who
		c.Hint = "kinesnow resume " + c.Name
	}
}
