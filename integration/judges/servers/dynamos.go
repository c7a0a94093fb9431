package servers

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/kinesnow/kinesnow/integration/judges/emulators"
	"github.com/kinesnow/kinesnow/integration/judges/judge"
	"github.com/kinesnow/kinesnow/integration/judges/servers/between"
	"github.com/kinesnow/kinesnow/integration/judges/servers/leases"
)

const twins = "orders-twins" // the application of the two that begin at once

// leaseCase is a connector under which somebody else's DynamoDB lies.
type leaseCase struct {
	*world
	feed          *feed
	proxy         *between.Proxy // of the connectors alone
	config        string
	first, second *process
	owner         string // of the shards, before the kill
}

// hearDynamo judges the lease table's adapter and the connector on a DynamoDB.
func hearDynamo(start emulators.Launch) func(context.Context, *judge.Hearing) error {
	return func(ctx context.Context, h *judge.Hearing) error {
		proxy, err := serve(ctx, h, start)
		if err != nil {
			return err
		}
		for _, c := range slices.Concat(leases.Cases(), leases.Migrations()) {
			compared, err := c.Try(ctx, proxy)
			h.Check(c.Name, err, "%s", compared)
		}
		w, err := newWorld(ctx, h, 2)
		if err != nil {
			return err
		}
		c := &leaseCase{world: w, feed: newFeed(w.Kinesis.URL())}
		if c.proxy, err = another(ctx, h, proxy); err != nil {
			return err
		}
		if c.config, err = w.configure(plan{dynamodb: c.proxy.URL()}); err != nil {
			return err
		}
		take(ctx, h, []step{
			{"connector: makes the table, takes, renews, checkpoints", c.works},
			{"connector: a second process is handed its part", c.shares},
			{"connector: kill -9, the second process takes over", c.takesOver},
			{"connector: SHARD_END and the children's rows", c.shardEnds},
			{"connector: SIGTERM releases and settles", c.releases},
			{"connector: two processes that begin at once", c.begin},
			{"connector: asks for nothing but the documented actions", c.actions},
		})
		return nil
	}
}

// hold waits until a lease table looks as it must.
func (c *leaseCase) hold(ctx context.Context, what, application string, look func(shards map[string]leaseRow, nodes []string) (missing string)) error {
	return eventually(ctx, what, func() (string, error) {
		shards, nodes, err := leaseRows(ctx, c.proxy.Target(), streamName, application)
		if err != nil {
			return "", err
		}
		return look(shards, nodes), nil
	})
}

// arrived waits for all that was put, and compares it.
func (c *leaseCase) arrived(ctx context.Context) (string, error) {
	if err := c.untilRows(ctx, tableName, len(c.feed.sent)); err != nil {
		return "", err
	}
	rows, err := c.rows(ctx, tableName)
	if err != nil {
		return "", err
	}
	return compare(c.feed.sent, rows, nil)
}

// ownerOf is the one owner of all open shards, and why there is none.
func ownerOf(shards map[string]leaseRow) (owner, missing string) {
	for _, shard := range slices.Sorted(maps.Keys(shards)) {
		switch row := shards[shard]; {
		case row.state == "SHARD_END":
		case row.owner == "":
			return "", shard + " has no owner"
		case owner != "" && row.owner != owner:
			return "", fmt.Sprintf("%s is %s's, others are %s's", shard, row.owner, owner)
		default:
			owner = row.owner
		}
	}
	if owner == "" {
		missing = "no shard has an owner"
	}
	return owner, missing
}
