package process

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor/process/control"
)

const (
	commandWithin = 25 * time.Second // a pause is kept in the lease table first
	resolveWithin = 40 * time.Second // it asks Snowflake and writes the lease row, 30 s together
)

// commands carries out what comes through the control socket.
type commands struct{ p *Process }

var _ control.Handler = commands{}

// Inspect implements control.Handler.
func (c commands) Inspect(context.Context) control.Snapshot {
	return control.Snapshot{Process: c.p.Info(), Connectors: c.p.seen.Load().states()}
}

// Pause implements control.Handler.
func (c commands) Pause(_ context.Context, connector string, shards []string) error {
	ids, err := shardIDs(shards)
	if err != nil {
		return err
	}
	return c.tell(connector, &messages.Pause{Shards: ids, Who: "control socket"}, commandWithin)
}

// Resume implements control.Handler.
func (c commands) Resume(_ context.Context, connector string, shards []string) error {
	ids, err := shardIDs(shards)
	if err != nil {
		return err
	}
	return c.tell(connector, &messages.Resume{Shards: ids, Who: "control socket"}, commandWithin)
}

// Resolve implements control.Handler.
func (c commands) Resolve(_ context.Context, r control.Resolve) error {
	shard, err := messages.ParseShard(r.Shard)
	if err != nil {
		return err
	}
	for key, text := range map[string]string{"from": r.From, "who": r.Who, "why": r.Why} {
		if strings.TrimSpace(text) == "" {
			return errors.New(key + ": is required; it is kept with the decision")
		}
	}
	return c.tell(r.Connector, &messages.Resolve{Shard: shard, From: r.From, Who: r.Who, Why: r.Why}, resolveWithin)
}

// Drain implements control.Handler.
func (c commands) Drain(ctx context.Context) error {
	c.p.log.Info().Msg("drain was asked for")
	c.p.askDrain()
	select {
	case <-c.p.drained:
		return c.p.left
	case <-ctx.Done():
		return ctx.Err()
	}
}

// tell sends a connector a command and waits for its Done.
func (c commands) tell(connector string, command any, within time.Duration) error {
	seen := c.p.seen.Load()
	for _, s := range seen.round {
		if s.name != connector {
			continue
		}
		if s.state == nil || s.state.Node == "" {
			return fmt.Errorf("connector %s has not begun yet: nothing can be done to its shards", connector)
		}
		answer, err := c.p.system.Root.RequestFuture(seen.pids[connector], command, within).Result()
		switch {
		case errors.Is(err, actor.ErrTimeout):
			return fmt.Errorf("connector %s did not answer within %s; look at its state before you repeat this", connector, within)
		case err != nil:
			return fmt.Errorf("connector %s is not there now; try again", connector)
		}
		if done, ok := answer.(*messages.Done); ok && done.Error != "" {
			return errors.New(done.Error)
		}
		return nil
	}
	names := make([]string, len(seen.round))
	for i, s := range seen.round {
		names[i] = s.name
	}
	return fmt.Errorf("no connector %q here; this process runs %s", connector, strings.Join(names, ", "))
}

func shardIDs(texts []string) ([]messages.ShardID, error) {
	ids := make([]messages.ShardID, len(texts))
	for i, text := range texts {
		id, err := messages.ParseShard(text)
		if err != nil {
			return nil, err
		}
		ids[i] = id
	}
	return ids, nil
}
