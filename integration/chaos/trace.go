package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// trace is everything that was done and when: one JSON line each.
type trace struct {
	mu    sync.Mutex
	file  *os.File
	loud  io.Writer // nil = nobody listens
	begun time.Time
}

func newTrace(path string, loud io.Writer) (*trace, error) {
	file, err := os.Create(path)
	return &trace{file: file, loud: loud, begun: time.Now()}, err
}

// say notes one thing: what, to whom, and pairs of names and values.
func (t *trace) say(what, whom string, pairs ...any) {
	now := time.Now()
	entry := map[string]any{"at": now.UTC().Format("2006-01-02T15:04:05.000Z"), "what": what}
	if whom != "" {
		entry["whom"] = whom
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		if name, ok := pairs[i].(string); ok {
			entry[name] = pairs[i+1]
		}
	}
	text, err := json.Marshal(entry)
	if err != nil {
		text = fmt.Appendf(nil, "%v", entry)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	_, _ = t.file.Write(append(text, '\n')) // a trace that cannot be written shows nothing wrong
	if t.loud != nil {
		fmt.Fprintf(t.loud, "%6.1f  %-10s %-4s %v\n", now.Sub(t.begun).Seconds(), what, whom, pairs)
	}
}

func (t *trace) close() { t.file.Close() }
