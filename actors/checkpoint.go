package actors

import (
	"context"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/rs/zerolog"

	"github.com/kinesnow/kinesnow/messages"
)

// PositionTable is the lease table as a checkpoint writes it. Errors are
// *messages.Fault; Fenced means that the lease is another's now.
type PositionTable interface {
	WritePosition(ctx context.Context, shard messages.ShardID, owner messages.Owner, epoch int64, write messages.PositionWrite) (*messages.ShardRow, error)
}

// CheckpointSettings is what a checkpoint is made of.
type CheckpointSettings struct {
	Shard messages.ShardID
	Owner messages.Owner
	Epoch int64
	Table PositionTable
	// Recount reads (from, to] again without appending anything and counts it
	// (P26).
	Recount func(ctx context.Context, from, to messages.Position) (messages.Counters, error)
	// Before is how far earlier generations of this process had appended; zero
	// where there were none.
	Before messages.Position

	Lease, Ledger *actor.PID
	Log           zerolog.Logger
}

// Checkpoint records what became true: in the ledger, and as position,
// counters and digest in the lease row. Its state is a fold over its own
// events (ShardLedger).
//
//	waiting --GenerationStarted--> recovering the stretch (K, T] --> ready
//
// Positions usually ride on the next lease renewal (P18); what must be
// answered before something else may happen is written at once, one write at
// a time.
type Checkpoint struct {
	CheckpointSettings
	ctx    context.Context
	cancel context.CancelFunc
	down   bool

	state  ShardLedger
	outbox Outbox
	held   []*heldMessage // wait for the stretch's counts
	ready  bool

	token          messages.Token    // T as last read back
	kept           messages.Position // K that the generation began with: the row's until one is written
	skipped        messages.Token    // S as last asked for
	caughtUp       time.Time
	settled        settledState      // what every write says of it
	rested         bool              // what the row said of it when the generation began
	created        int64             // channelCreated beside settled = false
	rejectedBefore int64             // the same
	answered       int64             // number of the newest write that was answered
	counters       messages.Counters // of everything up to max(T, S)
	appended       messages.Digest   // digest after the last accepted batch
	rejected       int64             // rows rejected in the stretch, by Snowflake's counters
	reading        bool              // the stretch is being read again

	writeNo  int64
	writes   []write // direct writes, one at a time
	writing  bool
	offered  *messages.PositionWrite // with Lease, unanswered
	posted   time.Time               // when it was last sent there
	repeater *time.Timer
}

// NewCheckpoint returns the checkpoint of one generation.
func NewCheckpoint(settings CheckpointSettings) *Checkpoint {
	ctx, cancel := context.WithCancel(context.Background())
	return &Checkpoint{CheckpointSettings: settings, ctx: ctx, cancel: cancel}
}

type repeatNow struct{}

// Receive is the table of contents.
func (k *Checkpoint) Receive(c actor.Context) {
	if k.down {
		return
	}
	switch m := c.Message().(type) {
	case *actor.Started:
		k.outbox = NewOutbox(k.Ledger, ShardStream(k.Shard), string(k.Owner)+"/"+k.generation())
		k.repeater = After(c, repeatEvery, &repeatNow{})
	case *messages.GenerationStarted:
		k.begin(c, m)
	case *messages.StretchFound:
		k.stretch(c, m)
	case *recounted:
		k.recover(c, m)

	case *messages.Unsettle:
		k.unsettle(c, m)
	case *messages.BatchAccepted, *messages.BatchCommitted, *messages.RecordsLost, *messages.Passed, *messages.Rested, *messages.CaughtUp, *messages.EndReached, *messages.Conclude:
		k.follow(c, m, c.Sender())
	case *messages.SettleAndEnd:
		k.settleAndEnd(c, m)

	case *wrote:
		k.written(c, m)
	case *messages.PositionWritten:
		k.renewed(c, m)
	case *endNow:
		panic(m.fault)
	case *repeatNow:
		k.repeat(c)
	case *messages.Recorded:
		k.outbox.Recorded(m)
	case *crashed:
		panic(m.fault)
	case *actor.Stopping:
		k.down = true
		k.cancel()
		k.repeater.Stop()
	}
}

// follow handles what comes after the start, in order, once the counts of
// everything before are known.
func (k *Checkpoint) follow(c actor.Context, message any, sender *actor.PID) {
	if !k.ready {
		if m, ok := message.(*messages.Conclude); ok && k.state.Epoch == 0 {
			c.Send(sender, &messages.Concluded{Settled: m.Settled})
			return // the generation never began
		}
		k.held = append(k.held, &heldMessage{message, sender, false})
		return
	}
	switch m := message.(type) {
	case *messages.BatchAccepted:
		k.appended = k.appended.Fold(m.Event.To, m.Event.Rows)
		m.Event.Digest = k.appended
		k.record(c, m.Event)
	case *messages.BatchCommitted:
		k.committed(c, m)
	case *messages.RecordsLost:
		k.record(c, m.Events...)
	case *messages.Passed:
		k.pass(m)
		k.settle(c, nil)
	case *messages.Rested:
		k.caughtUp = m.CaughtUp
		k.settle(c, nil)
	case *messages.CaughtUp:
		k.caughtUp = m.At
		k.offer(c)
	case *messages.EndReached:
		k.endShard(c, m)
	case *messages.Conclude:
		k.conclude(c, m, sender)
	}
}

// heldMessage is one that waits for the stretch's counts.
type heldMessage struct {
	message any
	sender  *actor.PID
	undone  bool // settled = false was asked for since: it must not say true any more
}

// record keeps events: in the state, and in the ledger.
func (k *Checkpoint) record(c actor.Context, events ...messages.Event) {
	for _, e := range events {
		k.state = k.state.Evolve(e)
	}
	k.outbox.Add(c, events...)
}

// committed adds what T now covers, and lets it ride on the next renewal.
func (k *Checkpoint) committed(c actor.Context, m *messages.BatchCommitted) {
	k.token, k.caughtUp = m.Token, m.CaughtUp
	for _, b := range m.Batches {
		digest := k.counters.Digest.Fold(b.End, b.Counters.Appended)
		b.Counters.Digest = digest
		k.counters = k.counters.Add(b.Counters)
	}
	k.counters.Rejected += m.Rejected
	k.record(c, m.Event)
	k.offer(c)
}

// repeat sends again what crosses subtrees and was not answered.
func (k *Checkpoint) repeat(c actor.Context) {
	k.outbox.Repeat(c)
	if k.offered != nil && !k.writing && time.Since(k.posted) >= offerRepeat {
		k.post(c)
	}
	k.repeater = After(c, repeatEvery, &repeatNow{})
}

// ShardStream is the journal stream of a shard's ledger.
func ShardStream(shard messages.ShardID) string { return "shard/" + string(shard) }
