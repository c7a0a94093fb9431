package main

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/kinesnow/kinesnow/integration/sim"
)

// mutantEnv is integration/mutants/mutant's Env, which ordinary builds have not.
const mutantEnv = "KINESNOW_MUTANT"

// seedLimit is how long a mutant may take for one seed.
const seedLimit = 2 * time.Minute

// Hunt is what came of one mutant.
type Hunt struct {
	Mutant  Mutant
	Tried   int           // seeds
	Caught  int           // of them; 1 at most, unless all were asked for
	First   uint64        // the first that caught it; 0 = none did
	Verdict string        // what the oracle said of it
	Took    time.Duration // processor time
	Err     error         // it could not be run
}

// Kind is what the verdict says is wrong, in a word or two.
func (h *Hunt) Kind() string {
	if h.First == 0 {
		return ""
	}
	return Kind(h.Verdict)
}

// Kind shortens a verdict of the simulator's oracle.
func Kind(verdict string) string {
	kind, _, _ := strings.Cut(verdict, ":")
	switch {
	case kind == "MISSING":
		return "LOST"
	case strings.HasSuffix(kind, "TOO EARLY"):
		return "TOO EARLY"
	case kind == "UNFINISHED", strings.HasPrefix(kind, "no lease row"):
		return "STUCK"
	}
	return kind
}

// counts are the kinds of verdict that catch a mutant.
var counts = []string{"DOUBLED", "LOST", "MISORDERED", "TOO EARLY", "STUCK", "FALSE STOP", "FALSE GAP"}

// Range is which seeds a mutant meets.
type Range struct {
	First uint64
	Count int
	All   bool // also those behind the first that catches it
}

// seeds lists them, the one that is worth a try first.
func (r Range) seeds(try uint64) []uint64 {
	seeds := make([]uint64, 0, r.Count+1)
	if try != 0 {
		seeds = append(seeds, try)
	}
	for i := range uint64(r.Count) {
		if seed := r.First + i; seed != try {
			seeds = append(seeds, seed)
		}
	}
	return seeds
}

// farm is one worker that is a mutant; "" = none.
func farm(binary, mutant string) sim.Farm {
	return sim.Farm{Binary: binary, Test: sim.TestName, Env: []string{mutantEnv + "=" + mutant}, Workers: 1, Limit: seedLimit}
}

// once: no seed has to leave its trace twice.
func once(uint64) bool { return false }

// hunt runs seeds as one mutant.
func hunt(binary string, m Mutant, r Range) *Hunt {
	h := &Hunt{Mutant: m}
	h.Took, h.Err = farm(binary, m.Name).Run(r.seeds(m.Try), once, func(_ int, got sim.Result, _ int64) bool {
		h.Tried++
		if got.Failed == "" {
			return true
		}
		h.Caught++
		if h.First == 0 {
			h.First, h.Verdict = got.Seed, got.Failed
		}
		return r.All
	})
	return h
}

// HuntAll hunts mutants side by side, one a processor, and tells of each in
// the order of the list.
func HuntAll(ctx context.Context, binary string, mutants []Mutant, r Range, tell func(*Hunt)) {
	done := make([]chan *Hunt, len(mutants))
	slots := make(chan struct{}, runtime.NumCPU())
	var wait sync.WaitGroup
	for i := range mutants {
		done[i] = make(chan *Hunt, 1)
		wait.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			if err := ctx.Err(); err != nil {
				done[i] <- &Hunt{Mutant: mutants[i], Err: err}
				return
			}
			done[i] <- hunt(binary, mutants[i], r)
		})
	}
	for i := range done {
		tell(<-done[i])
	}
	wait.Wait()
}

// escaped says why a mutant is not caught; "" = it is.
func (h *Hunt) escaped() string {
	switch {
	case h.Err != nil:
		return h.Err.Error()
	case h.First == 0:
		return fmt.Sprintf("not caught within %d seeds", h.Tried)
	}
	for _, kind := range counts {
		if h.Kind() == kind {
			return ""
		}
	}
	return "caught by something that does not count: " + h.Verdict
}
