package leasetable

import (
	"context"
	"sync"
	"time"
)

// All rows of a stream have one hash key, so one partition carries their writes:
// 1,000 a second, and less than 500 is what all of a stream's nodes may use of
// them (specs/kinesis-consumption.md 6). Renewals are rare enough by themselves;
// a rush is a node that begins, or takes over what a dead one had: three writes
// for each shard.
const (
	writesPerSecond = 400
	writeBurst      = 80 // at once, after a pause
)

// pace spreads writes. The zero value is ready; safe for concurrent use.
type pace struct {
	mu   sync.Mutex
	next time.Time // when a write would be in its turn if there had been no pause
}

// wait returns when a write may be sent, or with ctx's error once that ends.
func (p *pace) wait(ctx context.Context) error {
	const gap = time.Second / writesPerSecond
	now := time.Now()
	p.mu.Lock()
	if least := now.Add(-writeBurst * gap); p.next.Before(least) {
		p.next = least
	}
	p.next = p.next.Add(gap)
	pause := p.next.Sub(now)
	p.mu.Unlock()
	if pause <= 0 {
		return nil
	}
	return sleep(ctx, pause)
}
