package localkinesis

import (
	"slices"
	"strings"
	"sync"
)

// consumer is a reader registered for enhanced fan-out. Its state follows the
// clock like a stream's.
type consumer struct {
	name    string
	arn     string // <stream ARN>/consumer/NAME:creation s
	created int64  // ms since the epoch

	// Guarded by the stream's mutex.
	busy  string // creating or deleting, until then
	until int64  // ms since the epoch
	tags  map[string]string

	mu            sync.Mutex
	subscriptions map[uint32]*subscription // the newest of each shard, running or over
	calls         map[uint32]int64         // the last call of each shard, ms
	pushedBytes   map[uint32]*bucket       // what Options.Limits allows each shard
}

// Consumers of a stream (RegisterStreamConsumer reference).
const (
	maxConsumers         = 20
	maxCreatingConsumers = 5
)

func newConsumer(name, arn string, created int64) *consumer {
	return &consumer{
		name: name, arn: arn, created: created,
		subscriptions: map[uint32]*subscription{}, calls: map[uint32]int64{}, pushedBytes: map[uint32]*bucket{},
	}
}

// status is the consumer's state at a time. The stream's mutex is held.
func (c *consumer) status(now int64) string {
	if c.busy == "" || now >= c.until && c.busy != deleting {
		return active
	}
	return c.busy
}

// gone reports whether a deregistration is complete. The stream's mutex is held.
func (c *consumer) gone(now int64) bool { return c.busy == deleting && now >= c.until }

// end stops all subscriptions with an exception.
func (c *consumer) end(reason *Error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, sub := range c.subscriptions {
		sub.end(reason)
	}
}

// registered returns the consumers of a stream by name. Its mutex is held.
func (st *stream) registered(now int64) []*consumer {
	list := make([]*consumer, 0, len(st.consumers))
	for _, c := range st.consumers {
		if !c.gone(now) {
			list = append(list, c)
		}
	}
	slices.SortFunc(list, func(a, b *consumer) int { return strings.Compare(a.name, b.name) })
	return list
}

// consumer finds a consumer by name. The mutex is held.
func (st *stream) consumer(name string, now int64) *consumer {
	if c := st.consumers[name]; c != nil && !c.gone(now) {
		return c
	}
	return nil
}

// endSubscriptions stops every subscription of the stream.
func (st *stream) endSubscriptions(reason *Error) {
	st.mu.RLock()
	defer st.mu.RUnlock()
	for _, c := range st.consumers {
		c.end(reason)
	}
}

// consumerItem is a consumer in the answers of the API.
type consumerItem struct {
	ConsumerARN               string
	ConsumerCreationTimestamp seconds
	ConsumerName              string
	ConsumerStatus            string
}

// item describes the consumer. The stream's mutex is held.
func (c *consumer) item(now int64) consumerItem {
	return consumerItem{ConsumerARN: c.arn, ConsumerCreationTimestamp: seconds(c.created), ConsumerName: c.name, ConsumerStatus: c.status(now)}
}
