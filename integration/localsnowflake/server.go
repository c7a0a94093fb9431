package localsnowflake

import (
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kinesnow/kinesnow/integration/deadline"
	"github.com/kinesnow/kinesnow/integration/fault"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/catalog"
	"github.com/kinesnow/kinesnow/integration/localsnowflake/rowstore"
)

// Server is one running account. Use Start.
type Server struct {
	options  Options
	address  string // host:port
	listener net.Listener
	secure   net.Listener // TLS; may be nil
	trust    []byte       // the authority behind secure, as PEM
	http     *http.Server
	served   sync.WaitGroup // of the listeners
	close    func() error   // does its work once

	catalog  *catalog.Catalog
	store    rowstore.Store
	ownStore bool
	auth     *auth
	faults   fault.Injector
	unpacker *unpacker
	driver   *driver // the SQL driver protocol

	channels   *channels
	stage      *stage
	committer  *committer
	durable    sync.Mutex // see the package comment
	failedOver atomic.Bool
	rowFault   atomic.Pointer[RowFault]
	statusRate bucket // of bulk status calls; channels.mu guards it

	catalogSave sync.Mutex
	troubleMu   sync.Mutex
	trouble     error
}

// Start serves an account until Close. An error names what is wrong: the
// address, or the directory.
func Start(options Options) (*Server, error) {
	s, err := New(options)
	if err != nil {
		return nil, err
	}
	if err := s.listen(); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	s.http = &http.Server{Handler: deadline.Handler(s.Handler(), s.options.BodyTimeout), ReadHeaderTimeout: 30 * time.Second,
		ErrorLog: log.New(io.Discard, "", 0)} // says only what clients did
	s.answer(s.listener)
	if s.secure != nil {
		s.answer(s.secure)
	}
	return s, nil
}

// New makes an account that listens nowhere: Handler is the only way in, and
// URL has no meaning for it. Close it all the same: it commits in the
// background. An error names the directory that cannot be read.
func New(options Options) (*Server, error) {
	s := &Server{options: options.withDefaults(), catalog: catalog.New(), channels: newChannels(), stage: newStage(), http: &http.Server{}, address: "127.0.0.1"}
	s.auth = &auth{catalog: s.catalog, account: accountClaim(s.options.Account), now: s.options.Now, life: s.options.TokenLife,
		tokens: map[string]registeredToken{}, clients: map[string]oauthClient{}}
	if err := s.openStore(); err != nil {
		return nil, err
	}
	if err := s.start(); err != nil {
		s.closeStore()
		return nil, err
	}
	return s, nil
}

func (s *Server) openStore() (err error) {
	switch {
	case s.options.Store != nil:
		s.store = s.options.Store
	case s.options.Dir != "":
		s.store, err = rowstore.OpenSQLite(s.options.Dir)
		s.ownStore = true
	default:
		s.store, s.ownStore = rowstore.NewMemory(), true
	}
	return err
}

func (s *Server) start() error {
	if err := s.load(); err != nil {
		return fmt.Errorf("localsnowflake: state in %s: %w", s.options.Dir, err)
	}
	s.catalog.OnChange(s.changed)
	var err error
	if s.unpacker, err = newUnpacker(s.options.MaxUncompressed); err != nil {
		return err
	}
	s.driver = newDriver(s)
	s.committer = startCommitter(s)
	s.close = sync.OnceValue(s.stop)
	return nil
}

// Faults holds the fault hooks of all actions.
func (s *Server) Faults() *fault.Injector { return &s.faults }

// Catalog is the account's databases, tables, users and grants.
func (s *Server) Catalog() *catalog.Catalog { return s.catalog }

// Store holds the committed rows.
func (s *Server) Store() rowstore.Store { return s.store }

// Err is the first trouble with the store or the listener, or the first
// failure of the SQL engine itself, with its stack; nil normally.
// While commits fail they are tried again.
func (s *Server) Err() error {
	s.troubleMu.Lock()
	defer s.troubleMu.Unlock()
	return s.trouble
}

func (s *Server) note(err error) {
	s.troubleMu.Lock()
	defer s.troubleMu.Unlock()
	if s.trouble == nil {
		s.trouble = err
	}
}

// Close stops serving at once. What was accepted and not committed is lost, as
// in a crash; what was committed stays in the directory. Closing twice is
// closing once.
func (s *Server) Close() error { return s.close() }

func (s *Server) stop() error {
	err := s.http.Close()
	s.served.Wait()
	s.driver.close()
	s.committer.close()
	s.unpacker.close()
	if e := s.closeStore(); err == nil {
		err = e
	}
	return err
}

func (s *Server) closeStore() error {
	if s.store == nil || !s.ownStore {
		return nil
	}
	return s.store.Close()
}

// changed follows the catalog: it is saved, and what a dropped or replaced
// table or pipe carried goes with it.
func (s *Server) changed(change catalog.Change) {
	switch change.Kind {
	case catalog.PipeDropped:
		s.dropChannelsOf(change.Pipe)
	case catalog.TableDropped, catalog.TableReplaced:
		s.note(s.store.Drop(change.Table.ID))
	}
	s.note(s.saveCatalog())
}

func (s *Server) dropChannelsOf(pipe *catalog.Pipe) {
	s.channels.mu.Lock()
	var gone []rowstore.State
	for _, ch := range s.channels.sorted() {
		if ch.PipeID == pipe.ID {
			s.channels.remove(ch)
			gone = append(gone, ch.goneState()...)
		}
	}
	s.channels.mu.Unlock()
	if len(gone) > 0 {
		s.note(s.store.Commit(rowstore.Transaction{State: gone}))
	}
}
