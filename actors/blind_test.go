package actors

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kinesnow/kinesnow/actors/actorstest"
	"github.com/kinesnow/kinesnow/messages"
)

// TestCredentialsThatExpiredAreTold after a minute, not before, and no longer
// than it is so: leases are lost by then, and nothing else would say why.
func TestCredentialsThatExpiredAreTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := oneShard(10)
		w := start(t, cloud, plan{})
		defer w.stop()
		time.Sleep(time.Minute)
		cloud.Play(func(string, int) actorstest.Effect {
			return actorstest.Effect{Err: actorstest.Refusal(messages.Transient, messages.ReasonDenied, "")}
		})
		if took := until(3*time.Minute, func() bool { return w.blind() != "" }); took < blindAfter-discoverEvery || took > blindAfter+2*discoverEvery {
			t.Errorf("told after %s, want %s", took, blindAfter)
		}
		if why := w.blind(); !strings.Contains(why, "denied") {
			t.Errorf("told %q, want the refusal", why)
		}
		cloud.Play(nil)
		if took := until(time.Minute, func() bool { return w.blind() == "" }); took > 2*discoverEvery {
			t.Errorf("still told %s after the first look that succeeded", took)
		}
	})
}

func (w *world) blind() (why string) {
	w.note(func() {
		if w.ready != nil {
			why = w.ready.Blind
		}
	})
	return why
}
