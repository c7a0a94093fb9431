package actors

import (
	"context"
	"sync"

	"github.com/kinesnow/kinesnow/messages"
)

// tape is a journal in memory.
type tape struct {
	mu      sync.Mutex
	entries map[string][]messages.Entry
	broken  error
}

func (j *tape) Append(_ context.Context, stream string, entries []messages.Entry) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.broken != nil {
		return j.broken
	}
	if j.entries == nil {
		j.entries = map[string][]messages.Entry{}
	}
	j.entries[stream] = append(j.entries[stream], entries...)
	return nil
}

func (j *tape) Read(_ context.Context, stream string, after uint64, yield func(messages.Entry) bool) error {
	j.mu.Lock()
	entries := j.entries[stream]
	j.mu.Unlock()
	for _, e := range entries[min(int(after), len(entries)):] {
		if !yield(e) {
			return nil
		}
	}
	return nil
}

func (j *tape) Close() error { return nil }
