package supervisor

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestNoSecondHasMoreThanFourStatusCalls of a process, whoever makes them, and
// none that is due waits without need.
func TestNoSecondHasMoreThanFourStatusCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, began := NewStatusPace(), time.Now()
		var mu sync.Mutex
		var made []time.Duration
		var all sync.WaitGroup
		for range 6 { // connectors, that all want to ask all the time
			all.Go(func() {
				for range 5 {
					if err := p.wait(t.Context()); err != nil {
						t.Error(err)
					}
					mu.Lock()
					made = append(made, time.Since(began))
					mu.Unlock()
				}
			})
		}
		all.Wait()
		slices.Sort(made)
		for i := statusCalls; i < len(made); i++ {
			if gap := made[i] - made[i-statusCalls]; gap <= time.Second {
				t.Errorf("five calls within %s", gap)
			}
		}
		if last := made[len(made)-1]; last > time.Duration(len(made)/statusCalls)*statusWindow {
			t.Errorf("%d calls took %s", len(made), last)
		}
		time.Sleep(time.Minute)
		before := time.Now()
		for range statusCalls {
			_ = p.wait(t.Context())
		}
		if took := time.Since(before); took != 0 {
			t.Errorf("four calls after a rest waited %s", took)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		if err := p.wait(ctx); err == nil {
			t.Error("a fifth call waited for no turn")
		}
	})
}
