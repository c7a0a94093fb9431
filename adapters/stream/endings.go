package stream

import (
	"context"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// endingsKept is how long a look at the list serves all shards of a client. It
// bounds what a thousand idle shards ask for.
const endingsKept = time.Minute

// endings is which shards the stream has closed, as it was listed last.
type endings struct {
	turn   chan struct{} // holds who looks, or reads what was seen
	until  time.Time
	closed map[messages.ShardID]bool
}

func newEndings() endings { return endings{turn: make(chan struct{}, 1)} }

// isClosed reports whether the list has an end of a shard, or the shard no more:
// as it was within the last minute. Errors are *messages.Fault, and the context's.
func (c *Client) isClosed(ctx context.Context, shard messages.ShardID) (bool, error) {
	select {
	case c.endings.turn <- struct{}{}:
		defer func() { <-c.endings.turn }()
	case <-ctx.Done():
		return false, ctx.Err()
	}
	if time.Now().Before(c.endings.until) {
		return c.endings.has(shard), nil
	}
	shards, err := c.List(ctx, TrimToTip)
	if err != nil {
		return false, err
	}
	c.endings.closed = make(map[messages.ShardID]bool, len(shards))
	for i := range shards {
		c.endings.closed[shards[i].ID] = shards[i].Ending != ""
	}
	c.endings.until = time.Now().Add(endingsKept)
	return c.endings.has(shard), nil
}

func (e *endings) has(shard messages.ShardID) bool {
	closed, listed := e.closed[shard]
	return closed || !listed
}
