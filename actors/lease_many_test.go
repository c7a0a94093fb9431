package actors

import (
	"strconv"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/messages"
)

// TestA14RenewalsSpreadOutAsShardsGrow: a thousand shards of one process write far
// less than 500 times a second, and no lease waits for its renewal so long that
// two that fail would lose it.
func TestA14RenewalsSpreadOutAsShardsGrow(t *testing.T) {
	const bound = 500 // writes a second
	l := &Lease{held: map[messages.ShardID]*heldLease{}}
	l.Duration, l.Renew = 20*time.Second, 5*time.Second
	for n := 1; n <= 3000; n++ {
		l.held[messages.ShardID(strconv.Itoa(n))] = nil
		every := l.renewEvery()
		if rate := float64(n) / every.Seconds(); rate > bound || n <= 1000 && rate > bound/2 {
			t.Fatalf("%d shards: %.0f writes a second", n, rate)
		}
		if every < l.Renew || every > l.Duration*2/5 {
			t.Fatalf("%d shards are renewed every %s of a lease of %s", n, every, l.Duration)
		}
	}
}
