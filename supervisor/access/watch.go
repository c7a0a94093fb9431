package access

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"time"
)

// watch knows whether files may have changed, by modification time and size.
type watch struct {
	paths []string
	now   func() time.Time

	mu    sync.Mutex
	last  time.Time // when they were read; zero = look at them now
	at    time.Time // when text was taken
	text  string
	every time.Duration
}

// stampEvery bounds how often the files are looked at, however many shards ask.
const stampEvery = time.Second

func newWatch(paths []string) *watch { return &watch{paths: paths, now: time.Now, every: lookEvery} }

// due reports whether the files are to be read again.
func (w *watch) due() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.last.IsZero() || w.now().Sub(w.last) >= w.every
}

// looked notes that they are being read.
func (w *watch) looked() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.last = w.now()
}

// distrust makes them due.
func (w *watch) distrust() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.last = time.Time{}
}

// stamp is another text once a file is another.
func (w *watch) stamp() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if now := w.now(); w.at.IsZero() || now.Sub(w.at) >= stampEvery {
		w.at, w.text = now, stampOf(w.paths)
	}
	return w.text
}

func stampOf(paths []string) string {
	var out strings.Builder
	for _, path := range paths {
		if info, err := os.Stat(path); err == nil {
			fmt.Fprintf(&out, "%d %d,", info.ModTime().UnixNano(), info.Size())
			continue
		}
		out.WriteString("none,")
	}
	return out.String()
}
