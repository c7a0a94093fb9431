package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"
)

// unpinned lets a process run on every core.
const unpinned = -1

// child makes a process of this program in one of its roles. What would change
// how the Go runtime behaves is not passed on.
func child(ctx context.Context, core int, role string, argument any) (*exec.Cmd, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(argument)
	if err != nil {
		return nil, err
	}
	command := exec.CommandContext(ctx, self, role, string(text))
	command.Stderr = os.Stderr
	for _, v := range os.Environ() {
		if name, _, _ := strings.Cut(v, "="); !strings.HasPrefix(name, "GO") {
			command.Env = append(command.Env, v)
		}
	}
	if core != unpinned {
		command.Env = append(command.Env, "GOMAXPROCS=1")
	}
	return command, nil
}

func start(core int, command *exec.Cmd) error {
	if core == unpinned {
		return command.Start()
	}
	return startOn(core, command)
}

// runContestant runs a contestant to its end.
func runContestant(ctx context.Context, core int, role string, j job) (r result, err error) {
	ctx, cancel := context.WithTimeout(ctx, j.Within)
	defer cancel()
	command, err := child(ctx, core, role, j)
	if err != nil {
		return r, err
	}
	out, err := command.StdoutPipe()
	if err != nil {
		return r, err
	}
	if err := start(core, command); err != nil {
		return r, err
	}
	text, reading := io.ReadAll(out)
	if err := errors.Join(reading, command.Wait()); err != nil {
		return r, fmt.Errorf("contestant %s: %w", role, err)
	}
	return r, json.Unmarshal(text, &r)
}

// order is one line to a server process.
type order struct {
	Records int64         // begin: what a contestant is to move per shard
	Delay   time.Duration // begin: between acceptance and commit, where the server has one
	Verdict bool          // else: is it all there
}

// reply is the server's line to each order.
type reply struct {
	At    endpoints
	Error string
}

// theatre is a server process.
type theatre struct {
	command *exec.Cmd
	in      io.WriteCloser
	out     *json.Decoder
}

// open starts a server process and waits until it is ready.
func open(ctx context.Context, core int, role string, argument any) (*theatre, endpoints, error) {
	command, err := child(ctx, core, role, argument)
	if err != nil {
		return nil, endpoints{}, err
	}
	in, err1 := command.StdinPipe()
	out, err2 := command.StdoutPipe()
	if err := errors.Join(err1, err2); err != nil {
		return nil, endpoints{}, err
	}
	if err := start(core, command); err != nil {
		return nil, endpoints{}, err
	}
	t := &theatre{command, in, json.NewDecoder(out)}
	at, err := t.answer()
	return t, at, err
}

// ask gives an order. The error is also the server's.
func (t *theatre) ask(o order) (endpoints, error) {
	if err := json.NewEncoder(t.in).Encode(o); err != nil {
		return endpoints{}, err
	}
	return t.answer()
}

func (t *theatre) answer() (endpoints, error) {
	var r reply
	if err := t.out.Decode(&r); err != nil {
		return r.At, fmt.Errorf("the server process: %w", err)
	}
	if r.Error != "" {
		return r.At, errors.New(r.Error)
	}
	return r.At, nil
}

// close ends the server, which stops when it is told nothing more.
func (t *theatre) close() error { return errors.Join(t.in.Close(), t.command.Wait()) }

// obey is the server's side: it says where it is, then carries out orders until
// there are no more.
func obey(at endpoints, carryOut func(order) (endpoints, error)) error {
	in, out := json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)
	if err := out.Encode(reply{At: at}); err != nil {
		return err
	}
	for {
		var o order
		if err := in.Decode(&o); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		at, err := carryOut(o)
		r := reply{At: at}
		if err != nil {
			r.Error = err.Error()
		}
		if err := out.Encode(r); err != nil {
			return err
		}
	}
}
