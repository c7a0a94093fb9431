package servers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/kinesnow/kinesnow/adapters/snowpipe"
	"github.com/kinesnow/kinesnow/integration/judges/judge"
)

// hearSnowduck judges our client and the connector on snowduck.
func hearSnowduck(ctx context.Context, h *judge.Hearing) error {
	d, err := serveDuck(ctx, h)
	if err != nil {
		return err
	}
	for _, e := range expectations() {
		e.meet(ctx, h, d, snowduckDiffers)
	}
	d.bridge(true) // without it no token ever moves
	w, err := newWorld(ctx, h, 2)
	if err != nil {
		return err
	}
	c := &duckCase{world: w, duck: d, feed: newFeed(w.Kinesis.URL())}
	if c.config, err = w.configure(plan{snowflake: d.url()}); err != nil {
		return err
	}
	take(ctx, h, []step{
		{"connector: every record, row by row", c.flows},
		{"connector: checkpoints are snowduck's tokens", c.checkpoints},
		{"connector: kill -9, reopens and resumes", c.resumes},
		{"connector: a foreign opening fences it, it opens again", c.isFenced},
		{"connector: a channel that was dropped while at rest is made anew", c.isDropped},
		{"connector: SIGTERM, then --until-caught-up: nothing is sent twice", c.ends},
	})
	return nil
}

// duckCase is the connector over snowduck.
type duckCase struct {
	*world
	duck    *duck
	feed    *feed
	config  string
	working *process
}

