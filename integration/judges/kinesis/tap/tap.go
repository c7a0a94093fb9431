package tap

import (
	"io"
	"net"
	"sync"
)

// Tap passes connections on. Its methods may be called from several
// goroutines.
type Tap struct {
	listener net.Listener
	behind   string

	mu    sync.Mutex
	taken []*connection
	both  []net.Conn // sides of all connections
	done  bool
}

// Start passes connections on to a server at host:port until Close.
func Start(behind string) (*Tap, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	t := &Tap{listener: l, behind: behind}
	go t.accept()
	return t, nil
}

// URL is where clients connect.
func (t *Tap) URL() string { return "http://" + t.listener.Addr().String() }

// Close ends the connections too.
func (t *Tap) Close() error {
	err := t.listener.Close()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.done = true
	for _, side := range t.both {
		_ = side.Close() // the client is through with it
	}
	return err
}

// Seen is what each connection carried so far, in the order they came.
func (t *Tap) Seen() []Connection {
	t.mu.Lock()
	defer t.mu.Unlock()
	seen := make([]Connection, len(t.taken))
	for i, c := range t.taken {
		seen[i] = c.seen()
	}
	return seen
}

func (t *Tap) accept() {
	for {
		client, err := t.listener.Accept()
		if err != nil {
			return // closed
		}
		server, err := net.Dial("tcp", t.behind)
		if err != nil {
			_ = client.Close() // the client says that it was cut off
			continue
		}
		c := newConnection()
		if !t.keep(c, client, server) {
			return
		}
		go pass(server, io.TeeReader(client, frames{&c.asked, c.fromClient}))
		go pass(client, io.TeeReader(server, frames{&c.answered, c.fromServer}))
	}
}

// keep reports whether there is still somebody to pass bytes on for.
func (t *Tap) keep(c *connection, client, server net.Conn) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.done {
		_, _ = client.Close(), server.Close()
		return false
	}
	t.taken, t.both = append(t.taken, c), append(t.both, client, server)
	return true
}

// pass ends the receiver when the sender has ended or broken off.
func pass(to net.Conn, from io.Reader) {
	_, _ = io.Copy(to, from)
	_ = to.Close()
}
