package process

import (
	"io"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/kinesnow/kinesnow/adapters/stream"
	"github.com/kinesnow/kinesnow/messages"
)

// Options is what a process takes besides its configuration file. The zero
// Options work.
type Options struct {
	Version string    // shown by /version and written into heartbeats; "" = unknown
	Stderr  io.Writer // takes the log; nil = os.Stderr

	// UntilCaughtUp ends the process once no listed shard is behind and
	// everything is committed and checkpointed.
	UntilCaughtUp bool

	// Middleware reaches every actor: chaos tests hook in here.
	Middleware []actor.ReceiverMiddleware
	// OnEvent is told of every event, off the data path, and concurrently.
	OnEvent func(connector string, e messages.Event)
	// Pace bounds how often a shard is read; nil = what Kinesis allows.
	Pace *stream.Pace
}
