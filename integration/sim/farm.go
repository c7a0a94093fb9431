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
	"strconv"
	"sync"
	"time"
)

// Farm is where seeds run: a test binary, and so many workers of it.
type Farm struct {
	Binary  string   // compiled with go test -c; "" = this process's own
	Test    string   // in it, that calls Work
	Env     []string // of the workers, beside this process's own
	Workers int      // 0 = as many as there are processors
	// Limit ends a worker that takes longer for one seed, by the wall clock;
	// 0 = never.
	Limit time.Duration
}

// Run has seeds run, and tells of each result as it comes; twice says which of
// them are to leave the same trace again. It ends early when tell answers
// false. cpu is the processor time that the workers took.
func (f Farm) Run(seeds []uint64, twice func(seed uint64) bool, tell func(worker int, r Result, heap int64) bool) (cpu time.Duration, err error) {
	queue := make(chan uint64, len(seeds))
	for _, s := range seeds {
		queue <- s
	}
	close(queue)
	if f.Workers == 0 {
		f.Workers = runtime.NumCPU()
	}
	var mu sync.Mutex
	var wait sync.WaitGroup
	errs := make([]error, f.Workers)
	stopped := false
	for i := range errs {
		wait.Go(func() {
			var took time.Duration
			took, errs[i] = f.hand(queue, twice, func(r *report) bool {
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

// command is one worker.
func (f Farm) command() (*exec.Cmd, error) {
	binary := f.Binary
	if binary == "" {
		self, err := os.Executable()
		if err != nil {
			return nil, err
		}
		binary = self
	}
	command := exec.Command(binary, "-test.run=^"+f.Test+"$", "-test.timeout=0")
	command.Env = append(os.Environ(), workerEnv+"=1", "GOMAXPROCS=1", "GODEBUG=asyncpreemptoff=1")
	command.Env = append(command.Env, f.Env...)
	command.Stderr = os.Stderr
	return command, nil
}

// hand feeds one worker, and returns the processor time that it took.
func (f Farm) hand(queue <-chan uint64, twice func(uint64) bool, tell func(*report) bool) (time.Duration, error) {
	command, err := f.command()
	if err != nil {
		return 0, err
	}
	in, err := command.StdinPipe()
	if err != nil {
		return 0, err
	}
	out, err := command.StdoutPipe()
	if err != nil {
		return 0, err
	}
	if err := command.Start(); err != nil {
		return 0, err
	}
	lines := bufio.NewReaderSize(out, 1<<20)
	var last string
	for seed := range queue {
		stop := f.watch(command)
		if _, err := io.WriteString(in, strconv.FormatUint(seed, 10)+" "+strconv.FormatBool(twice(seed))+"\n"); err != nil {
			return 0, fmt.Errorf("seed %d: %w; the worker's last words: %s", seed, err, last)
		}
		r, words, err := nextReport(lines)
		stop()
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

// watch kills a worker that takes too long for a seed, unless stop is called
// before.
func (f Farm) watch(command *exec.Cmd) (stop func()) {
	if f.Limit == 0 {
		return func() {}
	}
	timer := time.AfterFunc(f.Limit, func() { _ = command.Process.Kill() }) // who reads its output hears of it
	return func() { timer.Stop() }
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

// TestName is the test that calls Work.
const TestName = "TestEveryRecordOnceAndInOrderWhateverHappens"
