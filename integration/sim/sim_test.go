package sim

import (
	"bytes"
	_ "embed"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

var (
	seedFlag   = flag.Uint64("sim.seed", 0, "run this seed alone, and tell all of it")
	seedsFlag  = flag.Int("sim.seeds", 10, "how many seeds to run, beside those of past failures")
	firstFlag  = flag.Uint64("sim.first", 1, "the first of them")
	faultsFlag = flag.Int64("sim.faults", 0, "how many faults must have mattered")
	failFlag   = flag.Int("sim.failures", 1, "after how many failed seeds to end")
)

// pastSeeds are those that failed once. They are run forever.
//
//go:embed testdata/seeds.txt
var pastSeeds string

// manySeeds is from how many on every kind of fault must have mattered.
const manySeeds = 300

// TestEveryRecordOnceAndInOrderWhateverHappens runs seeds (package comment).
func TestEveryRecordOnceAndInOrderWhateverHappens(t *testing.T) {
	switch {
	case IsWorker():
		Work(t)
		return
	case *seedFlag != 0:
		lookAt(t, *seedFlag)
		return
	}
	seeds := past(t)
	for i := range uint64(*seedsFlag) {
		seeds = append(seeds, *firstFlag+i)
	}
	sum := newSummary(len(seeds))
	var err error
	sum.cpu, err = Farm(t.Name(), seeds, func(seed uint64) bool { return seed%32 == 1 }, func(worker int, r Result, heap int64) bool {
		sum.add(worker, &r, heap)
		if r.Failed != "" {
			t.Errorf("seed %d: %s\nreplay: go test ./integration/sim -run %s -sim.seed %d -v\n%s", r.Seed, r.Failed, t.Name(), r.Seed, r.Tail)
		}
		return sum.failures < *failFlag
	})
	if err != nil {
		t.Error(err)
	}
	t.Log(sum)
	for _, wrong := range sum.wrong(len(seeds) >= manySeeds, *faultsFlag) {
		t.Error(wrong)
	}
}

// lookAt runs one seed here, and keeps its whole trace and the connectors' logs.
func lookAt(t *testing.T, seed uint64) {
	var log bytes.Buffer
	var trace strings.Builder
	r := Run(t, NewPlan(seed), Options{Log: &log, Lines: func(line string) { trace.WriteString(line + "\n") }})
	dir := filepath.Join(os.TempDir(), "kinesnow-sim")
	files := map[string]string{"trace": trace.String(), "log": log.String()}
	for name, text := range files {
		at := filepath.Join(dir, fmt.Sprintf("%d.%s", seed, name))
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %s", name, at)
	}
	sum := newSummary(1)
	sum.add(0, &r, 0)
	t.Logf("plan %+v\ntrace hash %s\n%v", NewPlan(seed), r.Hash, sum)
	if r.Failed != "" {
		t.Errorf("seed %d: %s\n%s", seed, r.Failed, r.Tail)
	}
}

func past(t *testing.T) (seeds []uint64) {
	for line := range strings.Lines(pastSeeds) {
		number, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		if number == "" || number == "#" {
			continue
		}
		seed, err := strconv.ParseUint(number, 10, 64)
		if err != nil {
			t.Fatalf("testdata/seeds.txt: %v", err)
		}
		seeds = append(seeds, seed)
	}
	return seeds
}

// summary is what all seeds together showed.
type summary struct {
	began                     time.Time
	total, seeds, failures    int
	cpu                       time.Duration // of the workers
	tallies                   map[string]*Tally
	steps, calls, rows        int64
	puts, gaps, nodes, shards int
	virtual, slowest          time.Duration
	leaked                    int
	heapFirst, heapLast       map[int]int64 // by worker
}

func newSummary(total int) *summary {
	return &summary{total: total, began: time.Now(), tallies: map[string]*Tally{}, heapFirst: map[int]int64{}, heapLast: map[int]int64{}}
}

func (s *summary) add(worker int, r *Result, heap int64) {
	s.seeds++
	if r.Failed != "" {
		s.failures++
	}
	for kind, t := range r.Tallies {
		sum := s.tallies[kind]
		if sum == nil {
			sum = &Tally{}
			s.tallies[kind] = sum
		}
		sum.Fired, sum.Counted = sum.Fired+t.Fired, sum.Counted+t.Counted
	}
	s.steps, s.calls, s.rows = s.steps+r.Steps, s.calls+r.Calls, s.rows+r.Rows
	s.puts, s.gaps, s.nodes, s.shards = s.puts+r.Puts, s.gaps+r.Gaps, s.nodes+r.Nodes, s.shards+r.Shards
	s.virtual += r.Virtual
	s.slowest = max(s.slowest, r.Settled)
	s.leaked = max(s.leaked, r.Goroutines)
	if s.seeds >= s.total/3 && s.heapFirst[worker] == 0 {
		s.heapFirst[worker] = heap // the connector's own shelves of buffers are full by then
	}
	s.heapLast[worker] = heap
}

func (s *summary) counted() (n int64) {
	for _, t := range s.tallies {
		n += t.Counted
	}
	return n
}

// wrong tells what no single seed shows.
func (s *summary) wrong(all bool, faults int64) (wrong []string) {
	if all {
		for _, kind := range everyKind() {
			if t := s.tallies[kind]; t == nil || t.Counted == 0 {
				wrong = append(wrong, "no "+kind+" ever mattered")
			}
		}
		for _, kind := range journalFailures {
			if t := s.tallies[kind]; t == nil || t.Fired == 0 {
				wrong = append(wrong, "no "+kind)
			}
		}
	}
	if n := s.counted(); n < faults {
		wrong = append(wrong, fmt.Sprintf("%d faults mattered, want %d", n, faults))
	}
	if s.leaked > 0 {
		wrong = append(wrong, fmt.Sprintf("a seed left %d goroutines behind", s.leaked))
	}
	for worker, first := range s.heapFirst {
		if !all {
			break
		}
		if last := s.heapLast[worker]; last > first+max(first/5, 8<<20) {
			wrong = append(wrong, fmt.Sprintf("worker %d: the heap grew from %d to %d bytes", worker, first, last))
		}
	}
	return wrong
}

// everyKind lists the kinds of faults that must matter.
func everyKind() []string {
	kinds := []string{"panic before a message", "panic after a message", "dead letter not kept", "retention trimmed the reader"}
	for _, c := range courses() {
		kinds = append(kinds, c.kind)
	}
	for _, e := range events() {
		if e.kind != "journal fails" {
			kinds = append(kinds, e.kind)
		}
	}
	slices.Sort(kinds)
	return slices.Compact(kinds)
}

// String is the table that a run prints.
func (s *summary) String() string {
	var b strings.Builder
	took := time.Since(s.began)
	fmt.Fprintf(&b, "\n%-36s %10s %10s\n", "fault", "fired", "mattered")
	var kinds []string
	for kind := range s.tallies {
		kinds = append(kinds, kind)
	}
	slices.Sort(kinds)
	for _, kind := range kinds {
		fmt.Fprintf(&b, "%-36s %10d %10d\n", kind, s.tallies[kind].Fired, s.tallies[kind].Counted)
	}
	n := s.counted()
	fmt.Fprintf(&b, "%d seeds, %d failed; %d faults mattered in %.1f s (%.0f/s; %.0f per second of processor time); %d puts, %d rows, %d gaps reported\n",
		s.seeds, s.failures, n, took.Seconds(), float64(n)/took.Seconds(), float64(n)/max(s.cpu, time.Millisecond).Seconds(), s.puts, s.rows, s.gaps)
	fmt.Fprintf(&b, "%d nodes, %d shards, %d messages, %d calls; %.1f simulated hours (%.0fx); all there at most %.0f s after the last blow\n",
		s.nodes, s.shards, s.steps, s.calls, s.virtual.Hours(), s.virtual.Seconds()/took.Seconds(), s.slowest.Seconds())
	for worker := range len(s.heapLast) {
		fmt.Fprintf(&b, "worker %d: heap after collection %d KiB, at the end %d KiB\n", worker, s.heapFirst[worker]>>10, s.heapLast[worker]>>10)
	}
	return b.String()
}
