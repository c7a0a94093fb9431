package sim

import (
	"bytes"
	_ "embed"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
)

var (
	seedFlag   = flag.Uint64("sim.seed", 0, "run this seed alone, and tell all of it")
	seedsFlag  = flag.Int("sim.seeds", 4, "how many seeds to run, beside those of past failures")
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
	sum.cpu, err = Farm{Test: t.Name()}.Run(seeds, func(seed uint64) bool { return seed%32 == 1 }, func(worker int, r Result, heap int64) bool {
		sum.add(worker, &r, heap)
		if r.Failed != "" {
			t.Errorf("seed %d: %s\nreplay: make sim SEED=%d\n%s", r.Seed, r.Failed, r.Seed, r.Tail)
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
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1)) // as a worker does
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
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
