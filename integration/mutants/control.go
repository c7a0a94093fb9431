package main

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/kinesnow/kinesnow/integration/sim"
)

// Control is the same seeds without any mutant: by the mutated build with its
// switch off, and by the product as it is.
type Control struct {
	Seeds  []uint64
	Failed []string // what was wrong, by the mutated build
	Differ []uint64 // seeds that left another trace by the product as it is
	Err    error
}

// fewest is how many seeds a control has at least.
const fewest = 6

// controls are the seeds at which mutants were caught, and the first few.
func controls(hunts []*Hunt) []uint64 {
	var seeds []uint64
	for s := range uint64(fewest) {
		seeds = append(seeds, s+1)
	}
	for _, h := range hunts {
		if h.First != 0 {
			seeds = append(seeds, h.First)
		}
	}
	slices.Sort(seeds)
	return slices.Compact(seeds)
}

// attempts is how often a seed is run by both builds until they agree: on a
// machine that is busy the runtime now and then lets two goroutines of one
// instant change places.
const attempts = 3

// compare runs the seeds by both builds, side by side.
func compare(plain, mutated string, seeds []uint64) *Control {
	c := &Control{Seeds: seeds}
	traces := [2]map[uint64][]string{{}, {}} // by seed, of all attempts
	c.Differ = seeds
	for range attempts {
		c.run([2]string{mutated, plain}, &traces)
		c.Differ = slices.DeleteFunc(slices.Clone(c.Differ), func(seed uint64) bool {
			return slices.ContainsFunc(traces[0][seed], func(trace string) bool { return slices.Contains(traces[1][seed], trace) })
		})
		if c.Err != nil || len(c.Failed) > 0 || len(c.Differ) == 0 {
			break
		}
	}
	return c
}

// run has both builds run the seeds that still differ.
func (c *Control) run(binaries [2]string, traces *[2]map[uint64][]string) {
	var errs [2]error
	var wait sync.WaitGroup
	for i, binary := range binaries {
		wait.Go(func() {
			_, errs[i] = farm(binary, "").Run(c.Differ, once, func(_ int, r sim.Result, _ int64) bool {
				traces[i][r.Seed] = append(traces[i][r.Seed], r.Hash)
				if i == 0 && r.Failed != "" {
					c.Failed = append(c.Failed, fmt.Sprintf("seed %d: %s", r.Seed, r.Failed))
				}
				return true
			})
		})
	}
	wait.Wait()
	c.Err = errors.Join(errs[:]...)
}

func (c *Control) wrong() error {
	switch {
	case c.Err != nil:
		return c.Err
	case len(c.Failed) > 0:
		return fmt.Errorf("without a mutant: %s", c.Failed[0])
	case len(c.Differ) > 0:
		return fmt.Errorf("without a mutant, seed %d leaves another trace than the product as it is", c.Differ[0])
	}
	return nil
}
