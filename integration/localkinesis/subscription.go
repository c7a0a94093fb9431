package localkinesis

import (
	"context"
	"sync"
	"time"
)

// subscription pushes one shard's records to one consumer:
//
//	look --records--> push --behind--> look again
//	                       --at the tip--> gather, look again --nothing--> wait for a put, an idle event or the end
//
// It ends after Options.SubscriptionLife, when it is taken over, when its
// consumer or stream goes, or with the closing event of its shard.
type subscription struct {
	server   *Server
	stream   *stream
	shard    *shard
	consumer *consumer
	opened   int64 // ms since the epoch
	next     int64 // the record to push next
	pushed   int64 // events
	rate     *bucket

	mu     sync.Mutex
	ended  chan struct{}
	reason *Error
	out    *eventStream // while it runs
}

const (
	maxEvent     = 1 << 20                // bytes of data and partition keys in an event, unless one record has more
	endingWrites = time.Second            // what a client that does not read gets before its connection breaks
	refillPause  = 100 * time.Millisecond // between looks while Options.Limits holds records back

	// What comes one by one is gathered for a moment, instead of an event each.
	// The service takes tens of ms to push what was put; some clients lose their
	// place when frames come without any gap, the first one above all.
	gatherTime = 10 * time.Millisecond
)

func newSubscription(s *Server, st *stream, sh *shard, c *consumer, next, now int64) *subscription {
	return &subscription{server: s, stream: st, shard: sh, consumer: c, opened: now, next: next, ended: make(chan struct{})}
}

// end makes the subscription stop with an exception. The first reason counts.
func (sub *subscription) end(reason *Error) {
	sub.mu.Lock()
	defer sub.mu.Unlock()
	if sub.reason != nil {
		return
	}
	sub.reason = reason
	close(sub.ended)
	if sub.out != nil {
		sub.out.writeBy(time.Now().Add(endingWrites))
	}
}

func (sub *subscription) begin(out *eventStream) {
	sub.mu.Lock()
	defer sub.mu.Unlock()
	sub.out = out
	out.writeBy(time.Now().Add(sub.server.options.SubscriptionLife + endingWrites))
}

// finish gives the connection back.
func (sub *subscription) finish() {
	sub.mu.Lock()
	defer sub.mu.Unlock()
	sub.out.writeBy(time.Time{})
	sub.out = nil
}

// run pushes until the subscription is over. An error means that the client
// cannot be reached.
func (sub *subscription) run(ctx context.Context, out *eventStream) error {
	life := time.NewTimer(sub.server.options.SubscriptionLife)
	defer life.Stop()
	idle := time.NewTimer(sub.server.options.IdleEvents)
	defer idle.Stop()
	for gather := true; ; {
		if gather {
			sleep(ctx, gatherTime)
		}
		wake := sub.shard.wakened()
		e, due, refused := sub.look()
		if refused != nil {
			return out.sendException(refused.Code, refused.Message)
		}
		if over, err := sub.over(ctx, out, life.C); over {
			return err
		}
		if due != eventDue {
			var pause <-chan time.Time
			if due == eventHeld {
				pause = time.After(refillPause)
			}
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-sub.ended:
				return sub.sendReason(out)
			case <-life.C:
				return nil
			case <-idle.C:
			case <-pause:
				continue
			case <-wake:
				continue
			}
		}
		over, err := sub.pushEvent(ctx, out, e)
		if err != nil || over || e.continuation == "" {
			return err
		}
		sub.next += int64(e.records)
		gather = e.behind == 0
		idle.Reset(sub.server.options.IdleEvents)
	}
}

// over reports whether the subscription ends before the event that is due. It
// looks at one cause after the other: of several that are ready a select takes
// any, and what a seed of the simulation does may not depend on that.
func (sub *subscription) over(ctx context.Context, out *eventStream, life <-chan time.Time) (ends bool, err error) {
	if ctx.Err() != nil {
		return true, ctx.Err()
	}
	select {
	case <-sub.ended:
		return true, sub.sendReason(out)
	default:
	}
	select {
	case <-life:
		return true, nil
	default:
		return false, nil
	}
}

func (sub *subscription) sendReason(out *eventStream) error {
	return out.sendException(sub.reason.Code, sub.reason.Message)
}

// readiness says whether an event is to be pushed now.
type readiness int

const (
	eventIdle readiness = iota + 1 // there is nothing to tell
	eventHeld                      // the rate of 2 MiB/s is used up
	eventDue
)

// look makes the next event.
func (sub *subscription) look() (*event, readiness, *Error) {
	now := sub.server.now()
	st, sh := sub.stream, sub.shard
	st.mu.RLock()
	defer st.mu.RUnlock()
	if st.removed || st.busy == deleting && now >= st.until {
		return nil, 0, sub.server.streamNotFound(st.name)
	}
	if sh.expired(st.horizon(now)) {
		return nil, 0, sub.server.noSuchShard(sh.id, st.name)
	}
	if err := sh.trim(st.horizon(now)); err != nil {
		return nil, 0, failure(err)
	}
	if st.limits && !sub.allowed(now) {
		p := sh.read(sub.next, 0, 0)
		return &event{continuation: sh.continuation(p.next, now), behind: p.behind(now)}, eventHeld, nil
	}
	p := sh.read(sub.next, getLimitRule.max, maxEvent)
	sub.next = p.next - int64(p.records) // behind what was trimmed
	e := &event{behind: p.behind(now), records: p.records, fragments: p.parts}
	switch {
	case p.records > 0:
		sub.take(p.bytes)
		e.continuation = p.last.String()
	case sh.closed != 0:
		e.children = describeChildren(sh)
	default:
		e.continuation = sh.continuation(p.next, now)
		return e, eventIdle, nil
	}
	return e, eventDue, nil
}

// allowed reports whether the rate leaves room for an event.
func (sub *subscription) allowed(now int64) bool {
	sub.consumer.mu.Lock()
	defer sub.consumer.mu.Unlock()
	return sub.rate.open(now, readBytesPerSecond)
}

func (sub *subscription) take(bytes int) {
	if !sub.stream.limits {
		return
	}
	sub.consumer.mu.Lock()
	defer sub.consumer.mu.Unlock()
	sub.rate.take(bytes)
}
