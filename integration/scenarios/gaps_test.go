package scenarios

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor/config"
)

// TestRecordsThatExpiredUnreadAreAGap stops a connector for longer than the
// stream keeps records (P9).
func TestRecordsThatExpiredUnreadAreAGap(t *testing.T) {
	w, clock := newClockedWorld(t, 1)
	c := w.connect()
	first := w.putOn(0, 3)
	c.untilCaughtUp(3)
	c.clean()
	clock.advance(time.Minute)
	w.putOn(0, 3) // never read
	clock.advance(25 * time.Hour)
	next := w.putOn(0, 3)

	registry := prometheus.NewRegistry()
	c = w.connect(func(p *plan) { p.Host.Metrics = registry })
	s := c.untilCaughtUp(3)
	w.expect("", 0, 1, 2, 6, 7, 8)
	gaps := untilTold[*messages.GapDetected](c, 1)
	if len(gaps) != 1 || gaps[0].From.Seq != first[2].Seq || gaps[0].To.Seq != next[0].Seq || !gaps[0].FromTime.Before(gaps[0].ToTime) || gaps[0].At.Before(gaps[0].ToTime) {
		t.Errorf("gaps %+v, want one from %s to %s with its times", gaps, first[2], next[0])
	}
	if s.Shards[0].Gaps != 1 || s.Health != messages.Flowing {
		t.Errorf("the state counts %d gaps, health %s", s.Shards[0].Gaps, s.Health)
	}
	if text := scrape(t, registry); !strings.Contains(text, `kinesnow_gaps_total{connector="orders",shard="shardId-000000000000"} 1`) {
		t.Errorf("the metric does not count the gap:\n%s", text)
	}
	c.clean()
	w.putOn(0, 1)
	c = w.connect()
	c.untilCaughtUp(1)
	if again := events[*messages.GapDetected](c); len(again) > 0 {
		t.Errorf("the gap was found again: %+v", again[0])
	}
}

func scrape(t *testing.T, registry *prometheus.Registry) string {
	t.Helper()
	answer := httptest.NewRecorder()
	promhttp.HandlerFor(registry, promhttp.HandlerOpts{}).ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestAGapStopsTheShardWhereThatIsWanted, until somebody accepts it.
func TestAGapStopsTheShardWhereThatIsWanted(t *testing.T) {
	w, clock := newClockedWorld(t, 1)
	stop := func(p *plan) { p.Kinesis.OnGap = config.StopOnGap }
	c := w.connect(stop)
	w.putOn(0, 3)
	c.untilCaughtUp(3)
	c.clean()
	clock.advance(25 * time.Hour)
	w.putOn(0, 3)

	c = w.connect(stop)
	if stopped := c.untilParked(0, messages.GapFound); !strings.Contains(stopped.Error, "expired before they were read") || !strings.Contains(stopped.Hint, "--from token") {
		t.Errorf("stopped with %q, hint %q", stopped.Error, stopped.Hint)
	}
	c.refuses(0, "49", "--from token")
	c.accepts(0, messages.GapFound, "token")
	s := c.untilCaughtUp(3)
	w.expect("", between(0, 6)...)
	if gaps := untilTold[*messages.GapDetected](c, 1); len(gaps) != 1 || s.Shards[0].Gaps != 1 {
		t.Errorf("the gap that was accepted is recorded %d times, counted %d times", len(gaps), s.Shards[0].Gaps)
	}
}

// TestARestThatOutlivesItsLastRecordIsNoGap lets the last record expire while
// its shard is idle and watched: nothing can have been missed (P9).
func TestARestThatOutlivesItsLastRecordIsNoGap(t *testing.T) {
	w, clock := newClockedWorld(t, 1)
	c := w.connect(func(p *plan) { p.Kinesis.OnGap = config.StopOnGap })
	w.putOn(0, 3)
	c.untilCaughtUp(3)
	clock.advance(20 * time.Hour)
	seen := clock.read().UnixMilli()
	w.wait("watched at rest", func() bool { return integer(w.lease(0, "caughtUpAt")) >= seen })
	c.kill()
	clock.advance(10 * time.Hour)
	w.putOn(0, 3)

	c = w.connect(func(p *plan) { p.Kinesis.OnGap = config.StopOnGap })
	c.untilCaughtUp(3)
	w.expect("", between(0, 6)...)
	if gaps := events[*messages.GapDetected](c); len(gaps) > 0 {
		t.Errorf("a gap was found: %+v", gaps[0])
	}
}

// TestAShardThatNeverHeldARecordHasNoGap: there is no start position whose
// record could be missing.
func TestAShardThatNeverHeldARecordHasNoGap(t *testing.T) {
	w, clock := newClockedWorld(t, 1)
	c := w.connect()
	c.until("watched", func(s *messages.State) bool { return s.CaughtUp() })
	c.clean()
	clock.advance(50 * time.Hour)
	w.putOn(0, 2)
	c = w.connect(func(p *plan) { p.Kinesis.OnGap = config.StopOnGap })
	c.untilCaughtUp(2)
	w.expect("", 0, 1)
}

// TestKP22AParentThatExpiredIsAGapAndItsChildrenFlow: the shard itself is not
// listed any more, so nothing but its row can say that it is over (P22).
func TestKP22AParentThatExpiredIsAGapAndItsChildrenFlow(t *testing.T) {
	w, clock := newClockedWorld(t, 1)
	c := w.connect()
	w.putOn(0, 3)
	c.untilCaughtUp(3)
	c.clean()
	w.putOn(0, 2) // never read
	w.splitShard(0)
	clock.advance(25 * time.Hour)
	w.putOn(0, 3) // into a child
	c = w.connect()
	c.untilCaughtUp(3)
	w.expect("", 0, 1, 2, 5, 6, 7)
	if !w.ended(0) || w.lease(0, "trimmed") != true {
		t.Errorf("the parent's row: ended %v, trimmed %v", w.ended(0), w.lease(0, "trimmed"))
	}
	if gaps := untilTold[*messages.GapDetected](c, 1); len(gaps) != 1 || gaps[0].Shard != shardID(0) {
		t.Errorf("gaps %+v, want one of the parent", gaps)
	}
}
