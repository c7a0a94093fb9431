package actors

import (
	"context"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/rs/zerolog"

	"github.com/kinesnow/kinesnow/messages"
)

// RowSink is Snowpipe Streaming as a channel uses it. Every error is a
// *messages.Fault with the meaning of P11.
type RowSink interface {
	// Open opens the channel, which fences every earlier opening. With
	// failOnUncommitted, rows accepted and not yet committed make it fail with
	// ReasonUncommitted; without it they are discarded (P6).
	Open(ctx context.Context, channel string, failOnUncommitted bool) (*messages.Opening, error)
	// Seal makes the body of one append: CPU only.
	Seal(rows [][]byte) (body [][]byte, length int64, encoding string, err error)
	// Append makes one attempt, and returns what the next append must name.
	Append(ctx context.Context, channel, continuation string, batch *messages.SealedBatch) (next string, err error)
	// Recycle takes a batch's body back once it is accepted.
	Recycle(batch *messages.SealedBatch)
}

// ChannelSettings is what a channel is made of.
type ChannelSettings struct {
	Connector, Stream string
	Name              string // of the channel (P3)
	Shard             messages.ShardID
	Epoch             int64
	Sink              RowSink
	DeadLetter        messages.DeadLetter
	Share             *messages.Share
	Durable           messages.ReadFrom // where the shard starts while nothing was committed (P12)
	Drained           bool              // the operator vouched for an adopted table (P7)
	Probe             Probe
	Linger            time.Duration
	AppendRetry       time.Duration
	StopOnRejected    bool // on_rejected_rows: stop
	Acknowledged      messages.RejectionsSeen
	// Located is the statement that shows the rejected rows of the batches that
	// ended after one position, up to another; two zero ones mean all.
	Located  func(after, to messages.Position) string
	Watching Watching

	Lease, Commits, Checkpoint, Reader *actor.PID
	Log                                zerolog.Logger
}

// Channel appends one shard's rows to one Snowpipe Streaming channel, in
// order, for one generation.
//
//	opening --opened--> rechecking --LeaseConfirmed--> flowing --Closed--> ending
//
// While it flows, at most one append is in flight and it keeps filling the
// next batch meanwhile. Bytes are freed when an append is accepted; until they
// are committed only ranges and counts stay (P15).
type Channel struct {
	ChannelSettings
	ctx    context.Context // ends with this generation
	cancel context.CancelFunc
	down   bool

	opening      *messages.Opening
	continuation string
	flowing      bool

	queue    queue
	sealedTo messages.Position // everything up to here was appended or passed
	ratio    float64           // wire bytes per rendered byte, a moving average
	sealing  bool
	appends  *appendState // the append in flight
	last     time.Time    // when the last append began
	linger   *time.Timer
	settle   settlement
	gate     gate
	passHead bool // a record was buried: S passes it before anything else is appended (P13)

	flights   flights
	rejected  int64 // rows_error_count as last read
	moved     time.Time
	asking    *time.Timer // repeats CommitWanted
	resting   *time.Timer
	rechecker *time.Timer

	behind     time.Duration
	landed     int64                // rows of this opening that were committed
	mismatched bool                 // Snowflake counts otherwise; said once
	warned     bool                 // of discarded records, once a generation
	outside    bool                 // of user records of another shard, the same
	packed     messages.Aggregation // not reported yet
	idled      time.Time            // when caughtUpAt was last handed on
	readUpTo   time.Time            // what arrived before it is here or further
	caughtUp   time.Time            // service time of the last answer with nothing behind; zero = not now
	end        *messages.RowBlock
	ended      bool
	flush      *actor.PID // who waits for Flushed
}

// NewChannel returns the channel of one generation.
func NewChannel(settings ChannelSettings) *Channel {
	ctx, cancel := context.WithCancel(context.Background())
	return &Channel{ChannelSettings: settings, ctx: ctx, cancel: cancel, ratio: 1, queue: queue{shard: settings.Shard}}
}

// Receive is the table of contents, in the order in which a generation meets it.
func (ch *Channel) Receive(c actor.Context) {
	if ch.down {
		return
	}
	switch m := c.Message().(type) {
	case *actor.Started:
		ch.open(c)
	case *opened:
		ch.recheck(c, m)
	case *recheckAgain:
		ch.askLease(c)
	case *messages.LeaseConfirmed:
		ch.decide(c, m)
	case *messages.LeaseLost:
		panic(&messages.Fault{Class: messages.Fenced, Reason: messages.ReasonLeaseLost, Op: "recheck", Shard: ch.Shard, Err: errText(m.Why)})

	case *messages.RowBlock:
		ch.admit(c, m)
	case *columnsAgain:
		ch.askColumns(c)
	case *messages.ColumnsReady:
		ch.columns(c)
	case *messages.ColumnsAwaited:
		ch.awaits(c, m)
	case *messages.ColumnsRefused:
		ch.columnsRefused(m)
	case *messages.GapNotice:
		c.Send(ch.Checkpoint, &messages.RecordsLost{Events: []messages.Event{m.Event}})
		ch.report(c, &messages.Progress{Gaps: 1})
	case *lingered:
		ch.next(c)
	case *messages.Unsettled:
		ch.settle.confirmed()
		ch.next(c)
	case *sealed:
		ch.send(c, m)
	case *buried:
		ch.sealing = false
		ch.next(c)
	case *appended:
		ch.accepted(c, m)

	case *askAgain:
		ch.askStatus(c)
	case *messages.StatusRead:
		ch.status(c, m)
	case *rested:
		ch.rest(c)
	case *messages.Flush:
		ch.flushFor(c)

	case *crashed:
		panic(m.fault)
	case *actor.Stopping:
		ch.stop()
	}
}

// stop ends what runs outside the mailbox.
func (ch *Channel) stop() {
	ch.down = true
	ch.cancel()
	for _, t := range []*time.Timer{ch.linger, ch.asking, ch.resting, ch.rechecker, ch.gate.again} {
		if t != nil {
			t.Stop()
		}
	}
}

// errText is an error that is only its text.
type errText string

func (e errText) Error() string { return string(e) }
