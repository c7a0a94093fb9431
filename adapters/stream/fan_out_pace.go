package stream

import (
	"sync"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// FanOutPace bounds what enhanced fan-out does in which time.
type FanOutPace struct {
	Between time.Duration // after a SubscribeToShard that was accepted, until the shard's next
	Refused time.Duration // after one that was refused
	Silence time.Duration // a subscription without any event for so long is dead
	Stalled time.Duration // an event whose rest does not move for so long breaks off
	Blocked time.Duration // one that nobody asked for records for so long is closed
	Again   time.Duration // a Fallback that polls tries fan-out again after it
	Look    time.Duration // between two looks at a consumer that is not ACTIVE yet
}

// DefaultFanOutPace keeps to what Kinesis allows: within 5 s of a successful
// call another one for the consumer and shard is refused, and one call a second
// is allowed in all (SubscribeToShard API reference). An idle subscription has
// an event every few seconds; 35 s without one is what the KCL calls dead.
func DefaultFanOutPace() *FanOutPace {
	return &FanOutPace{
		Between: 5*time.Second + 100*time.Millisecond, Refused: time.Second,
		Silence: 35 * time.Second, Stalled: 10 * time.Second, Blocked: 5 * time.Second, Again: 5 * time.Minute,
		Look: time.Second,
	}
}

// turns says when a shard may be subscribed to again. It outlives the sources
// of a shard: the next one's first call would be refused else.
type turns struct {
	mu   sync.Mutex
	next map[messages.ShardID]time.Time
}

func (t *turns) due(shard messages.ShardID) time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.next[shard]
}

func (t *turns) wait(shard messages.ShardID, until time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.next == nil {
		t.next = map[messages.ShardID]time.Time{}
	}
	t.next[shard] = until
}

func (t *turns) forget(shard messages.ShardID) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.next, shard)
}
