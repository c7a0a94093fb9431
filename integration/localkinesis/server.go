package localkinesis

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kinesnow/kinesnow/integration/deadline"
	"github.com/kinesnow/kinesnow/integration/fault"
	"github.com/kinesnow/kinesnow/integration/iam"
)

// Server is a running Kinesis. Its methods are safe for concurrent use.
type Server struct {
	options   Options
	disk      *disk // nil when streams are kept in memory
	listener  net.Listener
	http      *http.Server
	faults    fault.Injector
	eventHook atomic.Pointer[EventHook]
	policy    iam.Changing // begins as Options.Policy
	quotas    quotas
	put       atomic.Int64 // records accepted since Start
	dateSkew  atomic.Int64 // ns added to the Date header
	closing   sync.Once
	closed    error

	mu      sync.RWMutex
	streams map[string]*stream
}

// Start opens the streams in Options.Dir, if any, and serves on Options.Listen
// until Close. It fails when an option is wrong, the address is taken, or Dir
// is in use by another process or cannot be read.
func Start(o Options) (*Server, error) {
	o, err := o.complete()
	if err != nil {
		return nil, err
	}
	s := &Server{options: o, streams: map[string]*stream{}}
	if o.Dir != "" {
		if s.disk, err = openDisk(o.Dir); err != nil {
			return nil, fmt.Errorf("localkinesis: %w", err)
		}
		if err := s.load(); err != nil {
			return nil, fmt.Errorf("localkinesis: %w", errors.Join(err, s.disk.close()))
		}
	}
	if s.listener, err = net.Listen("tcp", o.Listen); err != nil {
		s.closeStorage()
		return nil, fmt.Errorf("localkinesis: %w", err)
	}
	s.http = &http.Server{
		Handler:           deadline.Handler(s.Handler(), o.BodyTimeout),
		Protocols:         new(http.Protocols),
		HTTP2:             &http.HTTP2Config{MaxReceiveBufferPerStream: 4 << 20, MaxReceiveBufferPerConnection: 16 << 20},
		ReadHeaderTimeout: 10 * time.Second,
	}
	s.http.Protocols.SetHTTP1(true)
	s.http.Protocols.SetUnencryptedHTTP2(true) // the JavaScript SDK speaks it to http:// endpoints
	go s.http.Serve(s.listener)                // ends with http.ErrServerClosed
	return s, nil
}

// URL is the endpoint to give to a client, such as "http://127.0.0.1:40123".
func (s *Server) URL() string { return "http://" + s.listener.Addr().String() }

// Handler serves the same streams without the network, for a direct transport.
func (s *Server) Handler() http.Handler { return http.HandlerFunc(s.serve) }

// Faults makes actions misbehave. An action is known by its operation name,
// such as "GetRecords"; its key is a shard id where one shard is concerned,
// else the stream name, else "".
func (s *Server) Faults() *fault.Injector { return &s.faults }

// Close breaks all connections and closes the files. It returns the first
// error met, and the same one when called again.
func (s *Server) Close() error {
	s.closing.Do(func() { s.closed = errors.Join(s.http.Close(), s.closeStorage()) })
	return s.closed
}

func (s *Server) closeStorage() error {
	if s.disk == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for _, st := range s.streams {
		errs = append(errs, st.close())
	}
	return errors.Join(append(errs, s.disk.close())...)
}

// now is the server's clock in ms since the epoch.
func (s *Server) now() int64 { return s.options.Now().UnixMilli() }
