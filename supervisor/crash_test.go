package supervisor

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"
)

var (
	crashAll   = flag.Bool("crash", false, "deal every blow at every point, not a sample")
	crashWork  = flag.String("crash.work", "split", "the workload: split, or six (rows)")
	crashPairs = flag.Int("crash.pairs", 0, "deal so many sampled pairs of blows instead; -1 = every pair")
	crashSeed  = flag.Uint64("crash.seed", 1, "which pairs are sampled")
	crashBlow  = flag.String("crash.blow", "", "deal this blow, or two separated by a comma, and log it")
	crashPart  = flag.String("crash.part", "", "i/n: do this part of the work and print the result as JSON")
)

// crashResult is what came of a part of the runs.
type crashResult struct {
	Points int // boundaries of the workload
	Calls  int // of them, of calls
	Runs   int
	Hit    int           // runs in which every blow landed
	Missed []string      // of single blows: never landed, whatever was tried
	Failed []string      // blows, and what was wrong
	Worst  time.Duration // from the last blow, or the last record, until everything was there
	Slow   string        // the blows of Worst
}

func (r *crashResult) add(o crashResult) {
	r.Points, r.Calls = o.Points, o.Calls
	r.Runs, r.Hit = r.Runs+o.Runs, r.Hit+o.Hit
	r.Missed, r.Failed = append(r.Missed, o.Missed...), append(r.Failed, o.Failed...)
	if o.Worst > r.Worst {
		r.Worst, r.Slow = o.Worst, o.Slow
	}
}

// TestEveryCrashPoint lets an actor panic, and a node die for good or for a
// while, at every boundary of a small workload: before and after each message
// of each actor, before and after each call takes effect. One run each; all of
// them must end with every row once and in order, SHARD_END where a shard
// ended, K at T, the counters right, and that within a bound.
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
	var result crashResult
	switch {
	case *crashPart != "":
		var part, of int
		if _, err := fmt.Sscanf(*crashPart, "%d/%d", &part, &of); err != nil {
			t.Fatal(err)
		}
		result = dealAll(t, work, points, func(i int) bool { return i%of == part })
		text, _ := json.Marshal(result)
		fmt.Printf("\ncrash part %s\n", text)
		return
	case *crashAll || *crashPairs != 0:
		result = dealInParts(t)
	default:
		stride := len(blowKinds)*len(points)/sampleRuns | 1
		result = dealAll(t, work, points, func(i int) bool { return i%stride == stride/2 })
	}
	t.Logf("%d points (%d of messages, %d of calls), %d runs, %d hit, %d failed; the slowest was whole after %s (%s)", result.Points,
		result.Points-result.Calls, result.Calls, result.Runs, result.Hit, len(result.Failed), result.Worst.Round(time.Millisecond), result.Slow)
	for _, text := range result.Failed {
		t.Error(text)
	}
	for _, text := range result.Missed {
		t.Errorf("never came by: %s", text)
	}
	if result.Runs == 0 || *crashPairs == 0 && result.Hit+len(result.Missed) != result.Runs {
		t.Errorf("%d runs, %d hit", result.Runs, result.Hit)
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
	seen := map[string]bool{}
	for _, at := range w.visited {
		seen[at.what] = true
	}
	for _, what := range mustVisit[*crashWork] {
		if !seen[what] {
			t.Errorf("the workload comes by no %s", what)
		}
	}
	return w.visited
}

// dealAll does the runs whose number is wanted.
func dealAll(t *testing.T, work func(*crashWorld), points []point, wanted func(i int) bool) crashResult {
	r := crashResult{Points: len(points)}
	for _, at := range points {
		if at.call() {
			r.Calls++
		}
	}
	for i, blows := range plannedBlows(points) {
		if !wanted(i) {
			continue
		}
		name := blowNames(blows)
		if *crashPart != "" {
			fmt.Printf("\ncrash at %s\n", name)
		}
		r.Runs++
		for try := 1; ; try++ {
			w, wrong, took := runCrash(t, work, zerolog.Nop(), blows...)
			hit := len(w.landed) == len(blows)
			if len(wrong) > 0 {
				r.Failed = append(r.Failed, fmt.Sprintf("%s:\n\t%s\n\treplay: go test ./supervisor -run TestEveryCrashPoint -v -crash.work %s -crash.blow '%s'",
					name, strings.Join(wrong, "\n\t"), *crashWork, name))
			}
			if took > r.Worst {
				r.Worst, r.Slow = took, name
			}
			if hit {
				r.Hit++
				break
			}
			if *crashPairs != 0 {
				break // the first blow has changed what follows
			}
			if try == 5 {
				r.Missed = append(r.Missed, name)
				break
			}
		}
	}
	return r
}

