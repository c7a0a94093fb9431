package main

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/kinesnow/kinesnow/messages"
	"github.com/kinesnow/kinesnow/supervisor/process/control"
)

// inspectWithin bounds one question to a process.
const inspectWithin = 2 * time.Second

// look asks a process how it is, through its control socket as the verbs do;
// nil where it has none yet or does not answer.
func look(ctx context.Context, c *child) *control.Snapshot {
	infos, err := filepath.Glob(filepath.Join(c.dataDir, "*", "process.json"))
	if err != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, inspectWithin)
	defer cancel()
	for _, path := range infos {
		text, err := os.ReadFile(path)
		var info control.Info
		if err != nil || json.Unmarshal(text, &info) != nil || info.PID != c.pid() {
			continue
		}
		if snapshot, err := control.Inspect(ctx, info.Socket); err == nil && snapshot.Process.PID == c.pid() {
			return snapshot
		}
	}
	return nil
}

// stateOf is the state of a process's only connector; nil where it does not
// say.
func stateOf(ctx context.Context, c *child) *messages.State {
	if snapshot := look(ctx, c); snapshot != nil && len(snapshot.Connectors) == 1 {
		return snapshot.Connectors[0]
	}
	return nil
}

// heapBytes is a process's Go heap by its own metrics; 0 where it does not say.
func heapBytes(ctx context.Context, c *child) int64 {
	snapshot := look(ctx, c)
	if snapshot == nil || snapshot.Process.HTTP == "" {
		return 0
	}
	ctx, cancel := context.WithTimeout(ctx, inspectWithin)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, snapshot.Process.HTTP+"/metrics", nil)
	if err != nil {
		return 0
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0
	}
	defer answer.Body.Close()
	for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
		if text, ok := strings.CutPrefix(lines.Text(), "go_memstats_heap_inuse_bytes "); ok {
			bytes, err := strconv.ParseFloat(text, 64)
			if err != nil {
				return 0
			}
			return int64(bytes)
		}
	}
	return 0
}
