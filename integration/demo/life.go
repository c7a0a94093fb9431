package demo

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"sync"
	"time"

	"github.com/kinesnow/kinesnow/integration/demo/chaos"
	"github.com/kinesnow/kinesnow/messages"
)

// maxOwnDeaths bounds how often a connector process that ended without being
// killed is started again.
const maxOwnDeaths = 5

// life keeps the connector running: one process at a time, started again
// whenever it was killed.
type life struct {
	command func() *exec.Cmd
	log     io.Writer // takes the child's log
	deaths  func(chaos.Report)

	mu       sync.Mutex
	child    *child
	ending   bool // it is to end, or has: not started again
	killed   int  // by us
	trouble  []string
	earlier  map[messages.Reason]int64 // ended generations of processes that are gone
	peak     int64                     // bytes
	finished chan struct{}
}

// child is one process.
type child struct {
	cmd    *exec.Cmd
	orders io.WriteCloser
	http   string // "" until it is ready
	doomed bool   // we killed it
	ended  map[messages.Reason]int64
}

func newLife(command func() *exec.Cmd, log io.Writer, deaths func(chaos.Report)) *life {
	return &life{command: command, log: log, deaths: deaths, earlier: map[messages.Reason]int64{}, finished: make(chan struct{})}
}

// start runs the first process.
func (l *life) start() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.spawn()
}

// spawn starts a process. Called with mu held.
func (l *life) spawn() error {
	cmd := l.command()
	cmd.Stderr = l.log
	orders, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	notes, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("the connector's process: %w", err)
	}
	c := &child{cmd: cmd, orders: orders}
	l.child = c
	go l.watch(c, notes)
	return nil
}

// watch reads a process's notes until it ends, and starts the next one.
func (l *life) watch(c *child, notes io.Reader) {
	lines := bufio.NewScanner(notes)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var n note
		if json.Unmarshal(lines.Bytes(), &n) == nil {
			l.noted(c, n)
		}
	}
	err := c.cmd.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	for reason, count := range c.ended {
		l.earlier[reason] += count
	}
	c.ended, l.child = nil, nil
	l.peak = max(l.peak, peakOf(c.cmd.ProcessState))
	if l.ending {
		if err != nil && !c.doomed {
			l.trouble = append(l.trouble, "the connector's process did not end well: "+err.Error())
		}
		close(l.finished)
		return
	}
	if !c.doomed {
		l.trouble = append(l.trouble, fmt.Sprintf("the connector's process ended by itself (%v)", c.cmd.ProcessState))
		if len(l.trouble) >= maxOwnDeaths {
			l.ending = true
			close(l.finished)
			return
		}
	}
	if err := l.spawn(); err != nil {
		l.trouble, l.ending = append(l.trouble, err.Error()), true
		close(l.finished)
	}
}

func (l *life) noted(c *child, n note) {
	if n.Death != nil {
		l.deaths(*n.Death)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if n.Ready != "" {
		c.http = n.Ready
	}
	if n.Ended != nil {
		c.ended = n.Ended
	}
}

// order hands an order to the process; false while there is none to take it.
func (l *life) order(o chaos.Order) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.child == nil || l.child.http == "" || l.ending {
		return false
	}
	text, err := json.Marshal(o)
	if err != nil {
		return false
	}
	_, err = l.child.orders.Write(append(text, '\n'))
	return err == nil
}

// kill ends the process at once, as kill -9 does; false while there is none
// that works.
func (l *life) kill() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.child == nil || l.child.http == "" || l.ending {
		return false
	}
	l.measure()
	l.child.doomed = true
	if l.child.cmd.Process.Kill() != nil {
		return false
	}
	l.child.http = ""
	l.killed++
	return true
}

// drain asks the process to end in order, and waits. What does not end in time
// is killed.
func (l *life) drain(within time.Duration) {
	l.mu.Lock()
	if l.ending {
		l.mu.Unlock()
		<-l.finished
		return
	}
	l.ending = true
	c := l.child
	if c == nil {
		l.mu.Unlock()
		return
	}
	l.measure()
	c.orders.Close() // its end is what the connector drains on
	l.mu.Unlock()
	select {
	case <-l.finished:
	case <-time.After(within):
		l.mu.Lock()
		c.doomed = true
		l.trouble = append(l.trouble, fmt.Sprintf("the connector did not drain in %s", within))
		err := c.cmd.Process.Kill()
		l.mu.Unlock()
		if err == nil || errors.Is(err, os.ErrProcessDone) {
			<-l.finished
		}
	}
}

// measure notes the process's memory. Called with mu held.
func (l *life) measure() {
	if l.child != nil {
		l.peak = max(l.peak, peakNow(l.child.cmd.Process.Pid))
	}
}

// vital is what is known of the processes at a moment.
type vital struct {
	http    string // "" while none works
	killed  int
	peak    int64                     // bytes, the largest of all; 0 = unknown
	ended   map[messages.Reason]int64 // generations, of all
	trouble []string
	over    bool // it ended and is not started again
}

func (l *life) look() vital {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.measure()
	v := vital{killed: l.killed, peak: l.peak, ended: maps.Clone(l.earlier), trouble: l.trouble, over: l.ending}
	if l.child != nil {
		v.http = l.child.http
		for reason, count := range l.child.ended {
			v.ended[reason] += count
		}
	}
	return v
}
