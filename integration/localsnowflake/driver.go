package localsnowflake

import (
	"context"
	"net/http"
	"sync"

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

	running context.Context // of all statements
	end     context.CancelFunc
	work    sync.WaitGroup // of running statements
}

func newDriver(s *Server) *driver {
	d := &driver{server: s, sessions: newSessions(s.options.Now), executions: newExecutions(), mux: http.NewServeMux()}
	d.engine = &sql.Engine{Catalog: s.catalog, Rows: s.store, Channels: pipeChannels{s}, Results: d, Now: s.options.Now}
	d.running, d.end = context.WithCancel(context.Background())
	d.routes(d.mux)
	return d
}

// ServeHTTP answers one request of a driver.
func (d *driver) ServeHTTP(w http.ResponseWriter, r *http.Request) { d.mux.ServeHTTP(w, r) }

// close ends the statements that still run.
func (d *driver) close() {
	d.end()
	d.work.Wait()
}

// SQL is the engine that runs the account's statements. It can be used in
// process, with a session of the caller's making.
func (s *Server) SQL() *sql.Engine { return s.driver.engine }
