package control

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"sync"
	"time"
)

const (
	maxRequest     = 1 << 20 // bytes of one line
	maxConnections = 32      // at a time; who comes later is cut off
	idleLimit      = time.Minute
	writeLimit     = 10 * time.Second
)

// Handler carries requests out. Its methods are called concurrently; an error
// is told to who asked.
type Handler interface {
	Inspect(ctx context.Context) Snapshot
	Pause(ctx context.Context, connector string, shards []string) error
	Resume(ctx context.Context, connector string, shards []string) error
	Resolve(ctx context.Context, r Resolve) error
	// Drain returns once everything is drained; the error says what is left.
	Drain(ctx context.Context) error
}

// Server answers on one socket.
type Server struct {
	handler  Handler
	listener net.Listener
	ctx      context.Context
	cancel   context.CancelFunc

	mu    sync.Mutex
	conns map[net.Conn]bool // to whether a request is being carried out
	down  bool
	done  sync.WaitGroup
}

// Serve answers on a listener until Close.
func Serve(listener net.Listener, handler Handler) *Server {
	s := &Server{handler: handler, listener: listener, conns: map[net.Conn]bool{}}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.done.Go(s.accept)
	return s
}

// Close stops listening, lets a request that is under way have its answer if
// that comes within the grace, and cuts off the rest.
func (s *Server) Close(grace time.Duration) {
	s.listener.Close()
	s.mu.Lock()
	s.down = true
	for conn, busy := range s.conns {
		if !busy {
			conn.Close()
		}
	}
	s.mu.Unlock()
	late := time.AfterFunc(grace, func() {
		s.cancel()
		s.mu.Lock()
		defer s.mu.Unlock()
		for conn := range s.conns {
			conn.Close()
		}
	})
	s.done.Wait()
	late.Stop()
	s.cancel()
}

func (s *Server) accept() {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		if s.down || len(s.conns) >= maxConnections {
			s.mu.Unlock()
			conn.Close()
			continue
		}
		s.conns[conn] = false
		s.done.Go(func() { s.serve(conn) })
		s.mu.Unlock()
	}
}

// serve answers one connection's requests, one after the other.
func (s *Server) serve(conn net.Conn) {
	defer func() {
		s.mu.Lock()
		delete(s.conns, conn)
		s.mu.Unlock()
		conn.Close()
	}()
	lines := bufio.NewScanner(conn)
	lines.Buffer(make([]byte, 0, 4096), maxRequest)
	for {
		_ = conn.SetReadDeadline(time.Now().Add(idleLimit))
		if !lines.Scan() || !s.busy(conn, true) {
			return
		}
		reply := s.carryOut(lines.Bytes())
		if !s.write(conn, reply) || !s.busy(conn, false) {
			return
		}
	}
}

// busy notes whether a request of the connection is under way. It reports
// false when the connection is not to go on.
func (s *Server) busy(conn net.Conn, now bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.down {
		return false
	}
	s.conns[conn] = now
	return true
}

func (s *Server) write(w io.Writer, reply answer) bool {
	if conn, ok := w.(net.Conn); ok {
		_ = conn.SetWriteDeadline(time.Now().Add(writeLimit))
	}
	return json.NewEncoder(w).Encode(reply) == nil
}

func (s *Server) carryOut(line []byte) answer {
	var r request
	if err := json.Unmarshal(line, &r); err != nil {
		return answer{Error: "not a request: " + err.Error()}
	}
	var err error
	switch r.Op {
	case opInspect:
		snapshot := s.handler.Inspect(s.ctx)
		return answer{OK: true, Snapshot: &snapshot}
	case opPause:
		err = s.handler.Pause(s.ctx, r.Connector, r.Shards)
	case opResume:
		err = s.handler.Resume(s.ctx, r.Connector, r.Shards)
	case opResolve:
		err = s.handler.Resolve(s.ctx, Resolve{r.Connector, r.Shard, r.From, r.Who, r.Why})
	case opDrain:
		err = s.handler.Drain(s.ctx)
	default:
		err = fmt.Errorf("unknown op %q; known: %s, %s, %s, %s, %s", r.Op, opInspect, opPause, opResume, opResolve, opDrain)
	}
	if err != nil {
		return answer{Error: err.Error()}
	}
	return answer{OK: true}
}
