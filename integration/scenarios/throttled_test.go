package scenarios

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/integration/fault"
	"github.com/kinesnow/kinesnow/integration/localcloud"
	"github.com/kinesnow/kinesnow/integration/localsnowflake"
	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor/config"
)

// attempts notes every append as Snowflake saw it, and demands that one that is
// made again is the same in every byte (P11).
type attempts struct {
	mu     sync.Mutex
	sealed map[string]string      // token, query and body by requestId
	at     map[string][]time.Time // when they came
	seen   map[int]int            // answers by status
}

func watchAppends(t *testing.T, o *localsnowflake.Options) *attempts {
	a := &attempts{sealed: map[string]string{}, at: map[string][]time.Time{}, seen: map[int]int{}}
	o.Observe = func(e localsnowflake.Exchange) {
		if !strings.HasSuffix(e.URL.Path, "/rows") {
			return
		}
		a.mu.Lock()
		defer a.mu.Unlock()
		id, text := e.URL.Query().Get("requestId"), e.URL.RawQuery+"\n"+string(e.Body)
		if was, again := a.sealed[id]; again && was != text {
			t.Errorf("append %s was made again otherwise:\n%s\nand before\n%s", id, text, was)
		}
		a.sealed[id], a.at[id] = text, append(a.at[id], e.At)
		a.seen[e.Status]++
	}
	return a
}

// count is how many were answered with a status.
func (a *attempts) count(status int) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.seen[status]
}

// pauses are how long each append that was made again waited.
func (a *attempts) pauses() (all []time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, at := range a.at {
		for i := 1; i < len(at); i++ {
			all = append(all, at[i].Sub(at[i-1]))
		}
	}
	return all
}

// TestAThrottledAppendIsMadeAgainByteForByte, with a Retry-After not before that
// is over, and without one after a backoff; no generation ends.
func TestAThrottledAppendIsMadeAgainByteForByte(t *testing.T) {
	for name, after := range map[string]time.Duration{"": 0, "1": time.Second} {
		t.Run("Retry-After "+name, func(t *testing.T) {
			var watched *attempts
			w := newWorld(t, 1, func(o *localcloud.Options) {
				o.Snowflake = func(s *localsnowflake.Options) { watched = watchAppends(t, s) }
			})
			w.putOn(0, 3)
			c := w.connect()
			c.untilCaughtUp(3)
			effect := refusal(http.StatusTooManyRequests, "7")
			if name != "" {
				effect = refusal(http.StatusTooManyRequests, "7", "Retry-After", name)
			}
			w.Snowflake.Faults().Set(localsnowflake.ActionAppendRows, fault.Times(2, fault.Always(effect)))
			w.putOn(0, 3)
			s := c.untilCaughtUp(6)
			w.expect("", between(0, 6)...)
			w.wait("seen to the end", func() bool { return len(watched.pauses()) >= 2 }) // an exchange is told of once it is over
			pauses, refused := watched.pauses(), watched.count(http.StatusTooManyRequests)
			if len(pauses) != 2 || min(pauses[0], pauses[1]) < after || refused != 2 || len(shardOf(s, 0).Ends) != 0 {
				t.Errorf("attempts were %v apart, %d refused; generations ended %v", pauses, refused, shardOf(s, 0).Ends)
			}
		})
	}
}

// TestT15BytesBeyondTheChannelsRateAreWaitedFor: the service allows a channel so
// many unpacked bytes a second, and says when to come back.
func TestT15BytesBeyondTheChannelsRateAreWaitedFor(t *testing.T) {
	var watched *attempts
	w := newWorld(t, 1, func(o *localcloud.Options) {
		o.Snowflake = func(s *localsnowflake.Options) {
			watched = watchAppends(t, s)
			s.UnpackedPerSecond = 3 << 10
		}
	})
	c := w.connect()
	text := bytes.Repeat([]byte("x"), 1000)
	refused := func() int { return watched.count(http.StatusTooManyRequests) }
	deadline := time.Now().Add(patience)
	for i := 0; i < 2 || refused() == 0 && time.Now().Before(deadline); i++ { // a machine that halts pays what it owes
		for range 8 { // three seconds' worth, with what is around it
			w.putRaw(0, fmt.Appendf(nil, `{"N":%d,"TEXT":%q}`, w.put, text))
			w.put++
		}
		c.untilShard(0, "accepted", func(s *messages.ShardState) bool { return s.Live.Appended == int64(w.put) })
	}
	s := c.untilCaughtUp(int64(w.put))
	w.expect("", between(0, w.put)...)
	if refused() == 0 || len(shardOf(s, 0).Ends) != 0 {
		t.Errorf("%d refused; generations ended %v", refused(), shardOf(s, 0).Ends)
	}
}

