package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"sync"
	"time"

	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor/config"
	"github.com/kinesnow/kinesnow/supervisor/process"
)

// fleetJob tells the connector process of shards runs what to read and how.
type fleetJob struct {
	At      endpoints
	Run     string // the application
	Shards  int
	FanOut  bool
	KeyFile string
	Dir     string // of the journal
	Profile string // CPU profile of a phase; "" = none
}

// sample is what a connector process says of itself.
type sample struct {
	At         time.Time
	CPU        time.Duration // of the process so far
	RSS        int64         // bytes resident now
	Peak       int64         // and at most so far
	Heap       uint64        // bytes of live and not yet swept objects
	Goroutines int
	Opened     int // shards whose channel was opened so far
	Appended   int // shards of which an append was accepted
	Committed  int // shards of which rows were committed
	Rows       int64
	// Since the process began: until the last of the shards was opened,
	// appended and committed. 0 = not yet all.
	AllOpened, AllAppended, AllCommitted time.Duration
}

// fleetRole is the connector process: what kinesnow run is, with journal, HTTP
// port and memory limit, told by an argument instead of a file.
func fleetRole(argument string) error {
	var j fleetJob
	if err := json.Unmarshal([]byte(argument), &j); err != nil {
		return err
	}
	w := newShardsSeen(j.Shards)
	p, err := process.New(fleetFile(j), process.Options{Version: "bench", OnEvent: w.note})
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	ended := make(chan int, 1)
	go func() { ended <- p.Run(ctx) }()
	profiles := profiler{name: j.Profile}
	err = answerOrders(endpoints{}, func(o order, r *reply) error {
		switch {
		case o.Drain:
			stop()
			if code := <-ended; code != 0 {
				return fmt.Errorf("the connector ended with %d", code)
			}
			return nil
		case o.Collect:
			runtime.GC()
			debug.FreeOSMemory()
		}
		r.Sample = w.sample()
		return profiles.turn(o.Profile)
	})
	return errors.Join(err, profiles.turn(""))
}

func fleetFile(j fleetJob) config.File {
	c := configuration(job{At: j.At, Run: j.Run, Table: backlogTable, KeyFile: j.KeyFile, Compression: "zstd"})
	if j.FanOut {
		c.Kinesis.ConsumerType = config.EnhancedFanOut
	}
	f := config.DefaultFile()
	f.DataDir, f.HTTP.Listen, f.Log.Level = filepath.Join(j.Dir, j.Run), "127.0.0.1:0", config.LogWarn
	f.Connectors["bench"] = c
	return f
}

// shardsSeen notes how far the shards are, from the connector's events.
type shardsSeen struct {
	want int
	mu   sync.Mutex
	seen [3]map[messages.ShardID]bool // opened, appended, committed
	all  [3]time.Duration
	rows int64
}

func newShardsSeen(shards int) *shardsSeen {
	return &shardsSeen{want: shards, seen: [3]map[messages.ShardID]bool{{}, {}, {}}}
}

func (w *shardsSeen) note(_ string, e messages.Event) {
	switch e := e.(type) {
	case *messages.Opened:
		w.mark(0, e.Shard, 0)
	case *messages.BatchAppended:
		w.mark(1, e.Shard, 0)
	case *messages.Committed:
		w.mark(2, e.Shard, e.Rows)
	}
}

func (w *shardsSeen) mark(what int, shard messages.ShardID, rows int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.rows += rows
	w.seen[what][shard] = true
	if len(w.seen[what]) == w.want && w.all[what] == 0 {
		w.all[what] = time.Since(born)
	}
}

func (w *shardsSeen) sample() *sample {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	w.mu.Lock()
	defer w.mu.Unlock()
	return &sample{
		At: time.Now(), CPU: cpuTime(), RSS: residentMemory(), Peak: peakMemory(), Heap: m.HeapAlloc, Goroutines: runtime.NumGoroutine(),
		Opened: len(w.seen[0]), Appended: len(w.seen[1]), Committed: len(w.seen[2]), Rows: w.rows,
		AllOpened: w.all[0], AllAppended: w.all[1], AllCommitted: w.all[2],
	}
}

// profiler writes a CPU profile of each phase that is named, and what the heap
// held at its end.
type profiler struct {
	name string
	file *os.File
}

// turn ends the profile that runs, and begins that of a phase; "" begins none.
func (p *profiler) turn(phase string) error {
	if p.name == "" {
		return nil
	}
	if p.file != nil {
		pprof.StopCPUProfile()
		heap, err := os.Create(p.file.Name() + ".heap")
		if err != nil {
			return err
		}
		if err := errors.Join(pprof.Lookup("heap").WriteTo(heap, 0), heap.Close(), p.file.Close()); err != nil {
			return err
		}
		p.file = nil
	}
	if phase == "" {
		return nil
	}
	file, err := os.Create(p.name + "." + phase)
	if err != nil {
		return err
	}
	p.file = file
	return pprof.StartCPUProfile(file)
}
