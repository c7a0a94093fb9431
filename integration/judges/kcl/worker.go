package kcl

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"sync"
	"time"
)

// story gathers what all workers say.
type story struct {
	mu     sync.Mutex
	events []said
	broken error // a line that is none
}

func (s *story) all() []said {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]said(nil), s.events...)
}

// has reports whether an event was said that fits.
func (s *story) has(fits func(said) bool) bool {
	for _, e := range s.all() {
		if fits(e) {
			return true
		}
	}
	return false
}

func (s *story) listen(lines io.Reader) {
	scanner := bufio.NewScanner(lines)
	scanner.Buffer(nil, 16<<20)
	for scanner.Scan() {
		var e said
		err := json.Unmarshal(scanner.Bytes(), &e)
		s.mu.Lock()
		if err != nil {
			s.broken = fmt.Errorf("%w: %.200s", err, scanner.Bytes())
		} else {
			s.events = append(s.events, e)
		}
		s.mu.Unlock()
	}
}

// worker is one running process of the KCL.
type worker struct {
	name  string
	cmd   *exec.Cmd
	stop  io.Closer // its standard input; it ends when that does
	ended chan error
}

// begin starts a worker.
func (c *consumer) begin(ctx context.Context, name string, hold bool) (*worker, error) {
	cmd := c.program.command(ctx, name+".log", "WORKER="+name, "HOLD="+strconv.FormatBool(hold), "MODE="+c.mode,
		"STREAM="+c.in.stream, "APPLICATION="+application, "KINESIS="+c.kinesis.URL(), "DYNAMODB="+c.dynamo.URL())
	lines, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	stop, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	w := &worker{name: name, cmd: cmd, stop: stop, ended: make(chan error, 1)}
	go func() {
		c.story.listen(lines)
		w.ended <- cmd.Wait()
	}()
	c.h.AtEnd(func() { _ = cmd.Process.Kill() })
	return w, nil
}

// kill ends a worker as a machine's failure would.
func (w *worker) kill() error {
	if err := w.cmd.Process.Kill(); err != nil {
		return err
	}
	<-w.ended
	return nil
}

// end stops a worker gracefully.
func (w *worker) end(ctx context.Context) error {
	if err := w.stop.Close(); err != nil {
		return err
	}
	select {
	case err := <-w.ended:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// await waits until something holds, for as long as the KCL may take: its
// first worker waits up to 30 s for others to fill an empty lease table.
func (c *consumer) await(ctx context.Context, what string, holds func() bool) error {
	until := time.Now().Add(90 * time.Second)
	for !holds() {
		switch {
		case ctx.Err() != nil:
			return fmt.Errorf("waiting for %s: %w", what, context.Cause(ctx))
		case time.Now().After(until):
			return fmt.Errorf("no %s within 90 s", what)
		}
		time.Sleep(50 * time.Millisecond)
	}
	c.h.Logf("%s: %s", time.Now().Format("15:04:05"), what)
	return nil
}
