package sim

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strconv"
	"sync"
	"testing"
	"time"
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
// again, and must leave the same trace.
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
		if again := (Result{}); twice && r.Failed == "" {
			runtime.GC()
			again = Run(t, NewPlan(seed), Options{})
			if again.Hash != r.Hash {
				r.Failed = "IRREPRODUCIBLE: the same seed left the traces " + r.Hash + " and " + again.Hash
			}
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

// answerMark begins a worker's answer; everything else on its output is the
// testing package's.
const answerMark = "SIM "

// Farm runs seeds on workers, as many as there are processors, and tells of
// each result as it comes. test is the test that calls Work. It ends early
// when tell answers false. cpu is the processor time that the workers took.
func Farm(test string, seeds []uint64, twice func(seed uint64) bool, tell func(worker int, r Result, heap int64) bool) (cpu time.Duration, err error) {
	queue := make(chan uint64, len(seeds))
	for _, s := range seeds {
		queue <- s
	}
	close(queue)
	var mu sync.Mutex
	var wait sync.WaitGroup
	errs := make([]error, runtime.NumCPU())
	stopped := false
	for i := range errs {
		wait.Go(func() {
			var took time.Duration
			took, errs[i] = farmhand(test, queue, twice, func(r *report) bool {
				mu.Lock()
				defer mu.Unlock()
				if !stopped {
					stopped = !tell(i, r.Result, r.Heap)
				}
				return !stopped
			})
			mu.Lock()
			defer mu.Unlock()
			cpu += took
		})
	}
	wait.Wait()
	return cpu, errors.Join(errs...)
}

// farmhand feeds one worker, and returns the processor time that it took.
func farmhand(test string, queue <-chan uint64, twice func(uint64) bool, tell func(*report) bool) (time.Duration, error) {
	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	command := exec.Command(self, "-test.run=^"+test+"$", "-test.timeout=0")
	command.Env = append(os.Environ(), workerEnv+"=1", "GOMAXPROCS=1", "GODEBUG=asyncpreemptoff=1")
	in, err := command.StdinPipe()
	if err != nil {
		return 0, err
	}
	out, err := command.StdoutPipe()
	if err != nil {
		return 0, err
	}
	command.Stderr = os.Stderr
	if err := command.Start(); err != nil {
		return 0, err
	}
	lines := bufio.NewReaderSize(out, 1<<20)
	var last string
	for seed := range queue {
		if _, err := io.WriteString(in, strconv.FormatUint(seed, 10)+" "+strconv.FormatBool(twice(seed))+"\n"); err != nil {
			return 0, fmt.Errorf("seed %d: %w; the worker's last words: %s", seed, err, last)
		}
		r, words, err := nextReport(lines)
		if err != nil {
			_ = command.Wait() // it has ended
			return 0, fmt.Errorf("seed %d: the worker ends: %w: %s", seed, err, words)
		}
		if !tell(r) {
			break
		}
		last = words
	}
	in.Close()
	_, _ = io.Copy(io.Discard, lines)
	_ = command.Wait() // what it said was judged already
	return command.ProcessState.UserTime() + command.ProcessState.SystemTime(), nil
}

// nextReport reads a worker's output up to its next answer.
func nextReport(lines *bufio.Reader) (*report, string, error) {
	words := ""
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return nil, words + line, err
		}
		if len(line) < len(answerMark) || line[:len(answerMark)] != answerMark {
			if words += line; len(words) > 1<<16 {
				words = words[len(words)-1<<15:]
			}
			continue
		}
		r := &report{}
		return r, words, json.Unmarshal([]byte(line[len(answerMark):]), r)
	}
}