// TestT02ATokenThatIsPastTheWaiterIsAsGood: it passes two waiting batches at once,
// and a generation that begins finds it ahead of the checkpoint.
func TestT02ATokenThatIsPastTheWaiterIsAsGood(t *testing.T) {
	w := newWorld(t, 1)
	c := w.connect()
	deaf := fault.Always(refusal(http.StatusServiceUnavailable, ""))
	w.Snowflake.Faults().Set(localsnowflake.ActionBulkChannelStatus, deaf)
	w.putOn(0, 2)
	w.untilRows(2)
	w.putOn(0, 2)
	w.untilRows(4) // two batches, and the connector knows of neither
	if s := c.state(); shardOf(s, 0).Live.Committed != 0 {
		t.Fatalf("committed %d", shardOf(s, 0).Live.Committed)
	}
	w.Snowflake.Faults().Set(localsnowflake.ActionBulkChannelStatus, nil)
	if s := c.untilCaughtUp(4); len(shardOf(s, 0).Ends) != 0 {
		t.Errorf("generations ended %v", shardOf(s, 0).Ends)
	}
	w.Snowflake.Faults().Set(localsnowflake.ActionBulkChannelStatus, deaf)
	w.putOn(0, 2)
	w.untilRows(6)
	c.kill()
	w.Snowflake.Faults().Set(localsnowflake.ActionBulkChannelStatus, nil)
	w.putOn(0, 2)
	c = w.connect()
	c.untilCaughtUp(2)
	w.expect("", between(0, 8)...)
}

// TestT06AReopenWaitsForRowsInFlight: the next process's open is refused while
// there are any, so they are neither discarded nor read again.
func TestT06AReopenWaitsForRowsInFlight(t *testing.T) {
	w := newWorld(t, 1)
	c := w.connect()
	w.Snowflake.StallCommits(true)
	w.putOn(0, 3)
	c.untilShard(0, "in flight", func(s *messages.ShardState) bool { return s.InFlight > 0 })
	c.kill()
	opens := w.Snowflake.Faults().Calls(localsnowflake.ActionOpenChannel)
	c = w.connect()
	w.wait("refused", func() bool { return w.Snowflake.Faults().Calls(localsnowflake.ActionOpenChannel) > opens+1 })
	w.Snowflake.StallCommits(false)
	w.putOn(0, 2)
	w.untilRows(5)
	c.untilCaughtUp(0)
	w.expect("", between(0, 5)...)
	for _, ch := range w.Snowflake.Channels() {
		if ch.DiscardedBatches != 0 {
			t.Errorf("%d appends were discarded", ch.DiscardedBatches)
		}
	}
}

// TestA413IsSplitAndLandsInOrder: a gateway takes less than Snowflake does.
func TestA413IsSplitAndLandsInOrder(t *testing.T) {
	w := newWorld(t, 1)
	handler := w.Snowflake.Handler()
	var refused atomic.Int64
	w.rewrite(w.Snowflake.URL(), w.gateway(func(rw http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/rows") && r.ContentLength > 2000 {
			refused.Add(1)
			http.Error(rw, "Payload Too Large", http.StatusRequestEntityTooLarge)
			return
		}
		handler.ServeHTTP(rw, r)
	}))
	w.putOn(0, 24)
	box := &letterBox{}
	c := w.connect(box.install, func(p *plan) { p.Snowflake.Compression = config.Uncompressed })
	s := c.untilCaughtUp(24)
	w.expect("", between(0, 24)...)
	if len(box.all()) != 0 || refused.Load() == 0 || shardOf(s, 0).Ends[messages.ReasonRefused] == 0 {
		t.Errorf("%d refused, generations ended %v, %d dead letters", refused.Load(), shardOf(s, 0).Ends, len(box.all()))
	}
}