// plannedBlows yields every run's blows: one each, or two.
func plannedBlows(points []point) func(yield func(int, []blow) bool) {
	single := make([]blow, 0, len(points)*len(blowKinds))
	for _, at := range points {
		for _, kind := range blowKinds {
			if kind == "panic" && !at.after && (at.what == "Stopping" || at.what == "Restarting") {
				continue // these handlers let go of everything first: the panic would be the test's alone
			}
			single = append(single, blow{kind, at})
		}
	}
	return func(yield func(int, []blow) bool) {
		switch {
		case *crashPairs == 0:
			for i, b := range single {
				if !yield(i, []blow{b}) {
					return
				}
			}
		case *crashPairs > 0:
			d := rand.New(rand.NewPCG(*crashSeed, 2))
			for i := range *crashPairs {
				a, b := d.IntN(len(single)), d.IntN(len(single))
				if !yield(i, []blow{single[min(a, b)], single[max(a, b)]}) {
					return
				}
			}
		default:
			i := 0
			for a := range single {
				for b := a + 1; b < len(single); b++ {
					if !yield(i, []blow{single[a], single[b]}) {
						return
					}
					i++
				}
			}
		}
	}
}

func blowNames(blows []blow) string {
	names := make([]string, len(blows))
	for i, b := range blows {
		names[i] = b.String()
	}
	return strings.Join(names, ", ")
}

// dealInParts does all the runs, in one process per processor: a run replaces
// the random source of its process.
func dealInParts(t *testing.T) crashResult {
	var (
		result crashResult
		mu     sync.Mutex
		wait   sync.WaitGroup
	)
	parts := runtime.NumCPU()
	for i := range parts {
		wait.Go(func() {
			args := append(slices.Clone(os.Args[1:]), "-test.run=^TestEveryCrashPoint$", "-test.v=false", fmt.Sprintf("-crash.part=%d/%d", i, parts))
			c := exec.Command(os.Args[0], args...)
			c.Env = append(os.Environ(), "GOMAXPROCS=1")
			out, err := c.StdoutPipe()
			c.Stderr = c.Stdout
			if err == nil {
				err = c.Start()
			}
			if err != nil {
				t.Error(err)
				return
			}
			part, at, rest := crashResult{}, "", []string(nil)
			lines := bufio.NewScanner(out)
			lines.Buffer(nil, 64<<20)
			for lines.Scan() {
				if text, ok := strings.CutPrefix(lines.Text(), "crash at "); ok {
					at, rest = text, nil
				} else if text, ok := strings.CutPrefix(lines.Text(), "crash part "); ok {
					err = json.Unmarshal([]byte(text), &part)
				} else if len(rest) < 60 {
					rest = append(rest, lines.Text())
				}
			}
			if wrong := c.Wait(); wrong != nil || err != nil || part.Runs == 0 {
				t.Errorf("part %d ended with %v, %v at %s:\n%s", i, wrong, err, at, strings.Join(rest, "\n"))
			}
			mu.Lock()
			defer mu.Unlock()
			result.add(part)
		})
	}
	wait.Wait()
	return result
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
	w, wrong, took := runCrash(t, work, zerolog.New(zerolog.SyncWriter(&log)).With().Timestamp().Logger(), blows...)
	t.Logf("%d of %d blows landed; it took %s\n%s", len(w.landed), len(blows), took, log.String())
	for _, text := range wrong {
		t.Error(text)
	}
}
