package localsnowflake

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/sql"
)

// driver serves everything outside /v2/streaming and /oauth: the SQL driver
// protocol of the session and query files.
type driver struct {
	server     *Server
	engine     *sql.Engine
	sessions   *sessions
	executions *executions
	mux        *http.ServeMux

	patience time.Duration // see query_request.go

	mu      sync.Mutex      // guards the beginning of work against close
	running context.Context // of all statements
	end     context.CancelFunc
	work    sync.WaitGroup // of running statements
}

func newDriver(s *Server) *driver {
	d := &driver{server: s, executions: newExecutions(), mux: http.NewServeMux(), patience: patience}
	d.sessions = newSessions(s.options.Now, d.endSession)
	d.engine = &sql.Engine{Catalog: s.catalog, Rows: s.store, Channels: pipeChannels{s}, Results: d, Now: s.options.Now, Trouble: s.note}
	d.running, d.end = context.WithCancel(context.Background())
	d.routes(d.mux)
	return d
}

// ServeHTTP answers one request of a driver.
func (d *driver) ServeHTTP(w http.ResponseWriter, r *http.Request) { d.mux.ServeHTTP(w, r) }

// beginWork runs a statement beside its request. After close it does nothing.
func (d *driver) beginWork(work func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.running.Err() == nil {
		d.work.Go(work)
	}
}

// close ends the statements that still run, and waits for them: the store is
// closed next.
func (d *driver) close() {
	d.mu.Lock()
	d.end()
	d.mu.Unlock()
	d.work.Wait()
}

// SQL is the engine that runs the account's statements. It can be used in
// process, with a session of the caller's making.
func (s *Server) SQL() *sql.Engine { return s.driver.engine }
