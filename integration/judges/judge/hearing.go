package judge

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// Hearing is one judge at work. Its methods may be called from several
// goroutines.
type Hearing struct {
	// Dir is a folder of the hearing's own. It goes when the hearing ends
	// well, and stays for a look when it does not.
	Dir string

	homes  map[string]string // of the tools, by Tool.key
	builds *builds
	logs   io.Writer
	mu     sync.Mutex
	found  []Finding
	ending []func()
}

// Agree says that an operation did what it must.
func (h *Hearing) Agree(operation, format string, args ...any) {
	h.find(Finding{Operation: operation, Agrees: true, Detail: fmt.Sprintf(format, args...)})
}

// Disagree says what an operation did instead.
func (h *Hearing) Disagree(operation, format string, args ...any) {
	h.find(Finding{Operation: operation, Detail: fmt.Sprintf(format, args...)})
}

// Differs says what an operation does otherwise than the judge, and why that is
// meant or not ours. Only a difference from a list of them may be said by it.
func (h *Hearing) Differs(operation, format string, args ...any) {
	h.find(Finding{Operation: operation, Known: true, Detail: fmt.Sprintf(format, args...)})
}

// Hold agrees when what was compared holds, and disagrees with the same words
// when it does not.
func (h *Hearing) Hold(operation string, holds bool, format string, args ...any) {
	h.find(Finding{Operation: operation, Agrees: holds, Detail: fmt.Sprintf(format, args...)})
}

// Check agrees when there is no error, and disagrees with its text.
func (h *Hearing) Check(operation string, err error, format string, args ...any) {
	if err != nil {
		h.Disagree(operation, "%v", err)
		return
	}
	h.Agree(operation, format, args...)
}

func (h *Hearing) find(f Finding) {
	f.Detail = strings.Join(strings.Fields(f.Detail), " ") // one line of the table
	h.mu.Lock()
	defer h.mu.Unlock()
	h.found = append(h.found, f)
	fmt.Fprintf(h.logs, "%s: %s: %s\n", f.result(), f.Operation, f.Detail)
}

// Logf writes to the log of the hearing.
func (h *Hearing) Logf(format string, args ...any) {
	h.mu.Lock()
	defer h.mu.Unlock()
	fmt.Fprintf(h.logs, format+"\n", args...)
}

// File writes a file into Dir and returns its path.
func (h *Hearing) File(name, text string) (string, error) {
	path := filepath.Join(h.Dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", err
	}
	return path, os.WriteFile(path, []byte(text), 0o600)
}

// AtEnd runs end when the hearing is over, the last one first.
func (h *Hearing) AtEnd(end func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ending = append(h.ending, end)
}

func (h *Hearing) end() {
	h.mu.Lock()
	ending := h.ending
	h.ending = nil
	h.mu.Unlock()
	for i := len(ending) - 1; i >= 0; i-- {
		ending[i]()
	}
}

// findings so far.
func (h *Hearing) findings() []Finding {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]Finding(nil), h.found...)
}
