package sim

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// summary is what all seeds together showed.
type summary struct {
	began                     time.Time
	total, seeds, failures    int
	cpu                       time.Duration // of the workers
	tallies                   map[string]*Tally
	steps, calls, rows        int64
	puts, gaps, nodes, shards int
	virtual, slowest          time.Duration
	repeats                   int // that left another trace than their seed did before
	leaked                    int
	heapFirst, heapLast       map[int]int64 // by worker
	heap                      map[int]*slope
}

func newSummary(total int) *summary {
	return &summary{total: total, began: time.Now(), tallies: map[string]*Tally{}, heapFirst: map[int]int64{}, heapLast: map[int]int64{}, heap: map[int]*slope{}}
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
	s.repeats += r.Repeats
	if s.seeds >= s.total/3 && s.heapFirst[worker] == 0 {
		s.heapFirst[worker] = heap // the connector's own shelves of buffers are full by then
		s.heap[worker] = &slope{}
	}
	if line := s.heap[worker]; line != nil {
		line.add(time.Since(s.began).Hours(), float64(heap)/(1<<20))
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
	for worker, line := range s.heap {
		if grows := line.rise(); time.Since(s.began) >= longRun && grows > mostGrowth {
			wrong = append(wrong, fmt.Sprintf("worker %d: the heap grows by %.2f MiB an hour", worker, grows))
		}
	}
	return wrong
}

// A run of longRun or longer shows whether memory leaks: its heap, after
// collection, may grow by mostGrowth MiB an hour.
const (
	longRun    = time.Hour
	mostGrowth = 1.0
)

// slope fits a line through points, by least squares.
type slope struct{ n, x, y, xx, xy float64 }

func (l *slope) add(x, y float64) {
	l.n, l.x, l.y, l.xx, l.xy = l.n+1, l.x+x, l.y+y, l.xx+x*x, l.xy+x*y
}

// rise is how much y grows with x; 0 where that cannot be told.
func (l *slope) rise() float64 {
	below := l.n*l.xx - l.x*l.x
	if l.n < 3 || below <= 0 {
		return 0
	}
	return (l.n*l.xy - l.x*l.y) / below
}

// everyKind lists the kinds of faults that must matter.
func everyKind() []string {
	kinds := []string{"panic before a message", "panic after a message", "dead letter not kept", "retention trimmed the reader", "lease stolen from a shard's end", shardsReshaped}
	kinds = append(kinds, eventKinds[0], eventKinds[1], eventKinds[3]) // one that is repeated matters to nobody
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
		fmt.Fprintf(&b, "worker %d: heap after collection %d KiB, at the end %d KiB", worker, s.heapFirst[worker]>>10, s.heapLast[worker]>>10)
		if line := s.heap[worker]; line != nil && took >= longRun/6 { // a shorter one shows shelves that fill
			fmt.Fprintf(&b, ", slope %+.2f MiB/h over %.0f seeds (held to %.0f from an hour on)", line.rise(), line.n, mostGrowth)
		}
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "goroutines left behind by a seed: at most %d\n", s.leaked)
	return b.String()
}