// duckRows reads the connector's rows.
func (c *duckCase) duckRows(ctx context.Context) ([]row, error) {
	found, err := c.duck.query(ctx, `SELECT N, KEY, NOTE, KINESISMETADATA FROM "`+snowpipe.DefaultPipe(tableName)+`"`)
	if err != nil {
		return nil, err
	}
	rows := make([]row, len(found))
	for i, values := range found {
		for _, v := range values {
			if v == nil || len(values) != 4 {
				return nil, fmt.Errorf("row %d has %d values, or one is NULL", i, len(values))
			}
		}
		r := &rows[i]
		r.key, r.note = *values[1], *values[2]
		if r.n, err = strconv.Atoi(*values[0]); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(*values[3]), &r.metadata); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// arrived waits for all that was put, and compares it.
func (c *duckCase) arrived(ctx context.Context) (string, error) {
	var rows []row
	err := eventually(ctx, "in snowduck's table", func() (missing string, err error) {
		if rows, err = c.duckRows(ctx); err == nil && len(rows) < len(c.feed.sent) {
			missing = fmt.Sprintf("%d of %d rows", len(rows), len(c.feed.sent))
		}
		return missing, err
	})
	if err != nil {
		return "", err
	}
	return compare(c.feed.sent, rows, nil)
}

// checkpointed waits until both lease rows are at their shard's last record.
func (c *duckCase) checkpointed(ctx context.Context) error {
	last := c.feed.last()
	return eventually(ctx, "checkpointed", func() (string, error) {
		shards, _, err := leaseRows(ctx, c.Dynamo.URL(), streamName, "orders-app")
		if err != nil {
			return "", err
		}
		for shard, sequence := range last {
			if shards[shard].sequence() != sequence {
				return fmt.Sprintf("%s is committed to %q, its last record is %s", shard, shards[shard].token, sequence), nil
			}
		}
		return "", nil
	})
}

func (c *duckCase) flows(ctx context.Context) (string, error) {
	if err := c.feed.put(ctx, 60); err != nil {
		return "", err
	}
	var err error
	if c.working, err = c.run(c.config); err != nil {
		return "", err
	}
	if _, err := c.arrived(ctx); err != nil {
		return "", err
	}
	if err := c.feed.put(ctx, 60); err != nil {
		return "", err
	}
	return c.arrived(ctx)
}

// statuses asks snowduck for the connector's channels.
func (c *duckCase) statuses(ctx context.Context) (map[string]string, error) {
	var answer struct {
		Channels []struct {
			Name   string `json:"channel_name"`
			Status struct {
				Token string `json:"last_committed_offset_token"`
			}
		}
	}
	err := c.duck.channels(ctx, tableName, &answer)
	tokens := map[string]string{}
	for _, ch := range answer.Channels {
		tokens[ch.Name] = ch.Status.Token
	}
	return tokens, err
}

// checkpoints compares the lease rows with a listing of channels that only
// snowduck has.
func (c *duckCase) checkpoints(ctx context.Context) (string, error) {
	if err := c.checkpointed(ctx); err != nil {
		return "", err
	}
	tokens, err := c.statuses(ctx)
	if err != nil {
		return "", err
	}
	shards, _, err := leaseRows(ctx, c.Dynamo.URL(), streamName, "orders-app")
	if err != nil {
		return "", err
	}
	kept := map[string]bool{}
	for _, r := range shards {
		kept[r.token] = true
	}
	for name, token := range tokens {
		if !kept[token] {
			return "", fmt.Errorf("channel %s is at %s, which no lease row has", name, token)
		}
	}
	if len(tokens) != 2 || len(kept) != 2 {
		return "", fmt.Errorf("%d channels and %d checkpoints, want 2", len(tokens), len(kept))
	}
	return "2 channels, their tokens are the 2 lease rows'", nil
}

func (c *duckCase) resumes(ctx context.Context) (string, error) {
	if err := c.feed.put(ctx, 40); err != nil {
		return "", err
	}
	if err := c.working.kill(); err != nil {
		return "", err
	}
	if err := c.feed.put(ctx, 40); err != nil {
		return "", err
	}
	var err error
	if c.working, err = c.run(c.config); err != nil {
		return "", err
	}
	compared, err := c.arrived(ctx)
	return compared, errors.Join(err, c.checkpointed(ctx))
}

// isFenced opens both channels as a stranger, while nothing is on its way.
func (c *duckCase) isFenced(ctx context.Context) (string, error) {
	if err := c.each(ctx, func(client *snowpipe.Client, channel string) error {
		_, err := client.Open(ctx, channel, true)
		return err
	}); err != nil {
		return "", err
	}
	if err := c.feed.put(ctx, 40); err != nil {
		return "", err
	}
	compared, err := c.arrived(ctx)
	return "the refused batch went out once, under the next opening; " + compared, err
}

// isDropped is what Snowflake does to channels that have long been unused.
func (c *duckCase) isDropped(ctx context.Context) (string, error) {
	if err := errors.Join(c.checkpointed(ctx), c.working.stop(ctx)); err != nil {
		return "", err
	}
	if err := c.each(ctx, func(client *snowpipe.Client, channel string) error { return client.Drop(ctx, channel, true) }); err != nil {
		return "", err
	}
	if err := c.feed.put(ctx, 40); err != nil {
		return "", err
	}
	var err error
	if c.working, err = c.run(c.config); err != nil {
		return "", err
	}
	compared, err := c.arrived(ctx)
	return "resumed from the lease rows; " + compared, errors.Join(err, c.checkpointed(ctx))
}

// each does something to each of the connector's channels.
func (c *duckCase) each(ctx context.Context, do func(client *snowpipe.Client, channel string) error) error {
	stranger := &pipeCase{server: c.duck, table: tableName}
	if err := stranger.connect(nil); err != nil {
		return err
	}
	defer stranger.client.Close()
	tokens, err := c.statuses(ctx)
	if err != nil {
		return err
	}
	for name := range tokens {
		if err := do(stranger.client, name); err != nil {
			return err
		}
	}
	return nil
}

func (c *duckCase) ends(ctx context.Context) (string, error) {
	if err := errors.Join(c.working.stop(ctx), c.catchUp(ctx, c.config)); err != nil {
		return "", err
	}
	compared, err := c.arrived(ctx)
	return "exit 0 twice; " + compared, err
}
