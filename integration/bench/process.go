package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// place is the cores that a process may use; nil is all of them.
type place []int

// unpinned lets a process run on every core.
var unpinned place

// child makes a process of this program in one of its roles. What would change
// how the Go runtime behaves is not passed on.
func child(ctx context.Context, on place, role string, argument any) (*exec.Cmd, error) {
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
	if len(on) > 0 {
		command.Env = append(command.Env, "GOMAXPROCS="+strconv.Itoa(len(on)))
	}
	return command, nil
}

func start(on place, command *exec.Cmd) error {
	if len(on) == 0 {
		return command.Start()
	}
	return startOn(on, command)
}

// runContestant runs a contestant to its end.
func runContestant(ctx context.Context, on place, role string, j job) (r result, err error) {
	ctx, cancel := context.WithTimeout(ctx, j.Within)
	defer cancel()
	command, err := child(ctx, on, role, j)
	if err != nil {
		return r, err
	}
	out, err := command.StdoutPipe()
	if err != nil {
		return r, err
	}
	if err := start(on, command); err != nil {
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
	Scene   string        // begin: what to serve, where there is a choice
	Every   time.Duration // shards runs: a record into each shard in every such time; 0 = none

	// To the connector process of shards runs.
	Profile string // begin the CPU profile of this phase
	Collect bool   // collect garbage first
	Drain   bool   // stop in order
}

// reply is the server's line to each order.
type reply struct {
	At    endpoints
	CPU   time.Duration // of the process so far
	Error string

	// Of shards runs.
	Calls  map[string]int64 `json:",omitempty"` // that the servers got, by action
	Sample *sample          `json:",omitempty"`
}

// theatre is a server process.
type theatre struct {
	command *exec.Cmd
	in      io.WriteCloser
	out     *json.Decoder
	cpu     time.Duration // of the process until its last answer
}

// open starts a server process and waits until it is ready.
func open(ctx context.Context, on place, role string, argument any) (*theatre, endpoints, error) {
	command, err := child(ctx, on, role, argument)
	if err != nil {
		return nil, endpoints{}, err
	}
	in, err1 := command.StdinPipe()
	out, err2 := command.StdoutPipe()
	if err := errors.Join(err1, err2); err != nil {
		return nil, endpoints{}, err
	}
	if err := start(on, command); err != nil {
		return nil, endpoints{}, err
	}
	t := &theatre{command: command, in: in, out: json.NewDecoder(out)}
	r, err := t.answer()
	return t, r.At, err
}

// ask gives an order. The error is also the server's.
func (t *theatre) ask(o order) (reply, error) {
	if err := json.NewEncoder(t.in).Encode(o); err != nil {
		return reply{}, err
	}
	return t.answer()
}

func (t *theatre) answer() (r reply, err error) {
	if err := t.out.Decode(&r); err != nil {
		return r, fmt.Errorf("the server process: %w", err)
	}
	t.cpu = r.CPU
	if r.Error != "" {
		return r, errors.New(r.Error)
	}
	return r, nil
}

// close ends the server, which stops when it is told nothing more.
func (t *theatre) close() error { return errors.Join(t.in.Close(), t.command.Wait()) }

// obey is the server's side: it says where it is, then carries out orders until
// there are no more.
func obey(at endpoints, carryOut func(order) (endpoints, error)) error {
	return answerOrders(at, func(o order, r *reply) (err error) {
		r.At, err = carryOut(o)
		return err
	})
}

// answerOrders is obey for those whose replies say more than where they are.
func answerOrders(at endpoints, carryOut func(order, *reply) error) error {
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
		var r reply
		if err := carryOut(o, &r); err != nil {
			r.Error = err.Error()
		}
		r.CPU = cpuTime()
		if err := out.Encode(r); err != nil {
			return err
		}
	}
}
