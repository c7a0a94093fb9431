package actors

import (
	"context"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/rs/zerolog"

	"github.com/kinesnow/kinesnow/messages"
)

// LeaseTable is DynamoDB as Lease uses it. Errors are *messages.Fault: Fenced
// is a definite loss, Transient leaves the outcome unknown, Rejected waits for
// a human. Rows that come back are as the write left them.
type LeaseTable interface {
	// Prepare makes the table if need be and waits until it can be used.
	Prepare(ctx context.Context) error
	// Stream reads the __stream__ row; nil where there is none.
	Stream(ctx context.Context) (*messages.StreamRow, error)
	// CreateStream writes it once and returns what is there then.
	CreateStream(ctx context.Context, row messages.StreamRow) (*messages.StreamRow, error)
	MarkInitialised(ctx context.Context) error
	// ForgetDrained takes the operator's word for an adopted table back: it was
	// for what was there then.
	ForgetDrained(ctx context.Context) error
	// ResetStream forgets every shard of a stream that was created anew and
	// writes its __stream__ row (on_stream_recreated: reset).
	ResetStream(ctx context.Context, old, row messages.StreamRow) error
	// Rows reads the stream's, all shard and all node rows consistently.
	Rows(ctx context.Context) (messages.TableRows, error)
	// CreateShard makes a settled row unless there is one.
	CreateShard(ctx context.Context, row messages.ShardRow) (bool, error)
	// Claim takes a free row, or one whose owner died, as it was seen.
	Claim(ctx context.Context, seen *messages.ShardRow, me messages.Owner, duration time.Duration) (*messages.ShardRow, error)
	// Begin counts the epoch of an own lease up (P5).
	Begin(ctx context.Context, shard messages.ShardID, me messages.Owner, epoch int64, duration time.Duration) (*messages.ShardRow, error)
	// Renew renews an own lease; position may be nil, or ride along (P18).
	Renew(ctx context.Context, shard messages.ShardID, me messages.Owner, epoch int64, duration time.Duration, position *messages.PositionWrite) (*messages.ShardRow, error)
	// Stop renews one that is stopped with a code, and says so in the row until
	// the next Begin, Claim or HandOff.
	Stop(ctx context.Context, shard messages.ShardID, me messages.Owner, epoch int64, duration time.Duration, code messages.StopCode) (*messages.ShardRow, error)
	Release(ctx context.Context, shard messages.ShardID, me messages.Owner, epoch int64) error
	// AskHandoff asks the owner of a row, as it was seen, to hand it over (P21).
	AskHandoff(ctx context.Context, seen *messages.ShardRow, me messages.Owner) error
	// HandOff gives an own lease to another node, for duration.
	HandOff(ctx context.Context, shard messages.ShardID, me messages.Owner, epoch int64, to messages.Owner, duration time.Duration) error
	// ClaimNode takes a node slot that has no row (seen nil) or as seen.
	ClaimNode(ctx context.Context, seen *messages.NodeRow, node messages.NodeRow) error
	Beat(ctx context.Context, node messages.NodeRow) error
	RetireNode(ctx context.Context, node messages.NodeRow) error
}

// StreamCatalog is what Lease asks Kinesis.
type StreamCatalog interface {
	Describe(ctx context.Context) (*messages.Stream, error)
	// List returns every listed shard, closed ones included.
	List(ctx context.Context) ([]messages.Shard, error)
	// ListAt returns the shards that were open at a time; zero is the trim
	// horizon.
	ListAt(ctx context.Context, at time.Time) ([]messages.Shard, error)
}

// LeaseSettings is what Lease is made of.
type LeaseSettings struct {
	Table    LeaseTable
	Streams  StreamCatalog
	Process  string         // unique to this process
	Node     string         // configured; "" = the lowest free slot
	Slot     string         // held before a respawn; "" = none yet
	Held     messages.Owner // what this process owned rows as before a respawn; "" = nothing yet
	Host     string         // an attribute only
	Version  string
	Duration time.Duration // of a lease
	Renew    time.Duration
	Position string    // TRIM_HORIZON, LATEST or AT_TIMESTAMP: the first start
	Start    time.Time // beside AT_TIMESTAMP
	Reset    bool      // on_stream_recreated: reset
	Leaving  bool      // a drain has begun: claim nothing
	Fleet    *Fleet    // what was seen of other owners, kept over respawns
	Shards   *actor.PID
	Ledger   *actor.PID
	Drops    *actor.PID // told of shards that have ended; nil = nobody is
	// Channels notes how many of the pipe's channels the connector has and wants,
	// and returns how many others have; nil = there are no others.
	Channels func(used, wanting int) (beside int)
	Log      zerolog.Logger
}

