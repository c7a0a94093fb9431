package servers

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

func (c *streamCase) leases(ctx context.Context, application string) (map[string]leaseRow, error) {
	rows, _, err := leaseRows(ctx, c.Dynamo.URL(), streamName, application)
	return rows, err
}

// arrived waits for all that was put and compares it.
func (c *streamCase) arrived(ctx context.Context) (string, error) {
	if err := c.untilRows(ctx, tableName, len(c.feed.sent)); err != nil {
		return "", err
	}
	rows, err := c.rows(ctx, tableName)
	if err != nil {
		return "", err
	}
	return compare(c.feed.sent, rows, nil)
}

func (c *streamCase) oldest(ctx context.Context) (string, error) {
	if err := errors.Join(c.feed.create(ctx, 3), c.feed.put(ctx, 60)); err != nil {
		return "", err
	}
	var err error
	if c.working, err = c.run(c.config); err != nil {
		return "", err
	}
	if err := c.untilRows(ctx, tableName, 30); err != nil {
		return "", err
	}
	if err := c.feed.put(ctx, 40); err != nil {
		return "", err
	}
	return c.arrived(ctx)
}

// reshard splits the first shard and merges the other two while records flow.
func (c *streamCase) reshard(ctx context.Context) (string, error) {
	err := errors.Join(c.feed.put(ctx, 20), c.feed.split(ctx, 0), c.feed.put(ctx, 40), c.feed.merge(ctx, 2), c.feed.put(ctx, 40))
	if err != nil {
		return "", err
	}
	return c.arrived(ctx)
}

// shardEnds looks at the lease rows of the three parents and of their children.
func (c *streamCase) shardEnds(ctx context.Context) (string, error) {
	want := map[string][]string{
		"shardId-000000000000": {"shardId-000000000003", "shardId-000000000004"},
		"shardId-000000000001": {"shardId-000000000005"},
		"shardId-000000000002": {"shardId-000000000005"},
	}
	last := c.feed.last()
	err := eventually(ctx, "at SHARD_END", func() (string, error) {
		rows, err := c.leases(ctx, fromOldest)
		if err != nil {
			return "", err
		}
		for _, shard := range slices.Sorted(maps.Keys(rows)) {
			row, children := rows[shard], want[shard]
			switch ended := row.state == "SHARD_END"; {
			case ended != (children != nil), ended && (row.owner != "" || !row.settled || !slices.Equal(row.children, children)):
				return fmt.Sprintf("%s is %+v, want children %v", shard, row, children), nil
			case row.sequence() != last[shard]:
				return fmt.Sprintf("%s is committed to %s, its last record is %s", shard, row.token, last[shard]), nil
			}
		}
		if len(rows) != 6 {
			return fmt.Sprintf("%d lease rows, want 6", len(rows)), nil
		}
		return "", nil
	})
	return "3 parents ended, settled, free, with their children named; all 6 rows at their shard's last sequence number", err
}

// startLatest starts a second connector and waits until it knows where its
// shards begin.
func (c *streamCase) startLatest(ctx context.Context) (string, error) {
	c.first = len(c.feed.sent)
	// The service's clock, which LATEST is fixed by, is an HTTP date.
	if err := pause(ctx, 1100*time.Millisecond); err != nil {
		return "", err
	}
	proxy, err := another(ctx, c.h, c.ear.Proxy)
	if err != nil {
		return "", err
	}
	ear := c.server.listen(proxy)
	config, err := c.configure(plan{application: fromLatest, table: tableLatest, position: "LATEST", kinesis: ear.URL()})
	if err != nil {
		return "", err
	}
	ear.setQuiet(true)
	if c.latest, err = c.run(config); err != nil {
		return "", err
	}
	err = eventually(ctx, "reading 3 shards", func() (string, error) {
		if n := ear.asked(); n < 3 {
			return fmt.Sprintf("%d iterators were asked for", n), nil
		}
		return "", nil
	})
	if err != nil {
		return "", err
	}
	ear.setQuiet(false)
	for _, it := range ear.forget() {
		if it.Type != "AT_TIMESTAMP" {
			return "", fmt.Errorf("%s was asked for %s", it.ShardID, it.Type)
		}
	}
	if err := c.feed.put(ctx, 40); err != nil {
		return "", err
	}
	if err := c.untilRows(ctx, tableLatest, 40); err != nil {
		return "", err
	}
	rows, err := c.rows(ctx, tableLatest)
	if err != nil {
		return "", err
	}
	return compare(c.feed.sent[c.first:], rows, nil)
}

