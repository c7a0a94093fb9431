package actors

import (
	"context"
	"errors"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/rs/zerolog"

	"github.com/kinesnow/kinesnow/messages"
)

// fetchTarget is how many rendered bytes one fetch aims at. More costs memory
// and makes the shard unreadable for longer; less costs calls
// (specs/performance.md 5).
const fetchTarget = 2 << 20

// markCost is what a mark takes, with its part of the digits. Records without
// rows would else be free, and read without end while a commit is awaited.
const markCost = 112

// BlockSource reads one shard from a fixed place onwards.
type BlockSource interface {
	// Next returns the next block, oldest record first. It aims at room
	// rendered bytes; one answer of the service is one block, which may
	// exceed it. It blocks until there is one (up to 5 s) or ctx ends; a
	// block without marks means that the shard is idle.
	//
	// Errors are *messages.AnchorMissingError (before the first block, and where a source changed its way of reading),
	// or *messages.Fault: Transient when Kinesis kept failing for 30 s,
	// Rejected when the stream or a permission is missing, Transient with
	// ReasonExpired when the shard itself is gone. After any error the source
	// is spent.
	Next(ctx context.Context, room int64) (*messages.RowBlock, error)
	Close()
}

// ReaderSettings is what a reader is made of.
type ReaderSettings struct {
	Shard     messages.ShardID
	Open      func(from messages.ReadFrom) BlockSource
	Share     *messages.Share
	Retention time.Duration // of the stream
	StopOnGap bool          // on_gap: stop, and the gap was not accepted yet
	Log       zerolog.Logger
}

// Reader reads one shard in order for one generation.
//
//	waiting --StartReading--> fetching --fetched--> waiting for credit, or closed
//
// At most one fetch is in flight, so order needs no further care. A fetch runs
// only with credit in hand and after taking from the process-wide budget.
type Reader struct {
	ReaderSettings
	ctx      context.Context // ends with this generation
	cancel   context.CancelFunc
	channel  *actor.PID
	start    *messages.StartReading
	caughtUp time.Time // of the service, when nothing was behind what was read
	source   BlockSource
	credit   int64
	busy     bool
	position messages.Position // up to which everything was handed on
	closed   bool
	down     bool
}

// NewReader returns the reader of one generation.
func NewReader(settings ReaderSettings) *Reader {
	ctx, cancel := context.WithCancel(context.Background())
	return &Reader{ReaderSettings: settings, ctx: ctx, cancel: cancel}
}

// fetched is the result of one fetch.
type fetched struct {
	block *messages.RowBlock
	err   error
}

// Receive is the table of contents.
func (r *Reader) Receive(c actor.Context) {
	if r.down {
		return
	}
	switch m := c.Message().(type) {
	case *messages.StartReading:
		r.begin(c, m)
	case *messages.Credit:
		r.credit += m.Bytes
		r.fetch(c)
	case *fetched:
		r.deliver(c, m)
	case *crashed:
		panic(m.fault)
	case *actor.Stopping:
		r.down = true
		r.cancel()
		if r.source != nil && !r.busy {
			r.source.Close()
		}
	}
}

func (r *Reader) begin(c actor.Context, m *messages.StartReading) {
	r.channel, r.start, r.position, r.caughtUp = m.Channel, m, m.Position, m.CaughtUp
	r.source = r.Open(m.From)
	r.fetch(c)
}

// fetch runs one Next outside the mailbox, so that Stop is never stuck behind
// AWS. It takes bytes first and settles for what the answer really held. It
// waits for credit for a whole fetch: many small ones cost more than they hold.
func (r *Reader) fetch(c actor.Context) {
	if r.busy || r.closed || r.credit < fetchTarget || r.source == nil {
		return
	}
	r.busy = true
	source := r.source
	run(r.ctx, c, func() any {
		defer func() {
			if r.ctx.Err() != nil {
				source.Close()
			}
		}()
		taken, err := r.Share.Take(r.ctx, fetchTarget)
		if err != nil {
			return nil // the generation is over
		}
		block, err := source.Next(r.ctx, taken)
		if err != nil {
			r.Share.Settle(taken, 0)
			return &fetched{err: err}
		}
		fit(block)
		block.Charged = int64(len(block.NDJSON)) + markCost*int64(len(block.Marks))
		r.Share.Settle(taken, block.Charged)
		return &fetched{block: block}
	})
}

// fit gives the buffer of a block back whose records made few rows or none: it
// is charged for its rows alone, and may wait for long (P15).
func fit(b *messages.RowBlock) {
	if b.Recycle == nil || len(b.NDJSON) > cap(b.NDJSON)/4 {
		return
	}
	large, recycle := b.NDJSON, b.Recycle
	b.NDJSON, b.Recycle = append([]byte(nil), large...), nil
	recycle(large)
}

func (r *Reader) deliver(c actor.Context, m *fetched) {
	r.busy = false
	if m.err != nil {
		r.failed(c, m.err)
		return
	}
	r.credit -= m.block.Charged
	r.closed = m.block.Closed
	r.position = m.block.Last()
	if m.block.CaughtUp() && m.block.At.After(r.caughtUp) {
		r.caughtUp = m.block.At
	}
	c.Send(r.channel, m.block)
	r.fetch(c)
}

// failed sorts out why a source is spent. A missing anchor is looked into
// (P9), a shard that is gone ends (P22), anything else ends the generation.
func (r *Reader) failed(c actor.Context, err error) {
	var missing *messages.AnchorMissingError
	if errors.As(err, &missing) {
		r.unanchored(c, missing)
		return
	}
	fault := messages.AsFault("reader", err)
	fault.Shard = r.Shard
	if fault.Reason != messages.ReasonExpired {
		panic(fault)
	}
	now := time.Now().UTC()
	r.gap(c, &messages.GapDetected{Shard: r.Shard, From: r.position, ToTime: now, At: now})
	r.closed = true
	c.Send(r.channel, &messages.RowBlock{After: r.position, Closed: true, Trimmed: true, At: now})
}

// unanchored goes on where nothing can be missing, or reports a gap (P9).
func (r *Reader) unanchored(c actor.Context, missing *messages.AnchorMissingError) {
	from := messages.ReadFrom{After: missing.Want, Unanchored: true}
	if !r.caughtUp.IsZero() && !r.caughtUp.Before(missing.Now.Add(-r.Retention)) {
		from.Time = r.caughtUp
	} else {
		r.gap(c, &messages.GapDetected{
			Shard: r.Shard, From: missing.Want, To: missing.Found,
			FromTime: r.start.Arrived, ToTime: missing.At, At: missing.Now,
		})
	}
	r.source.Close()
	r.source = r.Open(from)
	r.fetch(c)
}

func (r *Reader) gap(c actor.Context, event *messages.GapDetected) {
	if r.StopOnGap {
		panic(messages.Stopped(messages.GapFound, r.Shard, "records between %s and %s expired before they were read", event.From, event.To))
	}
	r.Log.Error().Str("from", event.From.String()).Str("to", event.To.String()).Msg("records expired before they were read")
	c.Send(r.channel, &messages.GapNotice{Event: event})
}
