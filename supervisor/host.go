package supervisor

import (
	"net/http"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"github.com/kinesnow/kinesnow/adapters/snowpipe"
	"github.com/kinesnow/kinesnow/adapters/stream"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor/config"
)

// Config is the configuration of one connector, as config.Defaults makes it
// and config.Load reads it.
type Config = config.Config

// File is a configuration file.
type File = config.File

// Load reads a configuration file; its errors name file, line and key.
func Load(path string, env func(string) (string, bool)) (File, error) { return config.Load(path, env) }

// Host is what a service that embeds a connector lends it. Everything is
// optional; the zero Host works.
type Host struct {
	Log       zerolog.Logger // the zero Logger writes nothing
	AWS       *aws.Config    // credentials, region, HTTP client; nil = the SDK's default chain
	Snowflake snowpipe.TokenSource
	// HTTP sends every request of Snowpipe Streaming, sign-in included; nil = an
	// own transport. Together with AWS.HTTPClient it is all that a running
	// connector sends, but for SQL where schema_evolution is client. It excludes Config.Snowflake.Proxy. Redirects are never
	// followed, whatever its CheckRedirect says.
	HTTP       *http.Client
	Journal    messages.Journal    // nil = in memory, or files under DataDir
	DeadLetter messages.DeadLetter // nil = what the configuration says
	// Budget bounds the bytes that are fetched and not yet accepted. Share one
	// between several connectors; nil = 256 MiB of its own.
	Budget *messages.Budget
	// StatusPace bounds the calls that ask what is committed, and counts the
	// channels, pipe by pipe. Share one between the connectors of a process; nil =
	// an own one.
	StatusPace *StatusPace
	Metrics    prometheus.Registerer
	// Transform may change a record's JSON object, or filter it out by
	// returning nil, nil. It runs once per user record and must be safe for
	// concurrent use.
	Transform func(messages.Record, []byte) ([]byte, error)
	// OnEvent is told of every event, off the data path.
	OnEvent func(connector string, e messages.Event)
	// Middleware sees every message of every actor of the connector, its own and
	// the engine's included, the first one outermost: a service's chaos tests
	// hook in here (Example_chaos). Each actor that is spawned gets its own chain;
	// what the functions share several actors use at once.
	//
	// It may count, measure, delay briefly, and panic, before next or after it:
	// before loses the message, after keeps its effects and loses the sequel.
	// Either costs a generation or an actor's life, and never a row. A panic in
	// *actor.Stopping, *actor.Stopped and *actor.Restarting is logged and goes no
	// further. It must not leave next out without a panic (a message that is lost
	// in silence may be waited for: only what crosses between actors that may
	// die is sent again), replace or change a message (bytes in it are shared),
	// nor call next twice or from another goroutine. Blocking holds that actor
	// up, and with the lease's actor the lease.
	//
	// The connector is the root: its panics are for the strategy of whoever
	// spawned it, and the engine's default stops what fails more than ten times
	// in ten seconds. c.Self().Id tells who it is: <name> itself, and below it
	// leases, commits, ledger, shards, shards/<shard>, and of generation g
	// shards/<shard>/reader-g, channel-g and checkpoint-g. The names are stable.
	// Of the messages only those of package messages that a host sends or gets
	// are: all others are internal, and change.
	Middleware []actor.ReceiverMiddleware
	// Props are added to the Props of every actor, the connector's own included:
	// a mailbox or a dispatcher of the host's. They must not carry a guardian, a
	// producer, or receiver middleware, which is Middleware's.
	Props []actor.PropsOption
	// Pace bounds how often a shard is read; nil = what Kinesis allows all its
	// readers together. Benchmarks against a local server unbind it.
	Pace *stream.Pace
	// FanOut bounds how subscriptions are opened and given up; nil = what Kinesis
	// allows. Tests against a local server unbind it.
	FanOut *stream.FanOutPace
	// DataDir holds the journal under <DataDir>/<node>/ and dead letters under
	// <DataDir>/deadletter/; "" keeps the journal in memory.
	DataDir string
	// Node names this process; "" claims the lowest free slot.
	Node string
	// DrainTimeout bounds a drain that names no limit; 0 = 25 s.
	DrainTimeout time.Duration
	// Version is written into heartbeats and journals.
	Version string
}
