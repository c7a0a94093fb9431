package main

import (
	"context"
	"os"
	"runtime"
	"runtime/pprof"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/rowstore"
	"github.com/kinesnow/kinesnow/supervisor/process"
)

// What a shard may cost that has nothing to do. Counts, not times: a buffer, a
// ticker's goroutine or a list that is kept for each shard shows here first.
const (
	testShards       = 100
	goroutinesBeside = 40        // of the connector, beside one for each shard: its fetch
	heapAtShard      = 110 << 10 // the local servers' part of it and both ends of two connections included
	heapBeside       = 4 << 20
	heapAtCore       = 3 << 20 // buffers and encoders that all shards share
)

// TestAnIdleShardHoldsNoMoreThanItsStateAndOneGoroutine, before its first record
// and again after it.
func TestAnIdleShardHoldsNoMoreThanItsStateAndOneGoroutine(t *testing.T) {
	dir, keyFile, err := makeKey()
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	s := &shore{calls: map[string]int64{}, want: map[string]rowstore.ShardTally{}, job: shoreJob{Shards: testShards, Size: 200, KeyFile: keyFile}}
	before := heldNow()
	at, err := s.open()
	if err != nil {
		t.Fatal(err)
	}
	j := fleetJob{At: at, Run: "test", Shards: testShards, KeyFile: keyFile, Dir: dir}
	seen := newShardsSeen(testShards)
	p, err := process.New(fleetFile(j), process.Options{OnEvent: seen.note})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan int, 1)
	go func() { ended <- p.Run(ctx) }()

	until(t, "all channels are open", func() bool { return seen.sample().AllOpened > 0 })
	checkIdle(t, before)
	if err := s.putInto(0, testShards); err != nil {
		t.Fatal(err)
	}
	until(t, "all records are committed", func() bool { return seen.sample().Rows == testShards })
	checkIdle(t, before)
	stop()
	if code := <-ended; code != 0 {
		t.Errorf("exit %d", code)
	}
	if err := s.verdict(); err != nil {
		t.Error(err)
	}
}

func checkIdle(t *testing.T, before uint64) {
	t.Helper()
	// Until most calls are over; what is not is within the bounds.
	mostRun, mostHeld := testShards+goroutinesBeside, int64(heapBeside+heapAtCore*runtime.NumCPU()+heapAtShard*testShards)
	var run int
	var held int64
	for end := time.Now().Add(time.Minute); ; {
		time.Sleep(50 * time.Millisecond)
		run, held = ours(t), int64(heldNow()-before)
		if run <= mostRun && held <= mostHeld || time.Now().After(end) {
			break
		}
	}
	if run > mostRun {
		t.Errorf("%d goroutines of the connector, want at most %d", run, mostRun)
	}
	if held > mostHeld {
		t.Errorf("%d KB held, want at most %d", held>>10, mostHeld>>10)
	}
	t.Logf("%d KB held, %d at most; %d goroutines", held>>10, mostHeld>>10, run)
}

// heldNow is how many bytes the heap holds that somebody can reach.
func heldNow() uint64 {
	runtime.GC()
	runtime.GC() // what pools kept is gone
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// ours counts the goroutines that run code of the product's.
func ours(t *testing.T) (n int) {
	t.Helper()
	var text strings.Builder
	if err := pprof.Lookup("goroutine").WriteTo(&text, 1); err != nil {
		t.Fatal(err)
	}
	_, stacks, _ := strings.Cut(text.String(), "\n") // the total
	for _, stack := range strings.Split(stacks, "\n\n") {
		product := false
		for line := range strings.Lines(stack) {
			product = product || strings.Contains(line, "kinesnow/") && !strings.Contains(line, "kinesnow/integration/")
		}
		if count, _, ok := strings.Cut(stack, " @ "); ok && product {
			some, err := strconv.Atoi(strings.TrimSpace(count))
			if err != nil {
				t.Fatalf("%q: %v", count, err)
			}
			n += some
		}
	}
	return n
}

func until(t *testing.T, what string, there func() bool) {
	t.Helper()
	for deadline := time.Now().Add(3 * time.Minute); !there(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("never: " + what)
		}
	}
}
