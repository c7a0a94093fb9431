package actors

import (
	"context"
	"errors"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"github.com/kinesnow/kinesnow/messages"
)

// opened is the result of opening the channel.
type opened struct {
	opening *messages.Opening
	err     error
}

type recheckAgain struct{}

// open opens the channel: first refusing to discard what is still in flight,
// asking again each second for 10 s, then discarding it (P6). What time heals
// is tried for openRetry, and told of once after openSilence; the lease is held
// meanwhile.
func (ch *Channel) open(c actor.Context) {
	told := false
	backoff := NewBackoff(200*time.Millisecond, 5*time.Second)
	run(ch.ctx, c, func() any {
		began := time.Now()
		for {
			careful := time.Since(began) < openRefusal
			opening, err := ch.tryOpen(careful)
			if err == nil {
				return &opened{opening: opening}
			}
			var f *messages.Fault
			pause := openRepeat
			switch {
			case ch.ctx.Err() != nil:
				return nil
			case errors.As(err, &f) && f.Reason == messages.ReasonUncommitted && careful:
			case errors.As(err, &f) && f.Class != messages.Transient, time.Since(began) > openRetry:
				return &opened{err: err}
			default:
				pause = backoff.Next()
				if f != nil {
					pause = max(pause, f.After)
				}
				if !told && time.Since(began) > openSilence {
					told = true
					ch.Log.Warn().Str("err", err.Error()).Msg("the channel cannot be opened yet")
				}
			}
			if !sleep(ch.ctx, pause) {
				return nil
			}
		}
	})
}

// tryOpen makes one attempt, which does not outlive a connection that went
// silent.
func (ch *Channel) tryOpen(careful bool) (*messages.Opening, error) {
	ctx, cancel := context.WithTimeout(ch.ctx, appendLimit)
	defer cancel()
	return ch.Sink.Open(ctx, ch.Name, careful)
}

// recheck asks Lease whether the lease still stands, now that this opening
// fences every earlier one (P5).
func (ch *Channel) recheck(c actor.Context, m *opened) {
	if m.err != nil {
		panic(ch.fault("open", m.err))
	}
	if !m.opening.Healthy {
		panic(ch.unhealthy(&m.opening.ChannelStatus))
	}
	ch.opening, ch.continuation = m.opening, m.opening.Continuation
	ch.rejected = m.opening.RowsErrors
	ch.askLease(c)
}

func (ch *Channel) askLease(c actor.Context) {
	if ch.flowing {
		return
	}
	c.Request(ch.Lease, &messages.RecheckWanted{Shard: ch.Shard, Epoch: ch.Epoch})
	ch.rechecker = After(c, repeatEvery, &recheckAgain{})
}

// decide starts the generation where the row that the re-check returned and
// this opening say (P7).
func (ch *Channel) decide(c actor.Context, m *messages.LeaseConfirmed) {
	if ch.flowing || ch.ended || m.Row.Epoch != ch.Epoch {
		return // an answer to a repeated question
	}
	if ch.unready(c) {
		return
	}
	start, fault := DecideStart(m.Row, ch.opening, ch.Durable, ch.Drained)
	if fault != nil {
		panic(fault)
	}
	seen, _ := m.Row.RejectedBy(ch.opening.CreatedMS)
	if ch.Acknowledged.CreatedMS == ch.opening.CreatedMS {
		seen = max(seen, ch.Acknowledged.Rows)
	}
	if ch.StopOnRejected && ch.opening.RowsErrors > seen {
		panic(messages.Stopped(messages.RowsRejected, ch.Shard, "%d rows were rejected: %s", ch.opening.RowsErrors-seen, ch.opening.LastError))
	}
	ch.flowing, ch.moved = true, time.Now()
	ch.sealedTo, ch.queue.tail = start.Position, start.Position
	ch.flights.begin(start.Token.Position)
	if !m.Row.Settled {
		ch.startResting(c) // an earlier generation's end left it so, and nothing may come for weeks
	}
	now := time.Now().UTC()
	c.Send(ch.Checkpoint, &messages.GenerationStarted{
		Row: m.Row, Opening: ch.opening, Token: start.Token, Adopted: start.Adopted,
		Event: &messages.Opened{
			Shard: ch.Shard, Generation: ch.Epoch, Epoch: ch.Epoch, Channel: ch.Name, CreatedMS: ch.opening.CreatedMS,
			Token: ch.opening.Token, Start: start.Position, From: start.Source, Why: start.Why, At: now,
		},
	})
	reading := &messages.StartReading{Channel: c.Self(), From: start.From, Position: start.Position, Arrived: start.Token.ArrivedAt()}
	if m.Row.CaughtUpAt != 0 {
		reading.CaughtUp = time.UnixMilli(m.Row.CaughtUpAt)
	}
	c.Send(ch.Reader, reading)
	c.Send(ch.Reader, &messages.Credit{Bytes: creditWindow})
	c.Send(c.Parent(), &messages.Progress{
		Flowing: true, Read: start.Position, Accepted: start.Position, Committed: start.Token.Position,
		Checkpoint: m.Row.Newest(), Counters: &m.Row.Counters, Rejection: ch.earlierRejection(),
	})
}

// earlierRejection is what the opening says of rows that were rejected before; nil
// where none was.
func (ch *Channel) earlierRejection() *messages.Rejection {
	if ch.opening.RowsErrors == 0 {
		return nil
	}
	return ch.opening.Rejection(ch.opening.RowsErrors, ch.located(messages.Position{}, messages.Position{}))
}

// located is the statement that shows rejected rows; "" where nobody knows the
// table.
func (ch *Channel) located(after, to messages.Position) string {
	if ch.Located == nil {
		return ""
	}
	return ch.Located(after, to)
}

// fault gives an error of the channel's own calls its shard. It is a copy, for
// one fault of a bulk status goes to every channel.
func (ch *Channel) fault(op string, err error) *messages.Fault {
	f := *messages.AsFault("channel."+op, err)
	if f.Shard == "" {
		f.Shard = ch.Shard
	}
	return &f
}
