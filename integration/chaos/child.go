package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"time"
)

// nursery starts processes on one thread that never ends: the death signal of
// a child is tied to the thread that started it.
type nursery struct{ births chan func() }

func newNursery() *nursery {
	n := &nursery{births: make(chan func())}
	go func() {
		runtime.LockOSThread()
		for birth := range n.births {
			birth()
		}
	}()
	return n
}

func (n *nursery) start(cmd *exec.Cmd) error {
	failed := make(chan error)
	n.births <- func() { failed <- cmd.Start() }
	return <-failed
}

// child is one kinesnow process.
type child struct {
	cmd     *exec.Cmd
	program program
	dataDir string
	born    time.Time
	ended   chan struct{} // closed when it is gone; then state is set
	state   *os.ProcessState

	mu     sync.Mutex
	doomed bool // we asked for its end
	frozen bool
}

// bear starts `kinesnow run` on a configuration, with variables beside those of
// this process.
func bear(n *nursery, p program, config, dataDir string, variables []string, log *childLog) (*child, error) {
	cmd := exec.Command(p.path, "run", "-c", config) //nolint:noctx // ended by signals, which is what this is about
	cmd.Stderr, cmd.Stdout = log, log                // pipes: a full disk does not silence it
	cmd.Env = append(os.Environ(), variables...)
	cmd.WaitDelay = time.Second
	tie(cmd)
	if err := n.start(cmd); err != nil {
		return nil, fmt.Errorf("start %s: %w", p.path, err)
	}
	c := &child{cmd: cmd, program: p, dataDir: dataDir, born: time.Now(), ended: make(chan struct{})}
	go func() {
		_ = cmd.Wait() // how it ended is in the state
		c.state = cmd.ProcessState
		close(c.ended)
	}()
	return c, nil
}

func (c *child) pid() int { return c.cmd.Process.Pid }

// gone reports whether it has ended.
func (c *child) gone() bool {
	select {
	case <-c.ended:
		return true
	default:
		return false
	}
}

// kill ends it as kill -9 does, and waits.
func (c *child) kill() {
	c.mu.Lock()
	c.doomed = true
	c.mu.Unlock()
	_ = syscall.Kill(-c.pid(), syscall.SIGKILL)
	_ = c.cmd.Process.Kill()
	<-c.ended
}

// drain asks it to end in order; false when it did not in time and was killed.
func (c *child) drain(within time.Duration) bool {
	c.mu.Lock()
	c.doomed = true
	c.mu.Unlock()
	_ = c.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-c.ended:
		return true
	case <-time.After(within):
		c.kill()
		return false
	}
}

// freeze stops it in its tracks; thaw lets it go on.
func (c *child) freeze() { c.signal(syscall.SIGSTOP, true) }
func (c *child) thaw()   { c.signal(syscall.SIGCONT, false) }

func (c *child) signal(s syscall.Signal, frozen bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.frozen = frozen
	_ = c.cmd.Process.Signal(s)
}

func (c *child) isFrozen() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.frozen
}

// asked reports whether its end was our doing.
func (c *child) asked() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.doomed
}
