package judge

import (
	"io"
	"strings"
	"sync"
)

// tailSize is how much of a program's words an error quotes.
const tailSize = 2 << 10

// tail keeps the end of what is written to it.
type tail struct {
	mu   sync.Mutex
	kept []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept = append(t.kept, p...)
	if over := len(t.kept) - tailSize; over > 0 {
		t.kept = append(t.kept[:0], t.kept[over:]...)
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.TrimSpace(string(t.kept))
}

// Log is a writer to the hearing's log.
func (h *Hearing) Log() io.Writer {
	return writerFunc(func(p []byte) (int, error) {
		h.mu.Lock()
		defer h.mu.Unlock()
		return h.logs.Write(p)
	})
}

// log is a writer to the hearing's log and to keep.
func (h *Hearing) log(keep io.Writer) io.Writer { return io.MultiWriter(keep, h.Log()) }

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }
