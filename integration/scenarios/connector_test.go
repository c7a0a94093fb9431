package scenarios

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/rs/zerolog"

	"github.com/kinesnow/kinesnow/adapters/stream"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor"
)

// quick reads shards more often than Kinesis would let a connector.
var quick = &stream.Pace{MinInterval: 20 * time.Millisecond, IdleInterval: 50 * time.Millisecond}

// connector is one connector in an actor system of its own, as a process has it.
type connector struct {
	t      *testing.T
	w      *world
	system *actor.ActorSystem
	pid    *actor.PID
	log    *lines
	told   *history
	gone   bool
}

// plan is what a scenario changes about a connector.
type plan struct {
	supervisor.Config
	Host supervisor.Host
}

// connect starts a connector of the world's configuration.
func (w *world) connect(changes ...func(*plan)) *connector {
	w.t.Helper()
	file, err := supervisor.Load(w.ConfigFile(), os.LookupEnv)
	if err != nil {
		w.t.Fatal(err)
	}
	c := &connector{t: w.t, w: w, log: &lines{}, told: &history{}}
	p := &plan{Config: file.Connectors["orders"], Host: supervisor.Host{
		Log: zerolog.New(zerolog.SyncWriter(c.log)).With().Timestamp().Logger(), OnEvent: c.told.note, DataDir: w.dataDir(), Pace: quick,
	}}
	for _, change := range changes {
		change(p)
	}
	props, err := supervisor.New("orders", p.Config, p.Host)
	if err != nil {
		w.t.Fatal(err)
	}
	c.system = actor.NewActorSystem(actor.WithLoggerFactory(func(*actor.ActorSystem) *slog.Logger { return slog.New(slog.DiscardHandler) }))
	if c.pid, err = c.system.Root.SpawnNamed(props, "orders"); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(c.kill)
	return c
}

// patient has appends that are refused repeated for as long as a scenario lasts,
// however slow the machine is: no generation gives up.
func patient(p *plan) { p.Snowflake.AppendRetry = 5 * time.Minute }

// kill ends the connector at once, as the death of its process would: nothing
// is committed, checkpointed or released.
func (c *connector) kill() {
	if c.gone {
		return
	}
	c.gone = true
	for deadline := time.Now().Add(patience); ; { // the library waits for ten seconds
		err := c.system.Root.StopFuture(c.pid).Wait()
		if err == nil || errors.Is(err, actor.ErrDeadLetter) {
			break
		}
		if time.Now().After(deadline) {
			c.t.Errorf("the connector does not stop: %v", err)
			break
		}
	}
	c.system.Shutdown()
}

// drain asks the connector to leave in order.
func (c *connector) drain(within time.Duration) *messages.Drained {
	c.t.Helper()
	answer := c.ask(&messages.Drain{Within: within}, within+patience)
	drained, ok := answer.(*messages.Drained)
	if !ok {
		c.t.Fatalf("the drain was answered by %T", answer)
	}
	c.kill()
	return drained
}

// ask sends the connector a request of a host.
func (c *connector) ask(request any, within time.Duration) any {
	c.t.Helper()
	answer, err := c.system.Root.RequestFuture(c.pid, request, within).Result()
	if err != nil {
		c.t.Fatalf("%T: %v; the log ends:\n%s", request, err, c.log.tail())
	}
	return answer
}

// tell sends a command and returns what is wrong with it, "" if nothing.
func (c *connector) tell(command any) string {
	c.t.Helper()
	return c.ask(command, patience).(*messages.Done).Error
}

// resolve decides about a parked shard.
func (c *connector) resolve(shard int, from string) string {
	c.t.Helper()
	return c.tell(&messages.Resolve{Shard: shardID(shard), From: from, Who: "ada", Why: "a scenario"})
}

func (c *connector) state() *messages.State {
	c.t.Helper()
	return c.ask(&messages.Inspect{}, patience).(*messages.State)
}

// until waits for a state.
func (c *connector) until(what string, good func(*messages.State) bool) *messages.State {
	c.t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		s := c.state()
		if good(s) {
			return s
		}
		if time.Now().After(deadline) {
			c.t.Fatalf("never %s; the log ends:\n%s\nlast seen %+v", what, c.log.tail(), s)
		}
	}
}

// untilShard waits for a state of one shard.
func (c *connector) untilShard(n int, what string, good func(*messages.ShardState) bool) messages.ShardState {
	c.t.Helper()
	var found messages.ShardState
	c.until(fmt.Sprintf("shard %d %s", n, what), func(s *messages.State) bool {
		sh := shardOf(s, n)
		if sh == nil || !good(sh) {
			return false
		}
		found = *sh
		return true
	})
	return found
}

// untilParked waits until a shard is stopped with a code.
func (c *connector) untilParked(n int, code messages.StopCode) messages.ShardState {
	c.t.Helper()
	return c.untilShard(n, "is parked "+string(code), func(s *messages.ShardState) bool {
		return s.Phase == messages.PhaseParked && s.Stop == code
	})
}

// untilCaughtUp waits until so many rows were committed by this connector in
// all, and nothing is left to do of what has been put: a shard that was caught up
// before may say so for a while, and a record that makes no row is no row.
func (c *connector) untilCaughtUp(rows int64) *messages.State {
	c.t.Helper()
	put := c.w.newest()
	return c.until(fmt.Sprintf("caught up with %d rows", rows), func(s *messages.State) bool {
		for i := range s.Shards {
			if sh := &s.Shards[i]; !sh.Phase.StandsStill() && sh.Read.Seq.Compare(put[sh.Shard]) < 0 {
				return false
			}
		}
		return max(s.Total.Committed, s.Durable.Committed) >= rows && s.CaughtUp()
	})
}

// shardOf finds a shard by its number; nil where this connector does not have it.
func shardOf(s *messages.State, n int) *messages.ShardState {
	for i := range s.Shards {
		if s.Shards[i].Shard == shardID(n) {
			return &s.Shards[i]
		}
	}
	return nil
}

// history is what a connector told its host.
type history struct {
	mu     sync.Mutex
	events []messages.Event
}

func (h *history) note(_ string, e messages.Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.events = append(h.events, e)
}

// events returns those of one kind, oldest first.
func events[E messages.Event](c *connector) []E {
	c.told.mu.Lock()
	defer c.told.mu.Unlock()
	var found []E
	for _, e := range c.told.events {
		if e, ok := e.(E); ok {
			found = append(found, e)
		}
	}
	return found
}

// untilTold waits until the host was told of so many events of a kind, and
// returns those that it was told of: the ledger keeps them when it can, which may
// be after the state shows what they tell of.
func untilTold[E messages.Event](c *connector, n int) []E {
	c.t.Helper()
	var none E
	c.w.wait(fmt.Sprintf("told of %d %T", n, none), func() bool { return len(events[E](c)) >= n })
	return events[E](c)
}
