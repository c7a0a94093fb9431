package demo

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/kinesnow/kinesnow/integration/demo/chaos"
	"github.com/kinesnow/kinesnow/integration/exact"
	"github.com/kinesnow/kinesnow/integration/localcloud"
)

// killer ends actors in turn, each kind as often as its weight says.
type killer struct {
	cloud    *localcloud.Cloud
	life     *life
	every    time.Duration
	mu       sync.Mutex
	sent     map[chaos.Kind]int // orders under way or carried out
	killed   map[chaos.Kind]int
	inFlight int // deaths that found rows in flight
	last     int64
	lastRoot time.Time
	flowing  time.Time           // since when the process works on a shard; zero = it does not
	missed   map[chaos.Kind]bool // since the last death: nobody of that kind was there
}

// weights: the connector and its shard manager take everything with them, so
// they die half as often as the others.
func weight(k chaos.Kind) float64 {
	if k == chaos.Connector || k == chaos.Shards {
		return 1
	}
	return 2
}

// rootPause keeps the connector's restarts well below the 10 in 10 s after
// which the actor library gives it up (specs/protoactor.md 2.4).
const rootPause = 1500 * time.Millisecond

func newKiller(cloud *localcloud.Cloud, every time.Duration) *killer {
	return &killer{cloud: cloud, every: every, sent: map[chaos.Kind]int{}, killed: map[chaos.Kind]int{}, missed: map[chaos.Kind]bool{}}
}

// run kills until ctx ends.
func (k *killer) run(ctx context.Context) {
	if k.every <= 0 {
		return
	}
	ticker := time.NewTicker(k.every)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			k.next()
		}
	}
}

// next orders the death of the kind that is most behind its share.
func (k *killer) next() {
	k.mu.Lock()
	defer k.mu.Unlock()
	kind, least := chaos.Kind(""), 0.0
	for _, candidate := range chaos.Kinds() {
		if k.missed[candidate] || k.spared(candidate) {
			continue
		}
		if share := k.share(candidate); kind == "" || share < least {
			kind, least = candidate, share
		}
	}
	if kind == "" {
		clear(k.missed)
		return
	}
	k.last++
	order := chaos.Order{ID: k.last, Kill: kind, How: []chaos.How{chaos.Panic, chaos.Stop}[k.last%2]}
	if kind.CarriesRows() && kind != chaos.Connector && kind != chaos.Shards {
		order.Shard = k.aim()
	}
	if !k.life.order(order) {
		return
	}
	k.sent[kind]++
	if kind == chaos.Connector {
		k.lastRoot = time.Now()
	}
}

// spared reports whether a kind is not to die now. While a new process waits
// for the leases of the one before it, those who take leases are left alone: an
// expired lease is taken over by somebody who watched it for as long as it
// lasts. The others do not die more often than their share meanwhile.
func (k *killer) spared(kind chaos.Kind) bool {
	if !k.flowing.IsZero() {
		return kind == chaos.Connector && time.Since(k.lastRoot) < rootPause
	}
	return kind == chaos.Connector || kind == chaos.Leases || k.share(kind) > k.share(chaos.Leases)+1
}

// share is how often a kind died, by its weight.
func (k *killer) share(kind chaos.Kind) float64 { return float64(k.sent[kind]+1) / weight(kind) }

// flows notes whether the process works on a shard.
func (k *killer) flows(does bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	switch {
	case !does:
		k.flowing = time.Time{}
	case k.flowing.IsZero():
		k.flowing = time.Now()
	}
}

// flowed is how long the process has been working on a shard.
func (k *killer) flowed() time.Duration {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.flowing.IsZero() {
		return 0
	}
	return time.Since(k.flowing)
}

// aim picks a shard whose rows are in flight, so that a death may hurt; ""
// where there is none.
func (k *killer) aim() string {
	var shards []string
	for shard, flying := range inFlight(k.cloud) {
		if flying {
			shards = append(shards, shard)
		}
	}
	if len(shards) == 0 {
		return ""
	}
	return shards[rand.IntN(len(shards))]
}

// died takes the report of a death, at the moment of it.
func (k *killer) died(r chaos.Report) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if r.Missed {
		k.sent[r.Kind]--
		k.missed[r.Kind] = true
		go k.next() // somebody else
		return
	}
	clear(k.missed)
	k.killed[r.Kind]++
	if r.Kind.CarriesRows() && hurts(inFlight(k.cloud), r.Shard) {
		k.inFlight++
	}
}

// hurts reports whether a death met rows in flight: those of its shard, or
// anybody's where it has none and takes all shards with it.
func hurts(flying map[string]bool, shard string) bool {
	if shard != "" {
		return flying[shard]
	}
	for _, is := range flying {
		if is {
			return true
		}
	}
	return false
}

// inFlight tells by shard whether Snowflake serves an append of it, or has
// accepted rows that it has not committed.
func inFlight(cloud *localcloud.Cloud) map[string]bool {
	flying := map[string]bool{}
	for _, ch := range cloud.Snowflake.Channels() {
		if shard, ok := exact.ShardOf(ch.Name); ok {
			flying[shard] = flying[shard] || ch.ServingAppends > 0 || ch.UncommittedBatches > 0
		}
	}
	return flying
}

// kills is what was done so far.
type kills struct {
	byKind   map[chaos.Kind]int
	total    int
	inFlight int
}

func (k *killer) count() kills {
	k.mu.Lock()
	defer k.mu.Unlock()
	c := kills{byKind: map[chaos.Kind]int{}, inFlight: k.inFlight}
	for kind, n := range k.killed {
		c.byKind[kind] = n
		c.total += n
	}
	return c
}
