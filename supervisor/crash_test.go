package supervisor

import (
	"encoding/json"
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
)

var (
	crashAll   = flag.Bool("crash", false, "deal every blow at every point, not a sample")
	crashWork  = flag.String("crash.work", "split", "the workload: split, hours, or six (rows)")
	crashPairs = flag.Int("crash.pairs", 0, "deal so many sampled pairs of blows instead; -1 = every pair")
	crashSeed  = flag.Uint64("crash.seed", 1, "which pairs are sampled")
	crashFor   = flag.Duration("crash.for", 0, "begin no run after so long, and report how far it went; 0 = do all")
	crashBlow  = flag.String("crash.blow", "", "deal this blow, or two separated by a comma, and log it")
	crashPart  = flag.String("crash.part", "", "i/n: do this part of the work and print the result as JSON")
)

// crashResult is what came of a part of the runs.
type crashResult struct {
	Points  int // boundaries of the workload
	Calls   int // of them, of calls
	Planned int // runs that were to be done
	Runs    int
	Hit     int           // runs in which every blow landed
	Missed  []string      // of single blows: never landed, whatever was tried
	Failed  []string      // blows, and what was wrong
	Worst   time.Duration // from the last blow, or the last record, until everything was there
	Slow    string        // the blows of Worst
}

func (r *crashResult) add(o crashResult) {
	r.Planned, r.Runs, r.Hit = r.Planned+o.Planned, r.Runs+o.Runs, r.Hit+o.Hit
	r.Missed, r.Failed = append(r.Missed, o.Missed...), append(r.Failed, o.Failed...)
	if o.Worst > r.Worst {
		r.Worst, r.Slow = o.Worst, o.Slow
	}
}

// ran notes one run.
func (r *crashResult) ran(blows []blow, wrong []string, took time.Duration) {
	name := blowNames(blows)
	if len(wrong) > 0 {
		r.Failed = append(r.Failed, fmt.Sprintf("%s:\n\t%s\n\treplay: go test ./supervisor -run TestEveryCrashPoint -v -crash.work %s -crash.blow '%s'",
			name, strings.Join(wrong, "\n\t"), *crashWork, name))
	}
	if took > r.Worst {
		r.Worst, r.Slow = took, name
	}
}

// TestEveryCrashPoint lets an actor panic, and a node die for good or for a
// while, at every boundary of a small workload: before and after each message
// of each actor, before and after each call takes effect. One run each; all of
// them must end with every row once and in order, SHARD_END where a shard
// ended, K at T, the counters right, and that within a bound.
//
// The boundaries are those that a run without a blow comes by, so that a new
// message or call is among them as soon as the workload makes it; that it makes
// every kind there is, TestTheWorkloadsComeByEveryKind watches.
//
// In `make test` it is a sample; `make crash` is all of it.
func TestEveryCrashPoint(t *testing.T) {
	work := workloads[*crashWork]
	if work == nil {
		t.Fatalf("no workload %q", *crashWork)
	}
	if *crashBlow != "" {
		replayCrash(t, work, *crashBlow)
		return
	}
	points := crashPoints(t, work)
	result := crashResult{Points: len(points), Calls: callsOf(points)}
	switch {
	case *crashPart != "":
		var part, of int
		if _, err := fmt.Sscanf(*crashPart, "%d/%d", &part, &of); err != nil {
			t.Fatal(err)
		}
		result.add(dealAll(t, work, points, func(i int) bool { return i%of == part }))
		text, _ := json.Marshal(result)
		fmt.Printf("\ncrash part %s\n", text)
		return
	case *crashAll || *crashPairs != 0:
		dealInParts(t, points, &result)
	default:
		stride := plannedRuns(points)/sampleRuns | 1
		result.add(dealAll(t, work, points, func(i int) bool { return i%stride == stride/2 }))
	}
	t.Logf("%d points (%d of messages, %d of calls), %d runs of %d, %d hit, %d failed; the slowest was whole after %s (%s)", result.Points,
		result.Points-result.Calls, result.Calls, result.Runs, result.Planned, result.Hit, len(result.Failed), result.Worst.Round(time.Millisecond), result.Slow)
	for _, text := range result.Failed {
		t.Error(text)
	}
	for _, text := range result.Missed {
		t.Errorf("never came by: %s", text)
	}
	switch {
	case result.Runs == 0, *crashPairs == 0 && result.Hit+len(result.Missed) != result.Runs:
		t.Errorf("%d runs, %d hit", result.Runs, result.Hit)
	case *crashFor == 0 && result.Runs != result.Planned, *crashAll && result.Planned != plannedRuns(points):
		t.Errorf("%d runs, %d were planned; there are %d", result.Runs, result.Planned, plannedRuns(points))
	}
}

const sampleRuns = 100 // of make test

// crashPoints are the points that a run without a blow comes by, each once.
func crashPoints(t *testing.T, work func(*crashWorld)) []point {
	t.Helper()
	w, wrong, _ := runCrash(t, work, zerolog.Nop())
	if len(wrong) > 0 {
		t.Fatalf("without any blow: %s", strings.Join(wrong, "\n"))
	}
	return w.visited
}

func callsOf(points []point) (n int) {
	for _, at := range points {
		if at.call() {
			n++
		}
	}
	return n
}

// replayCrash does one run, and shows its log.
func replayCrash(t *testing.T, work func(*crashWorld), text string) {
	var blows []blow
	for part := range strings.SplitSeq(text, ",") {
		b, err := parseBlow(part)
		if err != nil {
			t.Fatal(err)
		}
		blows = append(blows, b)
	}
	var log strings.Builder
	w, wrong, took := runCrash(t, work, zerolog.New(zerolog.SyncWriter(&log)).With().Timestamp().Logger(), slices.Clone(blows)...)
	t.Logf("%d of %d blows landed; it took %s\n%s", len(w.landed), len(blows), took, log.String())
	for _, text := range wrong {
		t.Error(text)
	}
}
