package stream

import (
	"context"
	"errors"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// Fallback reads one shard by enhanced fan-out, and polls it while that cannot
// be had (on_efo_unavailable: poll). Use Client.SubscribeOrPoll. It is not safe
// for concurrent use.
type Fallback struct {
	client  *Client
	shard   messages.Shard
	fan     *FanOut // one of the two is nil
	poll    *Source
	again   time.Time // when fan-out is tried again
	polling bool      // as Config.Polling was told
}

// Next is FanOut.Next or Source.Next, with the same errors but for
// EFO_UNAVAILABLE: then the block comes from the other one. Both continue
// where the block before ended, so a change doubles and loses nothing.
func (f *Fallback) Next(ctx context.Context, room int64) (*messages.RowBlock, error) {
	for {
		if f.poll != nil {
			if f.retry() {
				continue
			}
			return f.poll.Next(ctx, room)
		}
		block, err := f.fan.Next(ctx, room)
		var fault *messages.Fault
		switch {
		case err == nil:
			f.tell(nil)
		case errors.As(err, &fault) && fault.Stop == messages.EFOUnavailable:
			f.tell(fault)
			f.poll = f.client.Open(f.shard, rest(f.fan.Source))
			f.poll.caughtUp = f.fan.caughtUp
			f.fan.Close()
			f.fan, f.again = nil, time.Now().Add(f.client.config.FanOut.Again)
			continue
		}
		return block, err
	}
}

// retry goes back to fan-out once the consumer can be had again. Polling does
// not wait for that to be found out.
func (f *Fallback) retry() bool {
	if time.Now().Before(f.again) {
		return false
	}
	pace := f.client.config.FanOut
	there, soon := f.client.consumer.probe()
	if !there {
		f.again = time.Now().Add(pace.Again)
		if soon {
			f.again = time.Now().Add(pace.Look)
		}
		return false
	}
	f.fan = f.client.Subscribe(f.shard, rest(f.poll))
	f.fan.caughtUp = f.poll.caughtUp
	f.poll.Close()
	f.poll = nil
	return true
}

// rest is where the other source starts: at the last record that this one read,
// whose reading again proves that nothing is missing (P8, P9).
func rest(s *Source) messages.ReadFrom {
	if s.read == "" {
		return s.from
	}
	return messages.ReadFrom{After: s.position, Created: s.created}
}

// tell says how the shard is read where that has changed.
func (f *Fallback) tell(why *messages.Fault) {
	if f.polling != (why != nil) {
		f.polling = why != nil
		f.client.config.Polling(f.shard.ID, why)
	}
}

// Close ends both.
func (f *Fallback) Close() {
	f.tell(nil)
	if f.fan != nil {
		f.fan.Close()
	}
	if f.poll != nil {
		f.poll.Close()
	}
}
