package servers

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

	"github.com/kinesnow/kinesnow/integration/judges/judge"
)

// process is a `kinesnow run`.
type process struct {
	command *exec.Cmd
	log     string // file
	ended   chan struct{}
	failure error // of Wait; read after ended
}

// run starts `kinesnow run` on a configuration. It is killed when the hearing
// ends.
func (w *world) run(config string, args ...string) (*process, error) {
	c := exec.CommandContext(context.Background(), w.binary, append([]string{"run", "-c", config}, args...)...)
	p := &process{command: c, log: strings.TrimSuffix(config, ".yaml") + ".log", ended: make(chan struct{})}
	log, err := os.OpenFile(p.log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	defer log.Close() // the process has its own
	c.Stdout, c.Stderr, c.Env = log, log, judge.Environment()
	if err := c.Start(); err != nil {
		return nil, err
	}
	w.h.Logf("process %d: kinesnow run -c %s %s", c.Process.Pid, filepath.Base(config), strings.Join(args, " "))
	go func() {
		p.failure = c.Wait()
		close(p.ended)
	}()
	w.h.AtEnd(func() { _ = p.kill() }) // mostly it is gone already
	return p, nil
}

// kill is kill -9.
func (p *process) kill() error {
	if err := p.command.Process.Signal(syscall.SIGKILL); err != nil {
		return fmt.Errorf("kinesnow run was gone before it was killed: %w; %s", err, p.words())
	}
	<-p.ended
	return nil
}

// stop is SIGTERM. It wants exit code 0.
func (p *process) stop(ctx context.Context) error {
	if err := p.command.Process.Signal(syscall.SIGTERM); err != nil {
		return fmt.Errorf("kinesnow run was gone before it was stopped: %w; %s", err, p.words())
	}
	return p.ends(ctx)
}

// ends waits for exit code 0.
func (p *process) ends(ctx context.Context) error {
	select {
	case <-p.ended:
	case <-time.After(patience):
		return fmt.Errorf("kinesnow run did not end within %s; %s", patience, p.words())
	case <-ctx.Done():
		return ctx.Err()
	}
	if exit := new(exec.ExitError); p.failure != nil && !errors.As(p.failure, &exit) {
		return p.failure
	}
	if code := p.command.ProcessState.ExitCode(); code != 0 {
		return fmt.Errorf("kinesnow run ended with exit code %d; %s", code, p.words())
	}
	return nil
}

// words are the last ones of the log.
func (p *process) words() string {
	text, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	return "its last words: " + string(text[max(0, len(text)-1000):])
}

// catchUp runs `kinesnow run --until-caught-up` to its end.
func (w *world) catchUp(ctx context.Context, config string) error {
	p, err := w.run(config, "--until-caught-up")
	if err != nil {
		return err
	}
	return p.ends(ctx)
}
