package stream

import (
	"context"
	"errors"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// FanOut reads one shard by enhanced fan-out, from a fixed place onwards. Use
// Client.Subscribe. It is not safe for concurrent use.
//
//	closed --Next--> subscribed --event--> handed on
//	   ^                 |
//	   +---- end after 5 min, failure, silence, nobody asks, taken over
//
// A subscription is opened when records are asked for. Whatever ends it, the
// next one continues behind the last event that was handed on.
type FanOut struct {
	*Source // what both ways of reading have in common; iterator is the ContinuationSequenceNumber

	sub    *subscription // nil = none
	behind time.Duration // as the last event said
	at     time.Time     // of that event; zero = none yet
	doubt  bool          // the place to continue from may be what the service does not like
	quiet  bool          // the subscription before had events, and no record in them
	barren int           // subscriptions in a row that ended without any event
	taken  int           // subscriptions in a row that another one took over
}

const (
	// mostBarren subscriptions that end without an event make the place doubtful,
	// from which they were to continue.
	mostBarren = 2
	// mostTaken subscriptions in a row that another reader took over end the
	// generation: what comes next looks at the lease first (P5, KP14).
	mostTaken = 3
)

// Next returns the next block, oldest record first: what one event held, about
// a MiB at most unless one record has more. It blocks until there is a record,
// or Config.Idle (5 s) has passed; a block without marks then says how far
// behind the shard is. Such a block also comes as soon as nothing is behind any
// more. While nobody calls Next nothing is read, and after FanOutPace.Blocked
// (5 s) the subscription is closed until somebody does: room is not needed for
// more.
//
// Errors are Source.Next's, and Rejected with EFO_UNAVAILABLE where the consumer
// cannot be had.
func (f *FanOut) Next(ctx context.Context, _ int64) (*messages.RowBlock, error) {
	if f.closed {
		return nil, f.readBeyondEnd()
	}
	if f.sub != nil {
		f.sub.ask()
	}
	due := f.now().Add(f.client.config.Idle)
	for {
		block, err := f.receive(ctx, due)
		switch {
		case err == nil && block == nil:
			continue // a frame without meaning
		case err == nil:
			if len(block.Marks) > 0 || block.Closed || f.sub != nil && f.sub.events > 0 {
				f.patience.reset()
			}
			if f.worthSending(block, due) {
				f.caughtUp, f.closed = block.CaughtUp(), block.Closed
				f.handed()
				return block, nil
			}
		default:
			if err := f.bear(ctx, err); err != nil {
				f.drop()
				return nil, err
			}
		}
	}
}

// handed lets go of a subscription that has no more to give, and lets the others
// wait for a while.
func (f *FanOut) handed() {
	switch {
	case f.closed:
		f.drop()
		f.client.turns.forget(f.shard)
	case f.sub != nil:
		f.sub.rest()
	}
}

// Close ends the source and its subscription.
func (f *FanOut) Close() {
	f.closed = true
	f.drop()
}

func (f *FanOut) drop() {
	if f.sub == nil {
		return
	}
	if f.sub.events > 0 {
		f.barren = 0
		if time.Since(f.sub.opened) > f.client.config.FanOut.Silence {
			f.taken = 0
		}
	}
	f.sub.close()
	f.sub = nil
}

// receive makes a block of the next event. It is nil for a frame that is none,
// and one without marks once due has passed.
func (f *FanOut) receive(ctx context.Context, due time.Time) (*messages.RowBlock, error) {
	if f.sub == nil {
		if err := f.subscribe(ctx); err != nil {
			return nil, err
		}
	}
	h, came, err := f.sub.wait(ctx, due)
	if err != nil {
		return nil, f.lost(ctx, err)
	}
	if !came {
		return f.idle(), nil
	}
	a := f.client.answer()
	defer a.release()
	if err := f.sub.read(ctx, &h, a); err != nil {
		return nil, f.lost(ctx, err)
	}
	switch string(f.sub.frame.message) {
	case "event":
		if string(f.sub.frame.event) != "SubscribeToShardEvent" {
			return nil, nil // the initial response, or what a later version adds
		}
		return f.event(ctx, a)
	case "exception", "error":
		return nil, f.exception(ctx, a)
	}
	return nil, nil
}

// idle is a block that says again what the last event said.
func (f *FanOut) idle() *messages.RowBlock {
	b := &messages.RowBlock{After: f.position, Behind: f.behind, At: f.at}
	if f.at.IsZero() { // nothing was said yet
		b.Behind, b.At = max(b.Behind, time.Millisecond), f.now().UTC()
	}
	return b
}

// event makes a block of an event's payload.
func (f *FanOut) event(ctx context.Context, a *answer) (*messages.RowBlock, error) {
	if err := a.parse(); err != nil {
		return nil, f.lost(ctx, err)
	}
	if a.at.IsZero() {
		a.at = f.now().Add(-lateMargin).UTC()
	}
	at := a.at
	block, err := f.take(ctx, a)
	if err != nil {
		var missing *messages.AnchorMissingError
		if errors.As(err, &missing) && !f.sub.latest().IsZero() {
			missing.Now = f.sub.latest()
		}
		return nil, f.lost(ctx, err)
	}
	f.sub.events++
	f.sub.fed = f.sub.fed || len(block.Marks) > 0
	f.at, f.behind, f.doubt = at, block.Behind, false
	if f.iterator == "" && !block.Closed { // a slip, for the shard goes on; or the block was full (cut.go)
		f.drop()
	}
	return block, nil
}

// lost lets go of a subscription that cannot go on, and says what is wrong:
// nothing where the next one simply continues.
func (f *FanOut) lost(ctx context.Context, err error) error {
	fruitless := f.sub.events == 0
	f.quiet = !fruitless && !f.sub.fed
	f.drop()
	var fault *messages.Fault
	var missing *messages.AnchorMissingError
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, errParked):
		return nil
	case errors.Is(err, errFinished) && !fruitless:
		return nil // after 5 minutes, or earlier
	case errors.As(err, &missing):
		return missing
	case errors.As(err, &fault):
		return fault
	}
	if fruitless && !errors.Is(err, errSilence) {
		f.barren++
		f.doubt = f.doubt || f.barren >= mostBarren
	}
	return f.fault(f.op, err)
}

// bear waits before the next attempt, or returns the error that Next ends with.
// A shard that is in use is asked for again at the pace that turns keep, without
// any other pause.
func (f *FanOut) bear(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if checked := f.verified(ctx, err); !errors.Is(checked, err) {
		f.drop() // the event that was doubted comes again
		err = checked
	}
	var fault *messages.Fault
	if !errors.As(err, &fault) || fault.Class != messages.Transient || fault.Reason == messages.ReasonExpired || f.taken >= mostTaken {
		return err
	}
	pause, ok := f.patience.lost(f.now())
	if !ok {
		return fault
	}
	f.client.config.Retrying(fault)
	if inUse(fault) {
		return nil
	}
	return sleep(ctx, pause)
}
