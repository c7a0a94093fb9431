package quakes

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// connector is a `kinesnow run` process.
type connector struct {
	command *exec.Cmd
	out     strings.Builder
	ended   chan struct{}
	failure error // of Wait; read after ended
}

// startConnector starts `kinesnow run`, which outlives ctx until close. All runs of a scenario log to one file.
func startConnector(ctx context.Context, f *flow, config string, args ...string) (*connector, error) {
	args = append([]string{"run", "-c", config}, args...)
	c := &connector{command: exec.CommandContext(context.WithoutCancel(ctx), f.box.binary, args...), ended: make(chan struct{})}
	log, err := os.OpenFile(filepath.Join(f.box.h.Dir, "run.log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	defer log.Close() // the process has its own
	c.command.Stdout, c.command.Stderr = &c.out, log
	if err := c.command.Start(); err != nil {
		return nil, err
	}
	f.t.say("$ kinesnow %s   (process %d)", strings.Join(args, " "), c.command.Process.Pid)
	go func() {
		c.failure = c.command.Wait()
		close(c.ended)
	}()
	f.running = c
	return c, nil
}

// wait waits for the end and returns the exit code.
func (c *connector) wait(within time.Duration) (int, error) {
	select {
	case <-c.ended:
	case <-time.After(within):
		return 0, fmt.Errorf("kinesnow run (process %d) did not end within %s", c.command.Process.Pid, within)
	}
	if exit := new(exec.ExitError); c.failure != nil && !errors.As(c.failure, &exit) {
		return 0, c.failure
	}
	return c.command.ProcessState.ExitCode(), nil
}

// kill is kill -9.
func (c *connector) kill() error {
	if err := c.command.Process.Signal(syscall.SIGKILL); err != nil {
		return fmt.Errorf("kinesnow run is gone already: %w", err)
	}
	<-c.ended
	return nil
}

func (c *connector) terminate() error { return c.command.Process.Signal(syscall.SIGTERM) }

// close ends a process that nobody waits for.
func (c *connector) close() {
	select {
	case <-c.ended:
	default:
		_ = c.command.Process.Kill() // it may just have ended
		<-c.ended
	}
}

// untilCaughtUp runs `kinesnow run --until-caught-up` and judges its exit code.
func (f *flow) untilCaughtUp(ctx context.Context, config string, want int) error {
	began := time.Now()
	c, err := startConnector(ctx, f, config, "--until-caught-up")
	if err != nil {
		return err
	}
	code, err := c.wait(3 * time.Minute)
	if err != nil {
		return err
	}
	f.t.say("%s", strings.TrimSpace(c.out.String()))
	f.t.verdict("run --until-caught-up", code == want, "ended with exit code %d, expected %d, after %.1f s", code, want, time.Since(began).Seconds())
	return nil
}
