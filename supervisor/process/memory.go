package process

import (
	"io/fs"
	"os"
	"path"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/rs/zerolog"
)

// MemoryLimit is the runtime's soft limit for a budget: room for what the budget
// does not count (bodies and buffers of the calls under way, marks, the engine),
// so that garbage does not come on top of it. Measured with 16 shards and 64 MiB
// (integration/bench memory).
func MemoryLimit(budget int64) int64 { return budget + max(56<<20, budget/4) }

// memoryShare is how much of the cgroup's memory the Go runtime aims to stay
// below: a safety net against a burst of garbage. The byte budget is what
// bounds the data.
const memoryShare = 0.9

// limitMemory sets the runtime's soft limit from the budget and the cgroup,
// unless GOMEMLIMIT says something, and warns of a budget that the cgroup cannot
// hold.
func limitMemory(log zerolog.Logger, budget int64) {
	if os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	limit, ok := cgroupLimit(os.DirFS("/"))
	if !ok {
		debug.SetMemoryLimit(MemoryLimit(budget))
		return
	}
	debug.SetMemoryLimit(min(MemoryLimit(budget), int64(float64(limit)*memoryShare)))
	if budget+overheadBytes > limit {
		log.Warn().Int64("budget", budget).Int64("cgroup", limit).
			Msg("memory: leaves too little of the cgroup's limit for everything else; lower it, or raise the limit")
	}
}

// overheadBytes is what a process needs beside its budget.
const overheadBytes = 100 << 20

// cgroupLimit reads the least memory limit in force for this process, in bytes:
// of its cgroup v2 and every one above it (cgroups(7)), else of cgroup v1. It is
// false where there is none.
func cgroupLimit(root fs.FS) (int64, bool) {
	least, found := int64(0), false
	take := func(file string) {
		text, err := fs.ReadFile(root, file)
		if err != nil {
			return
		}
		// "max" is no number, and v1 writes a huge one where nothing is set.
		n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
		if err != nil || n <= 0 || n > 1<<50 {
			return
		}
		if !found || n < least {
			least, found = n, true
		}
	}
	own, _ := fs.ReadFile(root, "proc/self/cgroup")
	for line := range strings.Lines(string(own)) {
		_, controllers, _ := strings.Cut(strings.TrimSpace(line), ":")
		controllers, group, _ := strings.Cut(controllers, ":")
		file, base := "memory.max", "sys/fs/cgroup"
		switch controllers {
		case "":
		case "memory":
			file, base = "memory.limit_in_bytes", "sys/fs/cgroup/memory"
		default:
			continue
		}
		for dir := path.Clean("/" + group); ; dir = path.Dir(dir) {
			take(path.Join(base, dir, file))
			if dir == "/" {
				break
			}
		}
	}
	return least, found
}
