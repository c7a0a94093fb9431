package sim

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor"
	"github.com/kinesnow/kinesnow/supervisor/config"
)

// Node is one kinesnow process.
type Node struct {
	name    string
	world   *World
	pid     *actor.PID
	journal *Journal
	leaving bool // asked to drain

	mu     sync.Mutex
	dead   bool
	frozen chan struct{} // closed when it goes on; nil = it runs
}

func (n *Node) isDead() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.dead
}

func (n *Node) isFrozen() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.frozen != nil
}

// awake waits until the node runs.
func (n *Node) awake(ctx context.Context) error {
	n.mu.Lock()
	frozen := n.frozen
	n.mu.Unlock()
	if frozen == nil {
		return nil
	}
	select {
	case <-frozen:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// freeze stops a node for a while, as SIGSTOP does: it does not know.
func (n *Node) freeze(d time.Duration) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.frozen != nil || n.dead {
		return
	}
	frozen := make(chan struct{})
	n.frozen = frozen
	time.AfterFunc(d, func() { n.thaw(frozen) })
}

// thaw lets a node go on that was stopped so; nil = however it was.
func (n *Node) thaw(frozen chan struct{}) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.frozen == nil || frozen != nil && n.frozen != frozen {
		return
	}
	close(n.frozen)
	n.frozen = nil
	n.world.scheduler.look()
}

// die cuts the node off at once. That its actors then stop is only tidying up:
// nothing that they do leaves the node any more.
func (n *Node) die() {
	n.mu.Lock()
	n.dead = true
	n.mu.Unlock()
	n.world.system.Root.Stop(n.pid)
}

// start spawns a node's connector.
func (w *World) start() *Node {
	w.born++
	n := &Node{name: nodeName(w.born), world: w, journal: w.pastJournal()}
	n.journal.node = n.name
	host := supervisor.Host{
		Log: w.log.With().Str("node", n.name).Logger(),
		AWS: &aws.Config{
			Region: "us-east-1", HTTPClient: &http.Client{Transport: newWire(w, n)},
			Credentials: aws.NewCredentialsCache(credentials.NewStaticCredentialsProvider("test", "test", "")),
		},
		HTTP: &http.Client{Transport: newWire(w, n)}, Snowflake: w.cloud.signIn, Journal: n.journal, DeadLetter: &Letters{w, n},
		Budget: messages.NewBudget(w.plan.Budget), Transform: transform, OnEvent: func(_ string, e messages.Event) { w.oracle.event(n, e) },
		Middleware: []actor.ReceiverMiddleware{w.panics(n)}, Props: []actor.PropsOption{w.scheduler.Props()},
	}
	props, err := supervisor.New(n.name, w.plan.config(), host)
	if err == nil {
		n.pid, err = w.system.Root.SpawnNamed(props, n.name)
	}
	if err != nil {
		w.fail("a node does not start: %v", err)
		return n
	}
	w.nodes = append(w.nodes, n)
	w.byName[n.name] = n
	return n
}

// config is a connector's.
func (p Plan) config() supervisor.Config {
	c := config.Defaults()
	c.Application = application
	c.AWS.Region = "us-east-1"
	c.AWS.Endpoints = config.Endpoints{Kinesis: "http://" + hostKinesis, DynamoDB: "http://" + hostDynamo}
	c.Kinesis.Stream = streamName
	if p.FanOut {
		c.Kinesis.ConsumerType = config.EnhancedFanOut
	}
	if p.Latest {
		c.Kinesis.InitialPosition.Kind = config.Latest
	}
	c.Snowflake.Account, c.Snowflake.User, c.Snowflake.Role = "LOCAL", "SIM", "SIM"
	c.Snowflake.Database, c.Snowflake.Schema, c.Snowflake.Table = "RAW", "EVENTS", "ORDERS"
	c.Snowflake.Host = "http://" + hostSnowflake
	c.Snowflake.Linger, c.Snowflake.AppendRetry = p.Linger, p.AppendRetry
	c.Snowflake.Compression = config.Compression(p.Compression)
	c.Lease = config.Lease{Duration: p.LeaseDuration, Renew: p.LeaseRenew}
	return c
}

// transform filters some records, and fails on others.
func transform(_ messages.Record, object []byte) ([]byte, error) {
	switch text := string(object); {
	case strings.Contains(text, markFiltered):
		return nil, nil
	case strings.Contains(text, markFailing):
		return nil, errors.New("this record cannot be transformed")
	}
	return object, nil
}
