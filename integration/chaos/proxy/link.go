package proxy

import (
	"context"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// Link is one listener in front of one server. Use Listen.
type Link struct {
	listener net.Listener
	upstream string // HOST:PORT
	mood     atomic.Pointer[Mood]
	effects  effects
	words    []*word

	mu      sync.Mutex
	live    map[*connection]bool
	closed  bool
	running sync.WaitGroup
}

// dialWithin bounds the connection to the server, which is on this machine.
const dialWithin = 5 * time.Second

// Listen serves a link to upstream (HOST:PORT) on a free port of loopback.
// Answers are searched for words, which Seen counts.
func Listen(upstream string, words ...string) (*Link, error) {
	var config net.ListenConfig
	listener, err := config.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("proxy to %s: %w", upstream, err)
	}
	l := &Link{listener: listener, upstream: upstream, live: map[*connection]bool{}}
	for _, w := range words {
		l.words = append(l.words, &word{text: []byte(w)})
	}
	l.mood.Store(&Mood{})
	l.running.Go(l.accept)
	return l, nil
}

// Address is HOST:PORT of the link.
func (l *Link) Address() string { return l.listener.Addr().String() }

// Effects counts what was done so far.
func (l *Link) Effects() Effects { return l.effects.read() }

// Seen counts how often a word given to Listen was in an answer.
func (l *Link) Seen(text string) int64 {
	for _, w := range l.words {
		if string(w.text) == text {
			return w.seen.Load()
		}
	}
	return 0
}

// Set changes the mood, of connections that live as well. Those that lost
// bytes in the mood before are dropped, unless they were forgotten.
func (l *Link) Set(m Mood) {
	l.mood.Store(&m)
	if m.Swallow {
		return
	}
	for _, c := range l.connections() {
		if c.holed.Load() && !c.forgotten.Load() {
			c.reset()
		}
	}
}

// Reset breaks every connection off, as a middlebox does that forgot them. It
// returns how many there were on which something had been said.
func (l *Link) Reset() (n int) {
	for _, c := range l.connections() {
		if c.spoken.Load() {
			n++
			l.effects.resets.Add(1)
		}
		c.reset()
	}
	return n
}

// Close ends the link and its connections, and waits for them.
func (l *Link) Close() error {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	err := l.listener.Close()
	for _, c := range l.connections() {
		c.reset()
	}
	l.running.Wait()
	return err
}

func (l *Link) connections() []*connection {
	l.mu.Lock()
	defer l.mu.Unlock()
	list := make([]*connection, 0, len(l.live))
	for c := range l.live {
		list = append(list, c)
	}
	return list
}

func (l *Link) accept() {
	for {
		client, err := l.listener.Accept()
		if err != nil {
			return
		}
		l.running.Go(func() { l.serve(client) })
	}
}

// serve passes on what one client says until either side ends.
func (l *Link) serve(client net.Conn) {
	dialer := net.Dialer{Timeout: dialWithin}
	server, err := dialer.DialContext(context.Background(), "tcp", l.upstream)
	if err != nil {
		client.Close()
		return
	}
	l.effects.connections.Add(1)
	c := &connection{link: l, client: client, server: server, ended: make(chan struct{})}
	l.mu.Lock()
	l.live[c] = true
	closed := l.closed
	l.mu.Unlock()
	if closed {
		c.reset()
	}
	var pumps sync.WaitGroup
	pumps.Go(func() { c.pump(server, client, nil) })
	pumps.Go(func() { c.pump(client, server, l.watch()) })
	pumps.Wait()
	c.end()
	l.mu.Lock()
	delete(l.live, c)
	l.mu.Unlock()
}