// Lease finds the stream's shards, keeps their rows, takes those that are free
// or whose owner died, and renews what it holds. Its renewals never wait for
// the data path. It decides who works; that data is right is the channel's
// fence (P19). Nodes share the shards evenly without ever talking to each other
// but through the table (P21, balance.go).
//
//	preparing --prepared--> claiming a node slot --> holding
//
// For each held shard one table call is in flight at a time, so that a renewal
// never meets a generation's begin.
type Lease struct {
	LeaseSettings
	ctx    context.Context
	cancel context.CancelFunc
	down   bool

	me    messages.NodeRow
	owner messages.Owner
	// claiming: the node slot was lost and another one is being claimed.
	claiming bool

	stream     *messages.Stream
	described  time.Time // when stream was asked for; zero = not by this instance
	streamRow  messages.StreamRow
	listed     map[messages.ShardID]messages.Shard
	held       map[messages.ShardID]*heldLease
	taking     map[messages.ShardID]bool      // claims under way; true = of a shard without a channel
	asked      map[messages.ShardID]time.Time // hand-offs that this node asked for
	nodes      []messages.NodeRow             // as last seen
	pauses     messages.Pauses                // the same
	done       int
	began      time.Time                      // the service's, whole seconds, when this instance first asked for the stream
	elsewhere  messages.Elsewhere             // as of the last look at the table
	unowned    []messages.ShardID             // for too long
	blind      string                         // why looks have failed for too long; "" = they have not
	blindSince time.Time                      // the first of the looks that failed
	renewed    messages.ShardID               // the last one that was renewed in its turn
	beaten     time.Time                      // when the heartbeat was last moved
	telling    bool                           // publish is due
	dropped    map[messages.ShardID]time.Time // leases that were let go of since the last look began
	channels   messages.ChannelUse            // as of the last look at the table
	wanting    int                            // shards without a channel that could be read then

	discovering bool
	again       bool // discover once more when this one is over
	listNow     bool
	lastList    time.Time
	retry       Backoff
	timers      map[timerKind]*time.Timer
	outbox      Outbox
	looked      bool      // at the table, since this instance began
	leaving     bool      // a drain releases leases: claim none
	refused     time.Time // since when the table refuses our writes; zero = it does not
	denied      bool      // the connector was told
	retiring    *actor.PID
}

// heldLease is one lease that this process holds.
type heldLease struct {
	epoch   int64
	since   time.Time // of the last row that named this process
	ended   time.Time // when SHARD_END of this epoch was first seen in the row; zero = not
	shard   messages.Shard
	first   bool
	busy    bool
	op      leaseOp // in flight while busy
	queue   []leaseOp
	doubt   leaseOp                     // a generation's begin whose outcome is unknown
	grant   *messages.GenerationGranted // the newest; nil = none yet
	waiting *messages.PositionWaiting   // rides on the next renewal
	sender  *actor.PID                  // of waiting
}

// NewLease returns the lease actor of a connector.
func NewLease(settings LeaseSettings) *Lease {
	ctx, cancel := context.WithCancel(context.Background())
	return &Lease{
		LeaseSettings: settings, ctx: ctx, cancel: cancel, owner: settings.Held,
		listed: map[messages.ShardID]messages.Shard{}, held: map[messages.ShardID]*heldLease{},
		taking: map[messages.ShardID]bool{}, asked: map[messages.ShardID]time.Time{}, dropped: map[messages.ShardID]time.Time{}, leaving: settings.Leaving, timers: map[timerKind]*time.Timer{},
		retry: NewBackoff(500*time.Millisecond, 30*time.Second),
	}
}

// timerKind names the actor's timers; each runs once at a time.
type timerKind uint8

const (
	prepareTimer timerKind = iota
	discoverTimer
	renewTimer
	publishTimer
)

type (
	prepareNow  struct{}
	discoverNow struct{}
	renewNow    struct{}
	publishNow  struct{}
)

// Receive is the table of contents.
func (l *Lease) Receive(c actor.Context) {
	if l.down {
		return
	}
	switch m := c.Message().(type) {
	case *actor.Started:
		l.outbox = NewOutbox(l.Ledger, "leases/"+l.Process, l.Process+"/leases/"+time.Now().UTC().Format(time.RFC3339Nano))
		l.prepare(c)
	case *prepareNow:
		l.prepare(c)
	case *prepared:
		l.begin(c, m)

	case *discoverNow:
		l.discover(c)
	case *discovered:
		l.look(c, m)
	case *claimed:
		l.took(c, m)
	case *handoffAsked:
		l.askedFor(c, m)
	case *messages.ShardsReady, *publishNow:
		l.publish(c)
	case *messages.EndWritten:
		l.finish(c, m)
	case *messages.LookWanted:
		if l.stream != nil { // else it is the first thing to come
			l.discover(c)
		}

	case *renewNow:
		l.renewAll(c)
	case *beaten:
		l.beatDone(c, m)
	case *messages.GenerationWanted, *messages.RecheckWanted, *messages.ReleaseWanted:
		l.ask(c, m)
	case *messages.PositionWaiting:
		l.carry(c, m)
	case *leaseDone:
		l.opDone(c, m)

	case *messages.Leaving:
		l.leaving = true
		l.beat(c)
	case *messages.Retire:
		l.retire(c)
	case *retired:
		c.Send(l.retiring, &messages.Retired{})
	case *messages.Recorded:
		l.outbox.Recorded(m)
	case *crashed:
		panic(m.fault)
	case *actor.Stopping:
		l.down = true
		l.cancel()
		for _, t := range l.timers {
			t.Stop()
		}
	}
}

// later sends the actor a message after d, with some jitter, so that nodes do
// not keep step.
func (l *Lease) later(c actor.Context, kind timerKind, d time.Duration, message any) {
	if t := l.timers[kind]; t != nil {
		t.Stop()
	}
	l.timers[kind] = After(c, jitter(d), message)
}
