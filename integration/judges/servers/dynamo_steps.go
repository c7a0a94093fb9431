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

func (c *leaseCase) works(ctx context.Context) (string, error) {
	if err := c.feed.put(ctx, 60); err != nil {
		return "", err
	}
	var err error
	if c.first, err = c.run(c.config); err != nil {
		return "", err
	}
	if _, err := c.arrived(ctx); err != nil {
		return "", err
	}
	counters, last := map[string]int64{}, c.feed.last()
	err = c.hold(ctx, "checkpointed", "orders-app", func(shards map[string]leaseRow, nodes []string) (missing string) {
		if c.owner, missing = ownerOf(shards); missing != "" || len(shards) != 2 || len(nodes) != 1 {
			return fmt.Sprintf("%d rows, nodes %v: %s", len(shards), nodes, missing)
		}
		for shard, row := range shards {
			counters[shard] = row.counter
			if row.sequence() != last[shard] {
				return fmt.Sprintf("%s is committed to %q, its last record is %s", shard, row.token, last[shard])
			}
		}
		return ""
	})
	if err != nil {
		return "", err
	}
	err = c.hold(ctx, "renewed", "orders-app", func(shards map[string]leaseRow, _ []string) string {
		for shard, row := range shards {
			if row.counter < counters[shard]+3 {
				return fmt.Sprintf("%s's counter went from %d to %d", shard, counters[shard], row.counter)
			}
		}
		return ""
	})
	return "2 shards of one owner, counters move, each token at its shard's last record; 60 rows exact", err
}

func (c *leaseCase) shares(ctx context.Context) (string, error) {
	var err error
	if c.second, err = c.run(c.config); err != nil {
		return "", err
	}
	owners := func(shards map[string]leaseRow) []string {
		var all []string
		for _, row := range shards {
			all = append(all, row.owner)
		}
		slices.Sort(all)
		return slices.Compact(all)
	}
	apart := func(shards map[string]leaseRow, nodes []string) string {
		if all := owners(shards); len(nodes) != 2 || len(all) != 2 || !slices.Contains(all, c.owner) {
			return fmt.Sprintf("node slots %v, owners %v", nodes, all)
		}
		return ""
	}
	if err := c.hold(ctx, "handed over", "orders-app", apart); err != nil {
		return "", err
	}
	// Longer than a lease, which both renew all the while.
	if err := pause(ctx, 2*leaseDuration); err != nil {
		return "", err
	}
	shards, nodes, err := leaseRows(ctx, c.proxy.Target(), streamName, "orders-app")
	if err != nil {
		return "", err
	}
	if missing := apart(shards, nodes); missing != "" {
		return "", errors.New(missing)
	}
	return fmt.Sprintf("slots %s own one shard each, after %s still", strings.Join(nodes, " and "), 2*leaseDuration), nil
}

func (c *leaseCase) takesOver(ctx context.Context) (string, error) {
	c.Snowflake.StallCommits(true)
	defer c.Snowflake.StallCommits(false)
	if err := c.feed.put(ctx, 40); err != nil {
		return "", err
	}
	err := eventually(ctx, "in flight", func() (string, error) {
		for _, ch := range c.Snowflake.Channels() {
			if ch.UncommittedBatches > 0 {
				return "", nil
			}
		}
		return "no channel holds uncommitted rows", nil
	})
	if err != nil {
		return "", err
	}
	if err := c.first.kill(); err != nil {
		return "", err
	}
	killed := time.Now()
	c.Snowflake.StallCommits(false)
	err = c.hold(ctx, "taken over", "orders-app", func(shards map[string]leaseRow, _ []string) string {
		owner, missing := ownerOf(shards)
		if missing == "" && owner == c.owner {
			missing = "the dead process owns the shards"
		}
		return missing
	})
	took := time.Since(killed)
	if err := errors.Join(err, c.feed.put(ctx, 40)); err != nil {
		return "", err
	}
	compared, err := c.arrived(ctx)
	if err == nil && took < leaseDuration/2 {
		return "", fmt.Errorf("it took %s, while the dead process's lease was %s", took, leaseDuration)
	}
	return fmt.Sprintf("both shards are the second's after %.1f s with a lease of %s; %s", took.Seconds(), leaseDuration, compared), err
}

