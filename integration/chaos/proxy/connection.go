package proxy

import (
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// connection is one client's way to the server.
type connection struct {
	link           *Link
	client, server net.Conn
	spoken         atomic.Bool // a byte came from either side
	holed          atomic.Bool // a byte was lost: it never works again
	forgotten      atomic.Bool // and nobody says so
	ending         sync.Once
	ended          chan struct{}
}

// pieceBytes is the most that is read at a time.
const pieceBytes = 64 << 10

// pump passes on what from says. watched is nil on the way to the server.
func (c *connection) pump(to, from net.Conn, watched *search) {
	piece := make([]byte, pieceBytes)
	for {
		n, err := from.Read(piece)
		if n > 0 {
			c.spoken.Store(true)
			if watched != nil {
				watched.read(piece[:n])
			}
			if !c.pass(to, piece[:n], watched != nil) {
				c.reset()
				return
			}
		}
		if err != nil {
			c.finish(to, err)
			return
		}
	}
}

// finish hands on how one direction ended: its end as an end, anything else as
// a reset.
func (c *connection) finish(to net.Conn, err error) {
	if c.forgotten.Load() {
		return // the other side never hears of it
	}
	half, ok := to.(interface{ CloseWrite() error })
	if !errors.Is(err, io.EOF) || !ok || c.holed.Load() || half.CloseWrite() != nil {
		c.reset()
	}
}

// pass does to one piece what the mood says; false ends the connection.
func (c *connection) pass(to net.Conn, piece []byte, answer bool) bool {
	m := *c.link.mood.Load()
	if c.holed.Load() {
		return m.Swallow || c.forgotten.Load() // nothing is passed on behind a hole
	}
	switch {
	case m.Swallow:
		c.forgotten.Store(m.Forget)
		if !c.holed.Swap(true) {
			c.link.effects.swallowed.Add(1)
			if m.Forget {
				c.link.effects.forgotten.Add(1)
			}
		}
		return true
	case m.Cut && answer:
		c.link.effects.cuts.Add(1)
		_, _ = to.Write(piece[:len(piece)/2])
		return false
	}
	if m.Latency > 0 {
		c.link.effects.delayed.Add(1)
		if !c.wait(m.Latency) {
			return false
		}
	}
	if m.Slice <= 0 || m.Slice >= len(piece) {
		_, err := to.Write(piece)
		return err == nil
	}
	c.link.effects.sliced.Add(1)
	return c.slices(to, piece, m.Slice)
}

// slicesTogether is how many slices go without a pause, so that a long answer
// takes seconds and not minutes.
const slicesTogether = 256

// slices writes a few bytes at a time; Nagle is off for TCP in Go, so that the
// reader meets them so.
func (c *connection) slices(to net.Conn, piece []byte, size int) bool {
	for i := 0; len(piece) > 0; i++ {
		n := min(size, len(piece))
		if _, err := to.Write(piece[:n]); err != nil {
			return false
		}
		piece = piece[n:]
		if i%slicesTogether < 4 && !c.wait(time.Millisecond) {
			return false
		}
	}
	return true
}

// wait waits; false when the connection ended meanwhile.
func (c *connection) wait(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-c.ended:
		return false
	}
}

// reset breaks both sides off.
func (c *connection) reset() {
	for _, side := range []net.Conn{c.client, c.server} {
		if tcp, ok := side.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
	}
	c.end()
}

func (c *connection) end() {
	c.ending.Do(func() {
		close(c.ended)
		c.client.Close()
		c.server.Close()
	})
}
