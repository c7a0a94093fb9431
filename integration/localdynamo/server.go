package localdynamo

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/kinesnow/kinesnow/integration/deadline"
	"github.com/kinesnow/kinesnow/integration/fault"
	"github.com/kinesnow/kinesnow/integration/iam"
)

// Server is a running DynamoDB.
type Server struct {
	options  Options
	store    *store
	policy   iam.Changing // begins as Options.Policy
	tokens   tokens
	faults   fault.Injector
	listener net.Listener
	http     *http.Server
	served   chan struct{}
	close    sync.Once
	closed   error
}

// Start opens the tables of Options.Dir, listens and serves until Close.
//
// Errors name the option that is wrong, the address that is taken, or the
// place in the journal that cannot be read.
func Start(o Options) (*Server, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, fmt.Errorf("localdynamo: %w", err)
	}
	stored, err := openStore(o.Dir, o.Now, o.ReadLag)
	if err != nil {
		return nil, fmt.Errorf("localdynamo: %w", err)
	}
	s := &Server{options: o, store: stored, served: make(chan struct{})}
	if s.listener, err = new(net.ListenConfig).Listen(context.Background(), "tcp", o.Listen); err != nil {
		return nil, fmt.Errorf("localdynamo: %w", errors.Join(err, stored.close()))
	}
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(true)
	s.http = &http.Server{Handler: deadline.Handler(s.Handler(), o.BodyTimeout), Protocols: protocols, ReadHeaderTimeout: 10 * time.Second}
	go func() {
		defer close(s.served)
		s.http.Serve(s.listener) // ends with Close; nothing to report
	}()
	return s, nil
}

// URL is the endpoint for clients: "http://127.0.0.1:40123".
func (s *Server) URL() string { return "http://" + s.listener.Addr().String() }

// Handler serves the protocol, for a caller with a listener of its own.
func (s *Server) Handler() http.Handler { return http.HandlerFunc(s.serveHTTP) }

// Faults holds the hooks that make actions misbehave.
func (s *Server) Faults() *fault.Injector { return &s.faults }

// Close breaks open connections and closes the journal. What it held stays
// visible through Item, Items and Writes. Only the first call does anything;
// all return its error.
func (s *Server) Close() error {
	s.close.Do(func() {
		err := s.http.Close()
		<-s.served
		s.closed = errors.Join(err, s.store.close())
	})
	return s.closed
}