func (c *leaseCase) shardEnds(ctx context.Context) (string, error) {
	if err := errors.Join(c.feed.split(ctx, 0), c.feed.put(ctx, 40)); err != nil {
		return "", err
	}
	compared, err := c.arrived(ctx)
	if err != nil {
		return "", err
	}
	children := []string{"shardId-000000000002", "shardId-000000000003"}
	err = c.hold(ctx, "at SHARD_END", "orders-app", func(shards map[string]leaseRow, _ []string) string {
		parent := shards["shardId-000000000000"]
		if parent.state != "SHARD_END" || !slices.Equal(parent.children, children) || parent.owner != "" || !parent.settled || len(shards) != 4 {
			return fmt.Sprintf("%d rows, the parent's is %+v", len(shards), parent)
		}
		_, missing := ownerOf(shards)
		return missing
	})
	return "the parent ended with its children as a set, they are owned; " + compared, err
}

func (c *leaseCase) releases(ctx context.Context) (string, error) {
	if err := c.second.stop(ctx); err != nil {
		return "", err
	}
	shards, nodes, err := leaseRows(ctx, c.proxy.Target(), streamName, "orders-app")
	if err != nil {
		return "", err
	}
	last := c.feed.last()
	for shard, row := range shards {
		if row.owner != "" || !row.settled || row.sequence() != last[shard] {
			return "", fmt.Errorf("%s is left as %+v, its last record is %s", shard, row, last[shard])
		}
	}
	if len(nodes) != 1 { // the killed one's
		return "", fmt.Errorf("node slots %v, want the killed process's alone", nodes)
	}
	return "exit 0; 4 rows free and settled at their last records, the node slot given up", nil
}

// begin starts two processes on a table that is not there.
func (c *leaseCase) begin(ctx context.Context) (string, error) {
	if _, err := c.db.ExecContext(ctx, `TRUNCATE TABLE "`+tableName+`"`); err != nil {
		return "", err
	}
	config, err := c.configure(plan{application: twins, dynamodb: c.proxy.URL()})
	if err != nil {
		return "", err
	}
	var pair [2]*process
	for i := range pair {
		if pair[i], err = c.run(config); err != nil {
			return "", err
		}
	}
	if err := c.feed.put(ctx, 40); err != nil {
		return "", err
	}
	compared, err := c.arrived(ctx)
	if err != nil {
		return "", err
	}
	err = c.hold(ctx, "owned", twins, func(shards map[string]leaseRow, nodes []string) string {
		free := 0
		for _, row := range shards {
			if row.state != "SHARD_END" && row.owner == "" {
				free++
			}
		}
		if len(shards) != 4 || len(nodes) != 2 || free > 0 {
			return fmt.Sprintf("%d rows, %d of them free, node slots %v", len(shards), free, nodes)
		}
		return ""
	})
	if err := errors.Join(err, pair[0].stop(ctx), pair[1].stop(ctx)); err != nil {
		return "", err
	}
	return "one table, two slots, each shard of one owner; " + compared, nil
}

func (c *leaseCase) actions(context.Context) (string, error) {
	documented := []string{"CreateTable", "DescribeTable", "GetItem", "Query", "UpdateItem"}
	asked := slices.Sorted(maps.Keys(c.proxy.Calls()))
	for _, action := range asked {
		if !slices.Contains(documented, action) {
			return "", fmt.Errorf("%s was asked for, which the package promises not to use", action)
		}
	}
	return strings.Join(asked, ", ") + "; no transaction, no scan, no delete", nil
}
