package control

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"time"
)

// RefusedError is what a process answered instead of carrying a request out.
type RefusedError struct{ Text string }

func (e *RefusedError) Error() string { return e.Text }

// Client asks one process. Not safe for concurrent use.
type Client struct {
	conn  net.Conn
	lines *bufio.Reader
}

// Dial connects to a socket. An error means that nobody listens there.
func Dial(ctx context.Context, socket string) (*Client, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "unix", socket)
	if err != nil {
		return nil, err
	}
	return &Client{conn, bufio.NewReader(conn)}, nil
}

// Close hangs up.
func (c *Client) Close() error { return c.conn.Close() }

// Inspect asks for the state of every connector.
func (c *Client) Inspect(ctx context.Context) (*Snapshot, error) {
	a, err := c.ask(ctx, request{Op: opInspect})
	if err != nil {
		return nil, err
	}
	if a.Snapshot == nil {
		return nil, errors.New("the process answered without a state")
	}
	return a.Snapshot, nil
}

// Pause stops shards of a connector, or all of them, and keeps their leases.
func (c *Client) Pause(ctx context.Context, connector string, shards ...string) error {
	_, err := c.ask(ctx, request{Op: opPause, Connector: connector, Shards: shards})
	return err
}

// Resume lets paused shards, or all of them, go on.
func (c *Client) Resume(ctx context.Context, connector string, shards ...string) error {
	_, err := c.ask(ctx, request{Op: opResume, Connector: connector, Shards: shards})
	return err
}

// Resolve carries the way out of a stop out.
func (c *Client) Resolve(ctx context.Context, r Resolve) error {
	_, err := c.ask(ctx, request{Op: opResolve, Connector: r.Connector, Shard: r.Shard, From: r.From, Who: r.Who, Why: r.Why})
	return err
}

// Drain makes the process drain and end, and returns when it is drained.
func (c *Client) Drain(ctx context.Context) error {
	_, err := c.ask(ctx, request{Op: opDrain})
	return err
}

// ask sends one request and reads its answer. Errors are *RefusedError where
// the process said no; after any other the connection is spent.
func (c *Client) ask(ctx context.Context, r request) (*answer, error) {
	stop := context.AfterFunc(ctx, func() { _ = c.conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	if err := json.NewEncoder(c.conn).Encode(r); err != nil {
		return nil, c.broken(ctx, err)
	}
	line, err := c.lines.ReadBytes('\n')
	if err != nil {
		return nil, c.broken(ctx, err)
	}
	var a answer
	if err := json.Unmarshal(line, &a); err != nil {
		return nil, fmt.Errorf("the process's answer does not read: %w", err)
	}
	if !a.OK {
		return nil, &RefusedError{a.Error}
	}
	return &a, nil
}

func (c *Client) broken(ctx context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, io.EOF):
		return errors.New("the process hung up: it has ended, or is ending")
	}
	return err
}
