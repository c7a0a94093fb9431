package stream

import (
	"crypto/rand"
	"encoding/binary"
	"time"
)

// The pauses between attempts at what passes with time (reaction table,
// specs/kinesis-consumption.md 3).
const (
	firstPause = 200 * time.Millisecond
	lastPause  = 5 * time.Second
)

// patience is how long failures in a row are borne.
type patience struct {
	limit    time.Duration
	since    time.Time // of the first failure
	failures int
}

// lost says how long to wait before the next attempt: fully jittered, so that
// the shards of a throttled stream do not come back together. ok is false once
// the failures have lasted too long; the count then starts over.
func (p *patience) lost(now time.Time) (pause time.Duration, ok bool) {
	if p.failures == 0 {
		p.since = now
	}
	if now.Sub(p.since) >= p.limit {
		p.reset()
		return 0, false
	}
	ceiling := min(lastPause, firstPause<<min(p.failures, 10))
	p.failures++
	return fraction(ceiling), true
}

func (p *patience) reset() { p.failures = 0 }

// fraction is somewhere in [0, d). It draws on the system's random source,
// which a test can make repeat itself; the runtime's own generator cannot be.
func fraction(d time.Duration) time.Duration {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	return time.Duration(binary.LittleEndian.Uint64(b[:]) % uint64(d))
}
