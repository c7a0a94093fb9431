package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/kinesnow/kinesnow/supervisor/process"
)

// memoryOptions are the flags of bench memory.
type memoryOptions struct {
	runs int
	mb   int // raw, of the backlog
}

// The terms of figure 5 (issue 2).
const (
	memoryShards = 16
	memoryBudget = 64 << 20
	memoryExcess = 100e6 // bytes that the process may hold beside the budget
	memoryRecord = 1024
	memoryWithin = 15 * time.Minute
	slowCommit   = 6500 * time.Millisecond
	fastCommit   = 100 * time.Millisecond
	leastRatio   = 0.95
)

// memoryBound is what a connector could move at slowCommit, times two, if bytes
// were held until they are committed, in bytes a second.
func memoryBound() float64 { return 2 * memoryBudget / slowCommit.Seconds() }

// runMemory is the campaign of figure 5. It returns false where a target is
// missed.
func runMemory(ctx context.Context, o memoryOptions) (good bool, err error) {
	dir, keyFile, err := makeKey()
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(dir)
	records := int64(o.mb) * 1e6 / memoryRecord
	fmt.Printf("loading %d records of %d bytes into %d shards\n", records, memoryRecord, memoryShards)
	server, _, err := open(ctx, unpinned, "_backlog", backlogJob{Records: records, Shards: memoryShards, Size: memoryRecord, KeyFile: keyFile})
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, server.close()) }()

	var slow, fast []result
	for i := range o.runs {
		// Each round begins with the other one, so that a machine that
		// slows down favours neither.
		first, second := slowCommit, fastCommit
		if i%2 == 1 {
			first, second = second, first
		}
		for _, delay := range []time.Duration{first, second} {
			r, err := memoryRun(ctx, server, i, delay, keyFile, records)
			if err != nil {
				return false, err
			}
			fmt.Fprintf(os.Stderr, "run %d of %d, commit delay %s: %.1f MB/s in %.1f s, CPU %.1f s, peak %s, %d collections\n", i+1, o.runs, delay,
				memoryRate(r, records)/1e6, r.Wall.Seconds(), r.CPU.Seconds(), megabytes(r.Peak), r.GCs)
			if delay == slowCommit {
				slow = append(slow, r)
			} else {
				fast = append(fast, r)
			}
		}
	}
	return printMemory(slow, fast, records), nil
}

func memoryRun(ctx context.Context, server *theatre, round int, delay time.Duration, keyFile string, records int64) (result, error) {
	begun, err := server.ask(order{Delay: delay})
	if err != nil {
		return result{}, err
	}
	r, err := runContestant(ctx, unpinned, "_connector", job{
		At: begun.At, Run: fmt.Sprintf("bench-%d-%s", round, delay), Shards: 1, Records: records, Data: memoryRecord, KeyFile: keyFile,
		Table: backlogTable, Budget: memoryBudget, Memory: process.MemoryLimit(memoryBudget), Compression: "zstd", Within: memoryWithin,
	})
	if err != nil {
		return r, err
	}
	_, err = server.ask(order{Verdict: true})
	return r, err
}

// memoryRate is raw bytes a second, from the first read to the last append that
// was accepted.
func memoryRate(r result, records int64) float64 {
	return float64(records) * memoryRecord / r.Wall.Seconds()
}

func printMemory(slow, fast []result, records int64) bool {
	rate := func(r result) float64 { return memoryRate(r, records) }
	t := newTable(os.Stdout, "commit delay", "raw MB/s", "of the 0.1 s runs", "CPU s/GB", "peak")
	for _, c := range []struct {
		delay time.Duration
		runs  []result
	}{{fastCommit, fast}, {slowCommit, slow}} {
		var rates []float64
		for _, r := range c.runs {
			rates = append(rates, rate(r)/1e6)
		}
		s := spreadOf(rates)
		t.row(c.delay.String(), fmt.Sprintf("%.1f (%.1f-%.1f, n=%d)", s.median, s.least, s.most, s.n), ratios(c.runs, fast, rate).String(),
			fmt.Sprintf("%.2f", medianOf(c.runs, func(r result) float64 { return r.CPU.Seconds() / float64(records) / memoryRecord * 1e9 })),
			megabytes(medianOf(c.runs, func(r result) int64 { return r.Peak })))
	}
	t.Flush()
	peak := int64(0)
	for _, r := range append(slow, fast...) {
		peak = max(peak, r.Peak)
	}
	median, ratio := medianOf(slow, rate), ratios(slow, fast, rate)
	bounded, steady, small := median >= memoryBound(), ratio.median >= leastRatio, peak <= memoryBudget+memoryExcess && peak > 0
	fmt.Printf("every row of every run arrived once and in order\n")
	fmt.Printf("at %s: %.1f MB/s, bound 2 x (64 MiB / %s) = %.1f MB/s: %s\n", slowCommit, median/1e6, slowCommit, memoryBound()/1e6, passed(bounded))
	fmt.Printf("at %s to %s: %s, at least %.2f: %s\n", slowCommit, fastCommit, ratio, leastRatio, passed(steady))
	fmt.Printf("peak memory %s, budget + 100 MB = %s: %s\n", megabytes(peak), megabytes(memoryBudget+memoryExcess), passed(small))
	return bounded && steady && small
}
