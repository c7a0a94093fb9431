package localkinesis

import (
	"context"
	"net/http"
	"time"

	"github.com/kinesnow/kinesnow/integration/fault"
)

// EventCall names one event that a subscription is about to push.
type EventCall struct {
	Consumer string // name
	ShardID  string
	Opened   int64 // the subscription, ms since the epoch: there is one of a consumer and shard in 5 s
	N        int64 // events pushed on this subscription before it
	Records  int
	Closing  bool // the event of a shard's end
}

// EventEffect is what happens to one event. The zero EventEffect pushes it.
type EventEffect struct {
	Delay     time.Duration  // waited before anything else
	Exception *fault.Refusal // sent in the event's place; it ends the subscription
	Silence   bool           // half open: nothing is sent any more, the connection stays
	Drop      bool           // the connection breaks before the event
	CutAfter  int            // > 0: the connection breaks after so many bytes of the event's frame
	Repeat    bool           // the event is pushed twice
}

// EventHook decides the effect of one event. It runs on the subscription's
// goroutine and must be safe for concurrent use.
type EventHook func(EventCall) EventEffect

// EventFaults makes running subscriptions misbehave; a nil hook ends that. The
// call that opens one obeys Faults, action "SubscribeToShard".
func (s *Server) EventFaults(hook EventHook) { s.eventHook.Store(&hook) }

// SkewDate sends a Date header that is off by d, while all else keeps time.
func (s *Server) SkewDate(d time.Duration) { s.dateSkew.Store(int64(d)) }

// pushEvent sends an event through the hook. over says that the subscription
// ends with it although more could follow.
func (sub *subscription) pushEvent(ctx context.Context, out *eventStream, e *event) (over bool, err error) {
	effect := sub.effect(e)
	sub.pushed++
	if effect.Delay > 0 && !sleep(ctx, effect.Delay) {
		return true, nil
	}
	switch {
	case effect.Exception != nil:
		return true, out.sendException(effect.Exception.Code, effect.Exception.Message)
	case effect.Silence:
		<-ctx.Done()
		return true, nil
	case effect.Drop:
		panic(http.ErrAbortHandler)
	case effect.CutAfter > 0:
		_ = out.cut(e, effect.CutAfter) // the connection breaks anyhow
		panic(http.ErrAbortHandler)
	}
	payload := encodeEvent(e)
	if err := out.sendEvent(subscribeEvent, payload); err != nil || !effect.Repeat {
		return false, err
	}
	return false, out.sendEvent(subscribeEvent, payload)
}

func (sub *subscription) effect(e *event) EventEffect {
	hook := sub.server.eventHook.Load()
	if hook == nil || *hook == nil {
		return EventEffect{}
	}
	return (*hook)(EventCall{
		Consumer: sub.consumer.name, ShardID: sub.shard.id, Opened: sub.opened, N: sub.pushed, Records: e.records, Closing: e.continuation == "",
	})
}

// sleep reports false when the client left before the time was over.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
