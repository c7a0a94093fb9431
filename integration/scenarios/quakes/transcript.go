package main

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"text/tabwriter"
)

// transcript is what the reader sees. It may be used concurrently.
type transcript struct {
	mu     sync.Mutex
	out    io.Writer
	passed int
	failed []string
}

func (t *transcript) heading(text string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	fmt.Fprintf(t.out, "\n== %s %s\n", text, strings.Repeat("=", max(0, 96-len(text))))
}

func (t *transcript) say(format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	fmt.Fprintf(t.out, format+"\n", args...)
}

// table prints aligned rows, the first one as their heading.
func (t *transcript) table(rows ...[]string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		fmt.Fprintln(w, "    "+strings.Join(row, "\t"))
	}
	_ = w.Flush() // the writer below keeps its error
}

// verdict prints one line that says whether something holds.
func (t *transcript) verdict(holds bool, format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	text := fmt.Sprintf(format, args...)
	if holds {
		t.passed++
		fmt.Fprintf(t.out, "ok      %s\n", text)
		return
	}
	t.failed = append(t.failed, text)
	fmt.Fprintf(t.out, "FAILED  %s\n", text)
}

// differences gives the verdict on a list that should be empty, with its
// first entries.
func (t *transcript) differences(list []string, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if len(list) == 0 {
		t.verdict(true, "%s", text)
		return
	}
	t.verdict(false, "%s: %d differences", text, len(list))
	for i, one := range list {
		if i == maxListed {
			t.say("          ... and %d more", len(list)-i)
			break
		}
		t.say("          %s", one)
	}
}

const maxListed = 12

// end sums up and returns how many verdicts failed.
func (t *transcript) end() int {
	t.heading("verdict")
	for _, text := range t.failed {
		t.say("FAILED  %s", text)
	}
	word := "EXACT"
	if len(t.failed) > 0 {
		word = "DIFFERENT"
	}
	t.say("%d of %d hold   %s", t.passed, t.passed+len(t.failed), word)
	return len(t.failed)
}
