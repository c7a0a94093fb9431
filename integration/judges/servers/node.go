package servers

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/rs/zerolog"

	"github.com/kinesnow/kinesnow/integration/judges/servers/between"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor"
)

// node is one connector in an actor system of its own, behind proxies of its own.
type node struct {
	system          *actor.ActorSystem
	pid             *actor.PID
	kinesis, dynamo *between.Proxy
	budget          *messages.Budget
	gone            bool
}

// start starts a connector that differs from the stage's by a change, nil = none.
// touch may set its proxies up before anything is sent; nil = as they are.
func (s *stage) start(ctx context.Context, change func(*supervisor.Config), touch func(*node)) (*node, error) {
	n := &node{budget: messages.NewBudget(16 << 20)}
	var err error
	if n.kinesis, n.dynamo, err = s.proxies(ctx); err != nil {
		return nil, err
	}
	cfg := s.base
	cfg.Application, cfg.Kinesis.Stream = s.application, s.stream
	cfg.AWS.Endpoints.Kinesis, cfg.AWS.Endpoints.DynamoDB = n.kinesis.URL(), n.dynamo.URL()
	cfg.Lease.Duration, cfg.Lease.Renew = s.lease, s.renew
	cfg.Snowflake.Linger = 50 * time.Millisecond
	if change != nil {
		change(&cfg)
	}
	if touch != nil {
		touch(n)
	}
	props, err := supervisor.New(s.stream, cfg, supervisor.Host{
		Log: zerolog.New(&s.log).With().Timestamp().Int("trial_node", len(s.nodes)).Logger(), Pace: s.pace, Budget: n.budget, DataDir: s.dataDir(),
	})
	if err == nil {
		n.system = actor.NewActorSystem(actor.WithLoggerFactory(func(*actor.ActorSystem) *slog.Logger { return slog.New(slog.DiscardHandler) }))
		n.pid, err = n.system.Root.SpawnNamed(props, s.stream)
	}
	if err != nil {
		n.kinesis.Close()
		n.dynamo.Close()
		return nil, err
	}
	s.nodes = append(s.nodes, n)
	return n, nil
}

// several starts so many nodes alike, and waits until they share the shards.
func (s *stage) several(ctx context.Context, many int, touch func(i int, n *node)) (map[string]leaseRow, error) {
	for i := range many {
		var change func(*node)
		if touch != nil {
			change = func(n *node) { touch(i, n) }
		}
		if _, err := s.start(ctx, nil, change); err != nil {
			return nil, err
		}
	}
	return s.shared(ctx, many)
}

// kill ends a node at once, as the death of its process would: nothing is
// committed, checkpointed or released.
func (n *node) kill() {
	if n.gone {
		return
	}
	n.gone = true
	n.kinesis.Close() // what it still has to say is heard by nobody
	n.dynamo.Close()
	_ = n.system.Root.StopFuture(n.pid).Wait() // it is past being heard
	n.system.Shutdown()
}

// drain lets a node leave in order. What it cannot finish, such as a shard that is
// between two generations, it leaves to whoever comes next.
func (n *node) drain() error {
	defer n.kill()
	answer, err := n.system.Root.RequestFuture(n.pid, &messages.Drain{Within: patience}, patience).Result()
	if err != nil {
		return err
	}
	if _, ok := answer.(*messages.Drained); !ok {
		return fmt.Errorf("the drain was answered by %T", answer)
	}
	return nil
}

// state asks a node how it is.
func (n *node) state() (*messages.State, error) {
	answer, err := n.system.Root.RequestFuture(n.pid, &messages.Inspect{}, patience).Result()
	if err != nil {
		return nil, err
	}
	state, ok := answer.(*messages.State)
	if !ok {
		return nil, fmt.Errorf("Inspect was answered by %T", answer)
	}
	return state, nil
}

// untilState waits until a node is as it must be.
func (n *node) untilState(ctx context.Context, what string, good func(*messages.State) bool) error {
	return eventually(ctx, what, func() (string, error) {
		state, err := n.state()
		if err != nil || good(state) {
			return "", err
		}
		return fmt.Sprintf("%d shards, health %s, %s", len(state.Shards), state.Health, state.Why), nil
	})
}

// undisturbed is an error where a generation of a node ended.
func (n *node) undisturbed() error {
	state, err := n.state()
	if err != nil {
		return err
	}
	var errs []error
	for i := range state.Shards {
		if shard := &state.Shards[i]; shard.Generations != 0 {
			errs = append(errs, fmt.Errorf("generations of %s ended: %v", shard.Shard, shard.Ends))
		}
	}
	return errors.Join(errs...)
}
