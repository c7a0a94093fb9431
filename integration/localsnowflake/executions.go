package localsnowflake

import (
	"sync"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/sql"
)

// Bounds of what is remembered of statements: how many, and of how many cells
// of their results all together. The service keeps results for a day.
const (
	keptStatements = 10_000
	keptCells      = 2_000_000
)

// executions finds statements by their query ID.
type executions struct {
	mu    sync.Mutex
	byID  map[string]*execution
	order []*execution // oldest first
	cells []*execution // those that still have rows, oldest first
	total int          // cells
}

func newExecutions() *executions { return &executions{byID: map[string]*execution{}} }

func (e *executions) add(x *execution) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.byID[x.id] = x
	e.order = append(e.order, x)
	if over := len(e.order) - keptStatements; over > 0 {
		for _, old := range e.order[:over] {
			delete(e.byID, old.id)
		}
		e.order = append([]*execution(nil), e.order[over:]...)
	}
}

// keep counts a result. The oldest ones lose their rows when there are too
// many; the newest never does.
func (e *executions) keep(x *execution) {
	n := x.cells()
	if n == 0 {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.cells = append(e.cells, x)
	e.total += n
	for e.total > keptCells && len(e.cells) > 1 {
		e.total -= e.cells[0].cells()
		e.cells[0].drop()
		e.cells = e.cells[1:]
	}
}

// find returns a statement of a user; nil when there is none.
func (e *executions) find(id, user string) *execution {
	e.mu.Lock()
	defer e.mu.Unlock()
	x := e.byID[id]
	if x == nil || x.session.sql.User != user {
		return nil
	}
	return x
}

// Result is the result of a statement, for RESULT_SCAN.
func (d *driver) Result(s *sql.Session, queryID string) (*sql.Result, bool) {
	x := d.executions.find(queryID, s.User)
	if x == nil || !x.isDone() {
		return nil, false
	}
	result, _ := x.outcome()
	return result, result != nil
}

// Cancel ends a running statement, for SYSTEM$CANCEL_QUERY.
func (d *driver) Cancel(s *sql.Session, queryID string) bool {
	x := d.executions.find(queryID, s.User)
	if x == nil || x.isDone() {
		return false
	}
	x.cancel()
	return true
}
