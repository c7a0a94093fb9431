package sim

import (
	"fmt"
	"strings"
	"sync"
	"time"
)

// traceTail is how many of the last lines a failed run shows.
const traceTail = 160

// Trace is what happened, as a hash and as its last lines. Two runs of one seed
// have the same hash.
type Trace struct {
	mu    sync.Mutex
	hash  uint64
	lines uint64
	last  [traceTail]line
	all   func(string) // nil, or told of every line
}

// line is one line of a trace, made into text only when it is wanted.
type line struct {
	at               time.Time
	who, what, about string
}

func (l line) String() string {
	return strings.TrimRight(fmt.Sprintf("%12.6f  %-46s %s %s", l.at.Sub(epoch).Seconds(), l.who, l.what, l.about), " ")
}

// epoch is when a bubble begins.
var epoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// note adds a line.
func (t *Trace) note(who, what, about string) {
	now := time.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.lines == 0 {
		t.hash = offset64
	}
	t.hash = mixText(mixText(mixText(mixNumber(t.hash, uint64(now.UnixNano())), who), what), about)
	t.last[t.lines%traceTail] = line{now, who, what, about}
	t.lines++
	if t.all != nil {
		t.all(line{now, who, what, about}.String())
	}
}

// Tail is the last lines.
func (t *Trace) Tail() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var b strings.Builder
	for i := max(t.lines, traceTail) - traceTail; i < t.lines; i++ {
		b.WriteString(t.last[i%traceTail].String() + "\n")
	}
	return b.String()
}
