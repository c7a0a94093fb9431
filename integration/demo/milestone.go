package demo

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// milestone is something that happens once, when a share of the records was
// put.
type milestone struct {
	at float64 // 0..1
	do func(context.Context) error
}

// milestones spreads the process kills, the split and the merge over the run.
func (r *run) milestones() []milestone {
	list := []milestone{{0.37, r.reshaper.split}, {0.62, r.reshaper.merge}}
	for i := range max(0, r.o.ProcessKills) {
		list = append(list, milestone{float64(i+1) / float64(r.o.ProcessKills+1), r.reap})
	}
	slices.SortFunc(list, func(a, b milestone) int {
		if a.at < b.at {
			return -1
		}
		return 1
	})
	return list
}

// pass does every milestone when its time has come.
func (r *run) pass(ctx context.Context) error {
	for _, m := range r.milestones() {
		for float64(r.log.len()) < m.at*float64(r.o.Records) {
			if !pause(ctx, 10*time.Millisecond) {
				return nil
			}
		}
		if err := m.do(ctx); err != nil {
			return err
		}
	}
	close(r.passed)
	return nil
}

const (
	reapAfter  = 1500 * time.Millisecond // that the process has worked for before it is killed
	reapWithin = 20 * time.Second        // bounds the wait for a moment that hurts
)

// reap kills the connector's process in the middle of its work: while rows are
// accepted and not committed, if such a moment comes.
func (r *run) reap(ctx context.Context) error {
	for deadline := time.Now().Add(reapWithin); ; {
		hurts := r.killer.flowed() >= reapAfter && hurts(inFlight(r.cloud), "")
		if (hurts || time.Now().After(deadline)) && r.life.kill() {
			r.killer.flows(false)
			return nil
		}
		if time.Now().After(deadline.Add(reapWithin)) {
			return fmt.Errorf("the connector's process was not there to be killed for %s", 2*reapWithin)
		}
		if !pause(ctx, 5*time.Millisecond) {
			return nil
		}
	}
}

// pause waits; false when ctx has ended.
func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}
