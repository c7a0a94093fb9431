package main

import (
	"strings"
	"sync"
)

// lines is text that several write.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

// Write adds to the text.
func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// String is the text so far.
func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
