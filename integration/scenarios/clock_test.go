package scenarios

import (
	"sync"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/integration/localkinesis"
)

// clock is the time in Kinesis.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) read() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// newClockedWorld is a world in whose Kinesis time stands still unless it is
// advanced, and which keeps records for 24 hours.
func newClockedWorld(t *testing.T, shards int) (*world, *clock) {
	t.Helper()
	w := newWorld(t, shards)
	c := &clock{now: time.Now().Truncate(time.Second).Add(-100 * time.Hour)}
	server, err := localkinesis.Start(localkinesis.Options{Now: c.read, Retention: 24 * time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	w.rewrite(w.Kinesis.URL(), server.URL())
	w.Kinesis.Close()
	w.Kinesis = server
	if err := server.CreateStream("orders", shards); err != nil {
		t.Fatal(err)
	}
	return w, c
}
