package snowpipe

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/kinesnow/kinesnow/integration/judges/judge"
)

// patience is how long a driver may take for one command.
const patience = 100 * time.Second

// command is what a driver is told. Members that a command does not use are
// left out.
type command map[string]any

// refusal is what an SDK raised.
type refusal struct {
	Name    string `json:"name"`
	HTTP    int    `json:"http"`
	Message string `json:"message"`
}

func (r *refusal) Error() string { return fmt.Sprintf("%s (%d): %.600s", r.Name, r.HTTP, r.Message) }

// status is a channel's status as an SDK shows it.
type status struct {
	Database, Schema, Pipe, Channel string
	Code                            string
	Committed                       *string
	CreatedMs                       int64 `json:"created_ms"`
	Inserted, Parsed, Errors        int64
	ErrorOffset                     *string `json:"error_offset"`
	ErrorMessage                    *string `json:"error_message"`
	ErrorMs                         *int64  `json:"error_ms"`
}

// token is the committed offset token, "" for none.
func (s status) token() string {
	if s.Committed == nil {
		return ""
	}
	return *s.Committed
}

// answer is what a driver answers.
type answer struct {
	Error        *refusal
	Status       status
	Statuses     map[string]status
	Tokens       map[string]*string
	Committed    string
	Acknowledged int
}

// driver is a process that uses an SDK.
type driver struct {
	process *exec.Cmd
	in      io.WriteCloser
	answers chan answer
	ended   chan error
	broken  error // why it is given up, or nil
}

// errEarly is the end of a process that has no error of its own.
var errEarly = errors.New("before it answered")

// startDriver starts one, which ends with the hearing. What the SDK logs goes
// to a file of the hearing.
func startDriver(ctx context.Context, h *judge.Hearing, program *exec.Cmd, environment []string, name string) (*driver, error) {
	process := again(ctx, program)
	process.Env = environment
	log, err := os.Create(filepath.Join(h.Dir, name+".log"))
	if err != nil {
		return nil, err
	}
	process.Stderr = log
	d := &driver{process: process, answers: make(chan answer), ended: make(chan error, 1)}
	if d.in, err = process.StdinPipe(); err != nil {
		return nil, errors.Join(err, log.Close())
	}
	out, err := process.StdoutPipe()
	if err != nil {
		return nil, errors.Join(err, log.Close())
	}
	if err := process.Start(); err != nil {
		return nil, errors.Join(err, log.Close())
	}
	go func() {
		err := d.read(out, log)
		d.ended <- errors.Join(err, process.Wait(), log.Close())
		close(d.ended)
	}()
	h.AtEnd(d.kill)
	return d, nil
}

// read takes the answers out of what the SDK writes between them.
func (d *driver) read(out io.Reader, log io.Writer) error {
	lines := bufio.NewScanner(out)
	lines.Buffer(make([]byte, 64<<10), 64<<20)
	for lines.Scan() {
		text, found := bytes.CutPrefix(lines.Bytes(), []byte("@ "))
		if !found {
			fmt.Fprintf(log, "%s\n", lines.Bytes())
			continue
		}
		var a answer
		if err := json.Unmarshal(text, &a); err != nil {
			return fmt.Errorf("driver: %w in %.200q", err, text)
		}
		fmt.Fprintf(log, "@ %.1000s\n", text)
		d.answers <- a
	}
	return lines.Err()
}

// tell gives a command and waits for its answer. The error is a *refusal when
// the SDK raised it. After any other one the driver is given up, lest a late
// answer is taken for that to the next command.
func (d *driver) tell(ctx context.Context, do string, c command) (answer, error) {
	if d.broken != nil {
		return answer{}, fmt.Errorf("%s: the SDK's process was given up: %w", do, d.broken)
	}
	a, err := d.exchange(ctx, do, c)
	if err != nil && raised(err) == nil {
		d.broken = err
		d.kill()
	}
	return a, err
}

func (d *driver) exchange(ctx context.Context, do string, c command) (answer, error) {
	line := command{"do": do}
	for name, value := range c {
		line[name] = value
	}
	encoded, err := json.Marshal(line)
	if err != nil {
		return answer{}, err
	}
	if _, err := d.in.Write(append(encoded, '\n')); err != nil {
		return answer{}, fmt.Errorf("%s: %w", do, err)
	}
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case a := <-d.answers:
		if a.Error != nil {
			return a, fmt.Errorf("%s: %w", do, a.Error)
		}
		return a, nil
	case err := <-d.ended:
		return answer{}, fmt.Errorf("%s: the SDK's process ended: %w", do, cmp.Or(err, errEarly))
	case <-late.C:
		return answer{}, fmt.Errorf("%s: no answer after %v", do, patience)
	case <-ctx.Done():
		return answer{}, ctx.Err()
	}
}

// kill ends the process as the system would: with SIGKILL.
func (d *driver) kill() {
	_ = d.process.Process.Kill() // it may have ended
	for {
		select {
		case <-d.answers: // of a command that nobody waits for any more
		case <-d.ended:
			return
		}
	}
}
