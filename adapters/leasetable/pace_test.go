package leasetable

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestARushOfWritesIsSpread: a thousand shards begin, and no second sees more
// than the budget of a stream.
func TestARushOfWritesIsSpread(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p pace
		var mu sync.Mutex
		var sent []time.Duration
		began := time.Now()
		var all sync.WaitGroup
		for range 1000 {
			all.Go(func() {
				if err := p.wait(t.Context()); err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				sent = append(sent, time.Since(began))
			})
		}
		all.Wait()
		for i, first := range sent {
			n := 0
			for _, at := range sent[i:] {
				if at-first < time.Second {
					n++
				}
			}
			if n >= 500 {
				t.Fatalf("%d writes in the second after %s", n, first)
			}
		}
		if took := time.Since(began); took > 2500*time.Millisecond {
			t.Errorf("a thousand writes took %s", took)
		}
	})
}

func TestAFewWritesDoNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p pace
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		for range 5 {
			for range writeBurst {
				if err := p.wait(ended); err != nil {
					t.Fatal("a write waits")
				}
			}
			if p.wait(ended) == nil {
				t.Fatal("the burst has no end")
			}
			time.Sleep(time.Second)
		}
	})
}
