package tap

import "sync"

// Connection is what one connection carried.
type Connection struct {
	HTTP2   bool // it began with the preface of prior knowledge (RFC 9113, section 3.4)
	Streams int  // that the client opened
	AtOnce  int  // the most of them that were open at one time
}

// connection follows the streams of one connection.
type connection struct {
	asked, answered scan

	mu   sync.Mutex
	sum  Connection
	open map[uint32]bool
}

func newConnection() *connection {
	return &connection{asked: scan{preface: preface}, open: map[uint32]bool{}}
}

func (c *connection) seen() Connection {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.sum
}

func (c *connection) fromClient(f frame) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch f.kind {
	case settings: // the first frame behind the preface
		c.sum.HTTP2 = true
	case headers:
		c.sum.Streams++
		c.open[f.stream] = true
		c.sum.AtOnce = max(c.sum.AtOnce, len(c.open))
	case reset:
		delete(c.open, f.stream)
	}
}

func (c *connection) fromServer(f frame) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if f.kind == reset || (f.kind == headers || f.kind == data) && f.flags&endStream != 0 {
		delete(c.open, f.stream)
	}
}
