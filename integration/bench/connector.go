package main

import (
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/rs/zerolog"

	"github.com/kinesnow/kinesnow/adapters/stream"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor"
	"github.com/kinesnow/kinesnow/supervisor/config"
)

// The account that the servers know.
const (
	account, user, role      = "LOCAL", "BENCH", "BENCH"
	database, schema, region = "RAW", "EVENTS", "us-east-1"
)

// connector is the product, as a host embeds it: supervisor.New with the pace
// of reading unbound, in a process of its own. It drains at the end, so that
// what was accepted is committed and checkpointed, too.
func connector(j job, m *meter) error {
	watch := &watch{meter: m, left: j.Records * int64(j.Shards), done: make(chan struct{})}
	log := zerolog.New(os.Stderr).Level(zerolog.WarnLevel)
	props, err := supervisor.New("bench", configuration(j), supervisor.Host{
		Log: log, Budget: messages.NewBudget(j.Budget),
		Pace:       &stream.Pace{IdleInterval: time.Second}, // unbound but at the end of the stream
		Middleware: []actor.ReceiverMiddleware{watch.middleware},
	})
	if err != nil {
		return err
	}
	system := actor.NewActorSystem(actor.WithLoggerFactory(quiet))
	pid, err := system.Root.SpawnNamed(props, "bench")
	if err != nil {
		return err
	}
	select {
	case <-watch.done:
	case <-time.After(j.Within):
		answer, _ := system.Root.RequestFuture(pid, &messages.Inspect{}, time.Second).Result()
		return fmt.Errorf("%d rows short of the end: %+v", watch.left, answer)
	}
	return supervisor.Wait(system, []*actor.PID{pid}, 30*time.Second)
}

// quiet keeps the actor library's own notes out of the table.
func quiet(*actor.ActorSystem) *slog.Logger {
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
}

func configuration(j job) config.Config {
	c := config.Defaults()
	c.Application = j.Run
	c.AWS.Region = region
	c.AWS.Credentials.AccessKeyID, c.AWS.Credentials.SecretAccessKey = "test", "test"
	c.AWS.Endpoints = config.Endpoints{Kinesis: j.At.Kinesis, DynamoDB: j.At.DynamoDB}
	c.Kinesis.Stream = streamName
	c.Snowflake.Account, c.Snowflake.User, c.Snowflake.Role = account, user, role
	c.Snowflake.Host, c.Snowflake.PrivateKeyFile = j.At.Snowflake, j.KeyFile
	c.Snowflake.Database, c.Snowflake.Schema, c.Snowflake.Table = database, schema, j.Table
	c.Snowflake.Compression = config.Compression(strings.ToLower(j.Compression))
	return c
}

// watch runs the meter: it sees every actor's mail go by and touches none.
// Reading begins with StartReading; an append that was acknowledged is reported
// with BatchAccepted.
type watch struct {
	meter *meter
	first sync.Once
	mu    sync.Mutex
	left  int64 // rows
	done  chan struct{}
}

func (w *watch) middleware(next actor.ReceiverFunc) actor.ReceiverFunc {
	return func(c actor.ReceiverContext, envelope *actor.MessageEnvelope) {
		switch m := envelope.Message.(type) {
		case *messages.StartReading:
			w.first.Do(w.meter.begin)
		case *messages.BatchAccepted:
			w.accepted(m.Event.Rows)
		}
		next(c, envelope)
	}
}

func (w *watch) accepted(rows int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	before := w.left
	if w.left -= rows; before > 0 && w.left <= 0 {
		w.meter.end()
		close(w.done)
	}
}
