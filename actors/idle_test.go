package actors

import (
	"testing"
	"testing/synctest"
	"time"
)

// TestAProcessIsIdleOnceALookLeftItNothing: not while its first claims are under
// way, and no longer than until it has a lease.
func TestAProcessIsIdleOnceALookLeftItNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := oneShard(10)
		a := start(t, cloud, plan{})
		time.Sleep(10 * time.Second)
		b := start(t, cloud, plan{process: "process-b"})
		if took := until(time.Minute, b.idle); took > time.Second {
			t.Errorf("idle after %s beside one that has the only shard", took)
		}
		a.stop()
		if took := until(time.Minute, func() bool { return !b.idle() }); took > 30*time.Second {
			t.Errorf("idle for %s after the other ended", took)
		}
		b.stop()
		if a.idled {
			t.Error("the first was idle before it took the shard that was free")
		}
	})
}

// idle is what Lease said last.
func (w *world) idle() (idle bool) {
	w.note(func() { idle = w.ready != nil && w.ready.Idle })
	return idle
}
