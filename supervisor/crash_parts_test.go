package supervisor

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// partRuns is how many runs a process does at most: what testing keeps of each
// adds up.
const partRuns = 20_000

// dealInParts does all the runs, one process per processor at a time: a run
// replaces the random source of its process.
func dealInParts(t *testing.T, points []point, result *crashResult) {
	var (
		mu   sync.Mutex
		wait sync.WaitGroup
	)
	result.Planned = plannedRuns(points)
	p := &crashProgress{began: time.Now(), of: result.Planned}
	over := make(chan struct{})
	go p.tell(over)
	defer close(over)
	parts := max(runtime.NumCPU(), (result.Planned+partRuns-1)/partRuns)
	todo := make(chan int, parts)
	for i := range parts {
		todo <- i
	}
	close(todo)
	for range runtime.NumCPU() {
		wait.Go(func() {
			for i := range todo {
				left := *crashFor - time.Since(p.began)
				if *crashFor > 0 && left <= 0 {
					return
				}
				part := dealPart(t, i, parts, left, p)
				mu.Lock()
				if part.Points != result.Points {
					t.Errorf("part %d came by %d points, not %d: a run without a blow is not the same each time", i, part.Points, result.Points)
				}
				part.Planned = 0 // the whole is known
				result.add(part)
				mu.Unlock()
			}
		})
	}
	wait.Wait()
}

// dealPart does one part in a process of its own. It may take more memory
// before it collects: every run leaves everything behind.
func dealPart(t *testing.T, i, parts int, left time.Duration, p *crashProgress) (part crashResult) {
	args := append(slices.Clone(os.Args[1:]), "-test.run=^TestEveryCrashPoint$", "-test.v=false", fmt.Sprintf("-crash.part=%d/%d", i, parts))
	if *crashFor > 0 {
		args = append(args, "-crash.for="+left.String())
	}
	c := exec.Command(os.Args[0], args...)
	c.Env = append(os.Environ(), "GOMAXPROCS=1", "GOGC=400")
	out, err := c.StdoutPipe()
	c.Stderr = c.Stdout
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		t.Error(err)
		return part
	}
	at, rest := "", []string(nil)
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		if text, ok := strings.CutPrefix(lines.Text(), "crash at "); ok {
			at, rest = text, nil
			p.run()
		} else if text, ok := strings.CutPrefix(lines.Text(), "crash failed "); ok {
			p.fail(text)
		} else if text, ok := strings.CutPrefix(lines.Text(), "crash part "); ok {
			err = json.Unmarshal([]byte(text), &part)
		} else if len(rest) < 60 {
			rest = append(rest, lines.Text())
		}
	}
	if wrong := c.Wait(); wrong != nil || err != nil || part.Points == 0 {
		t.Errorf("part %d ended with %v, %v at %s:\n%s", i, wrong, err, at, strings.Join(rest, "\n"))
	}
	return part
}

// crashProgress tells how far the runs are, while they go on.
type crashProgress struct {
	began time.Time
	of    int

	mu       sync.Mutex
	runs     int
	failures int
}

func (p *crashProgress) run() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.runs++
}

// fail shows a failure at once: there may be hours to come.
func (p *crashProgress) fail(line string) {
	var text string
	_ = json.Unmarshal([]byte(line), &text)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.failures++; p.failures <= 20 {
		fmt.Printf("FAILED %s\n", text)
	}
}

// tell prints a line every ten seconds.
func (p *crashProgress) tell(over chan struct{}) {
	tick := time.NewTicker(10 * time.Second)
	defer tick.Stop()
	for {
		select {
		case <-over:
			return
		case <-tick.C:
			p.mu.Lock()
			rate := float64(p.runs) / time.Since(p.began).Seconds()
			left := time.Duration(float64(p.of-p.runs) / max(rate, 1) * float64(time.Second))
			fmt.Printf("%d of %d runs, %.0f a second, %d failed; about %s left\n", p.runs, p.of, rate, p.failures, left.Round(time.Second))
			p.mu.Unlock()
		}
	}
}
