package demo

import (
	"bytes"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/kinesnow/kinesnow/integration/demo/chaos"
	"github.com/kinesnow/kinesnow/messages"
)

func sample() *snapshot {
	return &snapshot{
		elapsed: 12300 * time.Millisecond, records: 200_000, put: 100_000, table: 96_000, putRate: 8000, rowRate: 7999.6,
		lag: [2]time.Duration{900 * time.Millisecond, 2100 * time.Millisecond}, flying: 3, health: messages.Flowing,
		kills:  kills{byKind: map[chaos.Kind]int{chaos.Reader: 4}, total: 4, inFlight: 2},
		vital:  vital{http: "http://127.0.0.1:1", killed: 1, peak: 84_000_000, ended: map[messages.Reason]int64{messages.ReasonCrashed: 4, messages.ReasonStale: 7}},
		faults: [2]int64{3, 1}, reshapes: [2]int{1, 0}, ledger: messages.Counters{Read: 96_000, Committed: 96_000},
		shards: []shardLine{
			{number: "0", phase: messages.PhaseFlowing, put: 60_000, table: 58_000, epoch: "5"},
			{number: "1", phase: messages.PhaseEnded, put: 40_000, table: 38_000, epoch: "6"},
		},
	}
}

func TestTheFrameShowsEverySide(t *testing.T) {
	text := frame(sample(), 120)
	for _, want := range []string{
		"quakes -> RAW.EVENTS.QUAKES", "FLOWING", "100,000", "96,000", "8,000/s", "p50 0.9 s p99 2.1 s", "3 appends accepted and not committed", "84 MB",
		"4 actor kills (2 with an append in flight), 1 process kill, 3 throttles, 1 lost answer, 1 split, 0 merges",
		"reader 4", "stale 7, crashed 4", "read 96,000 = committed 96,000", "ENDED",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
}

func TestTheLiveViewHearsCtrlC(t *testing.T) {
	interrupted := false
	s := &screen{interrupt: func() { interrupted = true }, width: 80}
	if s.View() == "" {
		t.Error("nothing to see before the first snapshot")
	}
	s.Update(sample())
	s.Update(tea.KeyMsg{Type: tea.KeyCtrlC})
	if !interrupted || !strings.Contains(s.View(), "96,000") {
		t.Errorf("interrupted %v, view %s", interrupted, s.View())
	}
}

func TestThePlainViewIsALineNowAndThen(t *testing.T) {
	var out bytes.Buffer
	v := &plainView{w: &out}
	for _, at := range []time.Duration{0, time.Second, 2 * time.Second, 3 * time.Second, 3200 * time.Millisecond} {
		s := sample()
		s.elapsed = at
		v.show(s)
	}
	if lines := strings.Count(out.String(), "\n"); lines != 2 {
		t.Errorf("%d lines, want 2:\n%s", lines, out.String())
	}
}

func TestAHistogramTellsQuantiles(t *testing.T) {
	var h histogram
	if h.quantile(0.5) != 0 {
		t.Error("an empty one knows a median")
	}
	for i := range 100 {
		h.add(time.Duration(i) * 10 * time.Millisecond)
	}
	h.add(time.Hour)
	if p50, p99, p100 := h.quantile(0.5), h.quantile(0.99), h.quantile(1); p50 != 510*time.Millisecond || p99 != time.Second || p100 < 2*time.Minute {
		t.Errorf("p50 %s p99 %s p100 %s", p50, p99, p100)
	}
}
