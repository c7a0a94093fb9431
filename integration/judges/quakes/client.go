package quakes

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"sync"
)

// client is a Python program that passes calls on to a library: a JSON object
// a line each way. It may be used concurrently; calls then wait for each other.
type client struct {
	mu      sync.Mutex
	name    string
	command *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
	banner  string // library and version
}

// startClient starts a script and waits until it has its library ready.
func startClient(ctx context.Context, b *toolbox, env []string, script string, args ...string) (*client, error) {
	text, err := scripts.ReadFile(script)
	if err != nil {
		return nil, err
	}
	command, err := b.h.Python(ctx, clients, string(text), args...)
	if err != nil {
		return nil, err
	}
	c := &client{name: script, command: command}
	c.command.Env, c.command.Stderr = env, b.h.Log()
	if c.in, err = c.command.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := c.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	c.out = bufio.NewReader(out)
	if err := c.command.Start(); err != nil {
		return nil, err
	}
	if err := c.read(&c.banner); err != nil {
		return nil, errors.Join(err, c.close())
	}
	return c, nil
}

// ask sends a request and reads its answer.
func (c *client) ask(request, answer any) error {
	text, err := json.Marshal(request)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, err := c.in.Write(append(text, '\n')); err != nil {
		return fmt.Errorf("%s: %w", c.name, err)
	}
	return c.read(answer)
}

func (c *client) read(answer any) error {
	line, err := c.out.ReadBytes('\n')
	if err != nil {
		return fmt.Errorf("%s ended: %w", c.name, err)
	}
	envelope := struct {
		Answer any    `json:"answer"`
		Error  string `json:"error"`
	}{Answer: answer}
	if err := json.Unmarshal(line, &envelope); err != nil {
		return fmt.Errorf("%s: %w", c.name, err)
	}
	if envelope.Error != "" {
		return errors.New(envelope.Error)
	}
	return nil
}

// close ends the program.
func (c *client) close() error {
	if err := c.in.Close(); err != nil {
		return err
	}
	if err := c.command.Wait(); err != nil {
		return fmt.Errorf("%s: %w", c.name, err)
	}
	return nil
}
