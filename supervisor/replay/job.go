package replay

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/kinesnow/kinesnow/adapters/leasefile"
	"github.com/kinesnow/kinesnow/adapters/rows"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor"
)

const (
	lookEvery     = 100 * time.Millisecond
	inspectWithin = 2 * time.Second
	drainWithin   = 25 * time.Second
)

// errInterrupted says that a job was stopped from outside.
var errInterrupted = errors.New("stopped before the end; the same command goes on from here")

// job is a bounded connector that runs until everything has ended.
type job struct {
	name     string
	cfg      supervisor.Config
	host     supervisor.Host
	table    *leasefile.Table
	stream   func(supervisor.ShardStream, renderers) supervisor.ShardStream
	progress func(*messages.State) // told of each look; may be nil
}

// renderers make the rows of each shard.
type renderers func(messages.ShardID) *rows.Renderer

// run works until every shard has ended, or nothing goes on any more, and
// returns the last state before the drain. After errInterrupted everything that
// was read is committed, or will be read again.
func (j *job) run(ctx context.Context) (*messages.State, error) {
	props, err := supervisor.NewBounded(j.name, j.cfg, j.host, supervisor.Bounded{
		Stream: func(live supervisor.ShardStream, make func(messages.ShardID) *rows.Renderer) supervisor.ShardStream {
			return j.stream(live, make)
		},
		Table: j.table,
	})
	if err != nil {
		return nil, err
	}
	system := actor.NewActorSystem(actor.WithLoggerFactory(func(*actor.ActorSystem) *slog.Logger { return slog.New(slog.DiscardHandler) }))
	defer system.Shutdown()
	pid, err := system.Root.SpawnNamed(props, "replay-"+j.name)
	if err != nil {
		return nil, err
	}
	state, err := j.watch(ctx, system, pid)
	// What it leaves is read again, or parked and told of; the leases say which
	// shards have ended, whatever was under way when it was asked to go.
	_ = supervisor.Wait(system, []*actor.PID{pid}, drainWithin)
	return state, err
}

// watch looks at the connector until nothing more comes of waiting.
func (j *job) watch(ctx context.Context, system *actor.ActorSystem, pid *actor.PID) (*messages.State, error) {
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	last := &messages.State{}
	for halted := 0; ; {
		select {
		case <-ctx.Done():
			return last, errInterrupted
		case <-ticker.C:
		}
		answer, err := system.Root.RequestFuture(pid, &messages.Inspect{}, inspectWithin).Result()
		if errors.Is(err, actor.ErrDeadLetter) {
			return last, errors.New("the replay's connector died; the same command goes on from here")
		}
		state, ok := answer.(*messages.State)
		if !ok {
			continue
		}
		last = state
		if j.progress != nil {
			j.progress(state)
		}
		if halted++; state.Health != messages.Halted {
			halted = 0
		}
		if state.Listed > 0 && state.Done == state.Listed || halted > 1 {
			return state, nil
		}
	}
}
