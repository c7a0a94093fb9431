package process

import (
	"testing"

	"github.com/kinesnow/kinesnow/messages"
)

func TestAProcessEndsOnlyWhenNothingIsLeftToDo(t *testing.T) {
	flowing := newFake("a", messages.Flowing, shard("s0", messages.PhaseFlowing)).now
	idle := newFake("a", messages.Flowing, shard("s0", messages.PhaseFlowing, done)).now
	starting := newFake("a", messages.Starting).now
	denied := newFake("b", messages.Halted, shard("s0", messages.PhaseParked, stopped(messages.AccessDenied))).parkedFor(messages.AccessDenied).now
	noStream := newFake("b", "").parkedFor(messages.TargetMissing).now
	regressed := newFake("b", messages.Halted, shard("s0", messages.PhaseParked, stopped(messages.TokenRegressed))).parkedFor(messages.TokenRegressed).now
	oneParked := newFake("b", messages.Degraded, shard("s0", messages.PhaseFlowing, done), shard("s1", messages.PhaseParked, stopped(messages.GapFound))).now
	behindAParent := newFake("b", messages.Degraded, shard("s0", messages.PhaseFlowing, done), shard("s1", messages.PhaseParked, stopped(messages.GapFound))).now
	behindAParent.Listed = 4
	busyBesideOne := newFake("b", messages.Degraded, shard("s0", messages.PhaseFlowing), shard("s1", messages.PhaseParked, stopped(messages.GapFound))).now
	onePaused := newFake("b", messages.Flowing, shard("s0", messages.PhaseFlowing, done), shard("s1", messages.PhasePaused)).now
	elsewhere := newFake("b", messages.Flowing, shard("s0", messages.PhaseFlowing, done)).now
	elsewhere.Listed, elsewhere.Elsewhere.Stopped = 2, []messages.StoppedShard{{Shard: "s1", Owner: "node-1/p", Stop: messages.GapFound}}
	gone := sighting{name: "c", lost: true}
	silent := sighting{name: "c"}
	at := func(s messages.State) sighting { return sighting{name: s.Connector, state: &s} }

	for _, c := range []struct {
		name  string
		round []sighting
		until bool
		want  verdict
		exit  int
	}{
		{"one flows", []sighting{at(flowing)}, false, goOn, 0},
		{"one has caught up, and nobody asked", []sighting{at(idle)}, false, goOn, 0},
		{"one has caught up", []sighting{at(idle)}, true, caughtUp, 0},
		{"one is behind", []sighting{at(idle), at(flowing)}, true, goOn, 0},
		{"one did not begin yet", []sighting{at(starting)}, true, goOn, 0},
		{"one does not answer", []sighting{at(idle), silent}, true, goOn, 0},
		{"access is refused", []sighting{at(denied)}, false, allOver, 77},
		{"the stream is missing", []sighting{at(noStream)}, false, allOver, 69},
		{"the first one's code counts", []sighting{at(noStream), at(denied)}, false, allOver, 69},
		{"one of two still flows", []sighting{at(flowing), at(denied)}, false, goOn, 0},
		{"a human can resolve it", []sighting{at(regressed)}, false, goOn, 0},
		{"a human can resolve one of them", []sighting{at(denied), at(regressed)}, false, goOn, 0},
		{"a parked one remains", []sighting{at(idle), at(denied)}, true, caughtUp, 2},
		{"what a human can resolve remains", []sighting{at(regressed)}, true, caughtUp, 2},
		{"one shard is parked", []sighting{at(oneParked)}, true, caughtUp, 2},
		{"one shard is parked on another process", []sighting{at(elsewhere)}, true, caughtUp, 2},
		{"one shard is parked on another process, and nobody asked", []sighting{at(elsewhere)}, false, goOn, 0},
		{"one shard is paused", []sighting{at(onePaused)}, true, caughtUp, 2},
		{"one shard is paused, and nobody asked", []sighting{at(onePaused)}, false, goOn, 0},
		{"children wait behind a parked parent", []sighting{at(behindAParent)}, true, caughtUp, 2},
		{"the others are not done yet", []sighting{at(busyBesideOne)}, true, goOn, 0},
		{"a connector died", []sighting{gone}, false, allOver, 1},
		{"a connector died beside one that flows", []sighting{at(flowing), gone}, false, goOn, 0},
		{"a connector died beside one that caught up", []sighting{at(idle), gone}, true, caughtUp, 2},
	} {
		v := judge(c.round, c.until)
		if v != c.want {
			t.Errorf("%s: verdict %d, want %d", c.name, v, c.want)
		}
		if code := exitCode(v, c.round, &findings{}); code != c.exit {
			t.Errorf("%s: exit %d, want %d", c.name, code, c.exit)
		}
	}
}

func TestGapsAndRejectedRowsAreFindings(t *testing.T) {
	idle := newFake("a", messages.Flowing, shard("s0", messages.PhaseFlowing, done)).now
	round := []sighting{{name: "a", state: &idle}}
	for name, c := range map[string]struct {
		event messages.Event
		exit  int
	}{
		"a gap":            {&messages.GapDetected{}, 2},
		"rejected rows":    {&messages.Committed{Rows: 5, Rejected: 2}, 2},
		"a clean commit":   {&messages.Committed{Rows: 5}, 0},
		"something beside": {&messages.Checkpointed{}, 0},
	} {
		var f findings
		f.note(c.event)
		if code := exitCode(caughtUp, round, &f); code != c.exit {
			t.Errorf("%s: exit %d, want %d", name, code, c.exit)
		}
		if code := exitCode(goOn, round, &f); code != 0 {
			t.Errorf("%s, stopped by a signal: exit %d, want 0", name, code)
		}
	}
}
