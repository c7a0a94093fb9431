// Package transcript keeps what a program under test says, to be read while it
// still speaks.
package transcript

import (
	"strings"
	"sync"
)

// Text is text that several goroutines write and read. The zero value is empty.
type Text struct {
	mu   sync.Mutex
	text strings.Builder
}

// Write adds to the text. It never fails.
func (t *Text) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.Write(p)
}

// String is the text so far.
func (t *Text) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.String()
}

// Tail is the last n lines so far.
func (t *Text) Tail(n int) string {
	all := strings.SplitAfter(t.String(), "\n")
	return strings.Join(all[max(0, len(all)-n):], "")
}
