package demo

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"sync"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/kinesnow/kinesnow/adapters/stream"
	"github.com/kinesnow/kinesnow/integration/demo/chaos"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor"
	"github.com/kinesnow/kinesnow/supervisor/process"
)

// note is one line of the child's stdout. One of its members is set.
type note struct {
	Ready string                    `json:"ready,omitempty"` // base URL of the read-only port
	Death *chaos.Report             `json:"death,omitempty"`
	Ended map[messages.Reason]int64 `json:"ended,omitempty"` // generations of this process, so far
}

// pace is Kinesis' own, but for the 2 MiB/s that it gives of one shard: the
// local server gives what it can.
var pace = stream.Pace{MinInterval: 200 * time.Millisecond, IdleInterval: time.Second}

// exitConfig is what run exits with on a bad configuration.
const exitConfig = 78

// Connector runs the connector of a configuration file as `kinesnow run` does,
// with an ear for orders: JSON lines of chaos.Order on orders, notes about what
// happened on notes, the log on log. It ends, drained, with ctx or with orders,
// whose end means that whoever started it is gone. It returns run's exit code.
func Connector(ctx context.Context, configFile, version string, orders io.Reader, notes, log io.Writer) int {
	file, err := supervisor.Load(configFile, os.LookupEnv)
	if err != nil {
		fmt.Fprintln(log, err)
		return exitConfig
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	out := newNotes(notes)
	defer out.close()
	registry := chaos.New(func(r chaos.Report) { out.send(note{Death: &r}) })
	p, err := process.New(file, process.Options{
		Version: version, Stderr: log, OnEvent: out.event,
		Middleware: []actor.ReceiverMiddleware{registry.Middleware()}, Pace: &pace,
	})
	if err != nil {
		fmt.Fprintln(log, err)
		return exitConfig
	}
	go func() {
		defer cancel()
		follow(orders, registry)
	}()
	go func() {
		select {
		case <-p.Started():
			out.send(note{Ready: p.Info().HTTP})
		case <-ctx.Done():
		}
	}()
	return p.Run(ctx)
}

// follow carries orders out until there are no more.
func follow(orders io.Reader, registry *chaos.Registry) {
	lines := bufio.NewScanner(orders)
	for lines.Scan() {
		var o chaos.Order
		if json.Unmarshal(lines.Bytes(), &o) == nil {
			registry.Kill(o)
		}
	}
}

// notes writes notes one after the other. Whoever sends one never waits for
// the reader: a dying actor must not be held up by a pipe.
type notes struct {
	queue chan note
	done  chan struct{}
	mu    sync.Mutex
	over  bool
	ended map[messages.Reason]int64
}

// notesHeld bounds what waits for the reader; more are dropped.
const notesHeld = 4096

func newNotes(w io.Writer) *notes {
	n := &notes{queue: make(chan note, notesHeld), done: make(chan struct{}), ended: map[messages.Reason]int64{}}
	go func() {
		defer close(n.done)
		lines := json.NewEncoder(w)
		for m := range n.queue {
			_ = lines.Encode(m) // a reader that is gone needs no notes
		}
	}()
	return n
}

func (n *notes) send(m note) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.put(m)
}

func (n *notes) put(m note) {
	if n.over {
		return
	}
	select {
	case n.queue <- m:
	default:
	}
}

// event counts why generations ended.
func (n *notes) event(_ string, e messages.Event) {
	f, ok := e.(*messages.Faulted)
	if !ok {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.ended[f.Reason]++
	n.put(note{Ended: maps.Clone(n.ended)})
}

func (n *notes) close() {
	n.mu.Lock()
	n.over = true
	n.mu.Unlock()
	close(n.queue)
	<-n.done
}
