package main

import (
	"sync/atomic"
	"time"
)

// clock is what time it is in a service.
type clock struct{ off atomic.Int64 }

func (c *clock) now() time.Time { return time.Now().Add(time.Duration(c.off.Load())) }

// clocks are those of the three services, in the order of links.
type clocks [services]clock

// offsets are what each clock may be off by. Snowflake's is never behind: the
// service refuses tokens from its future (a client whose clock is ahead of it
// is told so and waits), and jumps back only from ahead.
var offsets = [services][]time.Duration{
	kinesis:   {-10 * time.Minute, 0, 10 * time.Minute},
	dynamodb:  {-10 * time.Minute, 0, 10 * time.Minute},
	snowflake: {0, 10 * time.Minute},
}

// newClocks are right, but for DynamoDB's: it is behind while the lease table is
// made, so that no later one shows a time before the table was there.
func newClocks() *clocks {
	c := &clocks{}
	c[dynamodb].off.Store(int64(-10 * time.Minute))
	return c
}

// skew lets a service's clock be off from now on; false when it was so already.
// Kinesis keeps time for its own records and shards: its Date is what is off.
func (w *world) skew(service int, off time.Duration) bool {
	if w.clocks[service].off.Swap(int64(off)) == int64(off) {
		return false
	}
	if service == kinesis {
		w.cloud.Kinesis.SkewDate(off)
	}
	return true
}

// sleep waits; false when ctx ended first.
func sleep(ctx interface{ Done() <-chan struct{} }, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
