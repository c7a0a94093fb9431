package judge

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"
)

// startTime is how long a server may take until it listens; a Java virtual
// machine on a busy machine takes seconds.
const startTime = time.Minute

// Serve starts a server and waits until it takes connections at address
// ("127.0.0.1:PORT"). It ends with the hearing, with all that it started.
func (h *Hearing) Serve(ctx context.Context, c *exec.Cmd, address string) error {
	var errs tail
	c.Stderr = h.log(&errs)
	c.Stdout = c.Stderr
	if err := c.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	h.AtEnd(func() {
		kill(c)
		<-ended
	})
	until := time.NewTimer(startTime)
	defer until.Stop()
	for {
		if conn, err := (&net.Dialer{Timeout: time.Second}).DialContext(ctx, "tcp", address); err == nil {
			return conn.Close()
		}
		select {
		case err := <-ended:
			ended <- err // for AtEnd
			if err == nil {
				err = errors.New("exit code 0")
			}
			return fmt.Errorf("%s ended before it listened: %w: %s", filepath.Base(c.Path), err, errs.String())
		case <-until.C:
			return fmt.Errorf("%s does not listen at %s after %v: %s", filepath.Base(c.Path), address, startTime, errs.String())
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// FreePort is a loopback port that nobody has at this moment.
func FreePort() (int, error) {
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		return 0, err
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		return 0, err
	}
	return n, l.Close()
}
