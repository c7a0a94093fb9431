package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"time"
)

// job is what a contestant is told.
type job struct {
	At      endpoints
	Run     string // unlike every other's, so that no lease and no channel is found
	Shards  int
	Records int64 // per shard
	Data    int   // bytes of a record
	KeyFile string
	Profile string // where to write a CPU profile; "" = nowhere

	Load string        // of servers runs: what to do
	For  time.Duration // of the poller: how long it is measured

	Table       string        // of the connector
	Budget      int64         // bytes, of the connector
	Memory      int64         // bytes, the Go runtime's soft limit; 0 = none
	Compression string        // of the connector
	Within      time.Duration // limit of the run
}

// result is what a contestant answers. Everything but Peak and Whole is between the first
// GetRecords and the last acknowledged append.
type result struct {
	CPU     time.Duration // user and system
	Wall    time.Duration
	Mallocs uint64
	Bytes   uint64 // allocated
	Peak    int64  // most bytes resident, of the whole process; 0 = not known here
	First   time.Duration
	GCs     uint32
	Whole   time.Duration // CPU of the process from its beginning
}

// meter measures this process between two moments.
type meter struct {
	at     time.Time
	cpu    time.Duration
	memory runtime.MemStats
	result result
}

func (m *meter) begin() {
	runtime.ReadMemStats(&m.memory)
	m.cpu, m.at = cpuTime(), time.Now()
}

func (m *meter) end() {
	cpu, wall := cpuTime()-m.cpu, time.Since(m.at)
	var now runtime.MemStats
	runtime.ReadMemStats(&now)
	m.result = result{
		CPU: cpu, Wall: wall, Mallocs: now.Mallocs - m.memory.Mallocs, Bytes: now.TotalAlloc - m.memory.TotalAlloc,
		First: m.at.Sub(born), GCs: now.NumGC - m.memory.NumGC,
	}
}

var born = time.Now()

// contest runs a contestant as this process: the job is its argument, the
// result goes to stdout.
func contest(text string, run func(job, *meter) error) error {
	var j job
	if err := json.Unmarshal([]byte(text), &j); err != nil {
		return fmt.Errorf("job: %w", err)
	}
	if j.Profile != "" {
		file, err := os.Create(j.Profile)
		if err != nil {
			return err
		}
		defer file.Close()
		if err := pprof.StartCPUProfile(file); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
		defer writeAllocations(j.Profile + ".allocs")
	}
	if j.Memory > 0 {
		debug.SetMemoryLimit(j.Memory)
	}
	var m meter
	if err := run(j, &m); err != nil {
		return err
	}
	m.result.Peak, m.result.Whole = peakMemory(), cpuTime()
	return json.NewEncoder(os.Stdout).Encode(m.result)
}

// writeAllocations writes where the process allocated.
func writeAllocations(name string) {
	file, err := os.Create(name)
	if err == nil {
		err = errors.Join(pprof.Lookup("allocs").WriteTo(file, 0), file.Close())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
	}
}
