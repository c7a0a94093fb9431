package sim

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"testing"
)

// Seeds run in processes of their own, one processor each, without garbage
// collection in their midst: what comes next is then a matter of the seed
// alone, and all processors are used.

// workerEnv tells a process that it is a worker.
const workerEnv = "KINESNOW_SIM_WORKER"

// memoryLimit is where a worker collects garbage in a seed's midst after all.
const memoryLimit = 3 << 30

// IsWorker reports whether this process is to Work.
func IsWorker() bool { return os.Getenv(workerEnv) != "" }

// report is what a worker answers for one seed.
type report struct {
	Result
	Heap int64 // bytes, after a collection
}

// Work runs the seeds that come on standard input, a line each, and writes
// what came of each on standard output. A seed with a "twice" behind it is run
// again, and must leave the same trace (repeats).
func Work(t *testing.T) {
	debug.SetGCPercent(-1)
	debug.SetMemoryLimit(memoryLimit)
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		var seed uint64
		var twice bool
		if _, err := fmt.Sscanf(in.Text(), "%d %t", &seed, &twice); err != nil {
			t.Fatalf("seed %q: %v", in.Text(), err)
		}
		r := report{Result: Run(t, NewPlan(seed), Options{})}
		if twice && r.Failed == "" {
			r.Repeats, r.Failed = again(t, seed, r.Hash)
		}
		runtime.GC()
		runtime.GC() // what pools held is gone after the second
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		r.Heap = int64(m.HeapAlloc)
		text, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Printf("\n%s%s\n", answerMark, text)
	}
}

// repeats is how often a seed may leave another trace. The runtime lets another
// goroutine run where one has had its processor for 10 ms, by the machine's
// clock, of which a busy machine may have taken most: of the first run, too. What
// is not a matter of the seed differs every time.
const repeats = 3

// again runs a seed until it leaves one of its traces a second time, and returns
// how often it left a new one.
func again(t *testing.T, seed uint64, hash string) (others int, failed string) {
	for seen := []string{hash}; others < repeats; others++ {
		runtime.GC()
		r := Run(t, NewPlan(seed), Options{})
		if slices.Contains(seen, r.Hash) {
			return others, ""
		}
		seen = append(seen, r.Hash)
	}
	return others, fmt.Sprintf("IRREPRODUCIBLE: %d runs of the same seed left another trace each, the first of them %s", others+1, hash)
}

// answerMark begins a worker's answer; everything else on its output is the
// testing package's.
const answerMark = "SIM "