// kill kills the first connector while Snowflake holds its rows uncommitted.
func (c *streamCase) kill(ctx context.Context) (string, error) {
	if _, err := c.arrived(ctx); err != nil {
		return "", err
	}
	c.Snowflake.StallCommits(true)
	defer c.Snowflake.StallCommits(false)
	if err := c.feed.put(ctx, 40); err != nil {
		return "", err
	}
	err := eventually(ctx, "in flight", func() (string, error) {
		for _, ch := range c.Snowflake.Channels() {
			if strings.HasPrefix(ch.Name, fromOldest+"-") && ch.UncommittedBatches > 0 {
				return "", nil
			}
		}
		return "no channel holds uncommitted rows", nil
	})
	if err != nil {
		return "", err
	}
	if err := c.working.kill(); err != nil {
		return "", err
	}
	c.Snowflake.StallCommits(false)
	c.ear.forget()
	if c.working, err = c.run(c.config); err != nil {
		return "", err
	}
	if err := c.feed.put(ctx, 40); err != nil {
		return "", err
	}
	compared, err := c.arrived(ctx)
	if err != nil {
		return "", err
	}
	return c.resumed(compared)
}

// resumed wants every open shard to have been read on from its checkpoint.
func (c *streamCase) resumed(compared string) (string, error) {
	shards := map[string]bool{}
	for _, it := range c.ear.forget() {
		switch it.Type {
		case "AT_SEQUENCE_NUMBER":
			shards[it.ShardID] = true
		case "TRIM_HORIZON", "LATEST":
			return "", fmt.Errorf("%s was read from %s again", it.ShardID, it.Type)
		}
	}
	if len(shards) != 3 {
		return "", fmt.Errorf("%d shards were asked for AT_SEQUENCE_NUMBER, want 3", len(shards))
	}
	return "3 shards resumed AT_SEQUENCE_NUMBER; " + compared, nil
}

// refusedIterator hands the connector an iterator that is none.
func (c *streamCase) refusedIterator(ctx context.Context) (string, error) {
	c.ear.forget()
	c.ear.spoil()
	err := eventually(ctx, "handed over", func() (string, error) {
		if !c.ear.spoilt() {
			return "no GetRecords was answered", nil
		}
		return "", nil
	})
	if err != nil {
		return "", err
	}
	began := time.Now()
	if err := c.feed.put(ctx, 40); err != nil {
		return "", err
	}
	compared, err := c.arrived(ctx)
	// It takes a second or two. A reader's own patience is 30 s, after which a
	// new generation asks for every shard's iterator: that is told by what was
	// asked for. The time is three times generous, for a busy machine.
	shards := map[string]bool{}
	for _, it := range c.ear.forget() {
		shards[it.ShardID] = true
	}
	if err == nil && len(shards) != 1 {
		return "", fmt.Errorf("iterators of %d shards were asked for, want that of one", len(shards))
	}
	if took := time.Since(began); err == nil && took > 45*time.Second {
		return "", fmt.Errorf("it took %s", took.Round(time.Second))
	}
	return "asked for anew within seconds; " + compared, err
}

// fromTime catches up from a time between two batches.
func (c *streamCase) fromTime(ctx context.Context) (string, error) {
	if err := pause(ctx, 50*time.Millisecond); err != nil {
		return "", err
	}
	c.since, c.after = time.Now().UTC(), len(c.feed.sent)
	if err := errors.Join(pause(ctx, 50*time.Millisecond), c.feed.put(ctx, 40)); err != nil {
		return "", err
	}
	config, err := c.configure(plan{application: fromTime, table: tableSince, position: c.since.Format(time.RFC3339Nano), kinesis: c.ear.Target()})
	if err != nil {
		return "", err
	}
	if err := c.catchUp(ctx, config); err != nil {
		return "", err
	}
	rows, err := c.rows(ctx, tableSince)
	if err != nil {
		return "", err
	}
	return compare(c.feed.sent[c.after:], rows, nil)
}

func (c *streamCase) end(ctx context.Context) (string, error) {
	if _, err := c.arrived(ctx); err != nil {
		return "", err
	}
	if err := errors.Join(c.working.stop(ctx), c.catchUp(ctx, c.config)); err != nil {
		return "", err
	}
	compared, err := c.arrived(ctx)
	return "exit 0 twice; " + compared, err
}

func (c *streamCase) latestRows(ctx context.Context) (string, error) {
	want := c.feed.sent[c.first:]
	if err := c.untilRows(ctx, tableLatest, len(want)); err != nil {
		return "", err
	}
	if err := c.latest.stop(ctx); err != nil {
		return "", err
	}
	rows, err := c.rows(ctx, tableLatest)
	if err != nil {
		return "", err
	}
	return compare(want, rows, nil)
}

// final compares with what the SDK reads back, arrival times included.
func (c *streamCase) final(ctx context.Context) (string, error) {
	arrivals, err := c.feed.arrivals(ctx)
	if err != nil {
		return "", err
	}
	rows, err := c.rows(ctx, tableName)
	if err != nil {
		return "", err
	}
	return compare(c.feed.sent, rows, arrivals)
}
