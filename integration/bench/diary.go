package main

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/kinesnow/kinesnow/integration/localkinesis"
	"github.com/kinesnow/kinesnow/integration/localsnowflake"
	"github.com/kinesnow/kinesnow/messages"
)

// diary notes what happens between a record's arrival and the moment at which
// the connector knows that it is committed, and what Snowflake answered.
type diary struct {
	delay time.Duration // the server's, between acceptance and commit

	mu        sync.Mutex
	arrived   map[messages.ShardID][]arrival // not yet committed, in order
	added     []time.Duration                // latency that is ours, of each record since it was taken last
	polls     []time.Time                    // of the last second
	mostPolls int                            // in any second
	throttled int64                          // answers of 429
}

// arrival is one record on its way.
type arrival struct {
	seq messages.SequenceNumber
	at  time.Time
}

func newDiary(delay time.Duration) *diary {
	return &diary{delay: delay, arrived: map[messages.ShardID][]arrival{}}
}

// put notes records that were put at a time.
func (d *diary) put(at time.Time, puts []localkinesis.Put) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, p := range puts {
		shard := messages.ShardID(p.ShardID)
		d.arrived[shard] = append(d.arrived[shard], arrival{messages.SequenceNumber(p.SequenceNumber), at})
	}
}

// note is told of the connector's events.
func (d *diary) note(_ string, e messages.Event) {
	c, ok := e.(*messages.Committed)
	if !ok {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	list := d.arrived[c.Shard]
	n := 0
	for n < len(list) && list[n].seq.Compare(c.To.Seq) <= 0 {
		d.added = append(d.added, c.At.Sub(list[n].at)-d.delay)
		n++
	}
	d.arrived[c.Shard] = list[n:]
}

// exchange sees every answer of Snowflake's.
func (d *diary) exchange(e localsnowflake.Exchange) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if e.Status == http.StatusTooManyRequests {
		d.throttled++
	}
	if !strings.HasSuffix(e.URL.Path, ":bulk-channel-status") {
		return
	}
	d.polls = append(d.polls, e.At)
	slices.SortFunc(d.polls, time.Time.Compare) // they end in another order than they come
	d.polls = slices.DeleteFunc(d.polls, func(at time.Time) bool { return e.At.Sub(at) >= time.Second })
	d.mostPolls = max(d.mostPolls, len(d.polls))
}

// begin forgets what was noted while everything settled.
func (d *diary) begin() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.added, d.mostPolls, d.throttled = nil, 0, 0
}

// take returns the latencies since it was called last, the most status calls in
// any second and the 429s since begin.
func (d *diary) take() (added []time.Duration, mostPolls int, throttled int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	added, d.added = d.added, nil
	return added, d.mostPolls, d.throttled
}

// left is how many records are on their way.
func (d *diary) left() (n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, list := range d.arrived {
		n += len(list)
	}
	return n
}

// quantile of latencies, which it sorts; 0 of none.
func quantile(all []time.Duration, q float64) time.Duration {
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return all[min(len(all)-1, int(q*float64(len(all))))]
}
