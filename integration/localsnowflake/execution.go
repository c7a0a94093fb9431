package localsnowflake

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/sql"
)

// execution is one statement at work, or done: what a request for its result
// is answered from. A text of several statements is one too, with a child for
// each.
type execution struct {
	id      string
	session *session
	text    string
	kind    int // statementTypeId
	began   time.Time
	done    chan struct{} // closed at the end
	cancel  context.CancelFunc

	mu       sync.Mutex // guards what follows
	ended    time.Time
	head     []byte // data of the answer, but for its rowset
	result   *sql.Result
	err      *sql.Error
	children []*execution
	dropped  bool // the rows had to go
}

func newExecution(s *session, text string, now time.Time, cancel context.CancelFunc) *execution {
	return &execution{id: uuid.NewString(), session: s, text: text, began: now, done: make(chan struct{}), cancel: cancel}
}

// finish notes how a statement ended, and where that left its session.
func (x *execution) finish(s *sql.Session, result *sql.Result, err error, now time.Time) {
	x.mu.Lock()
	defer x.mu.Unlock()
	defer close(x.done)
	x.ended = now
	if err == nil {
		x.result, x.kind = result, result.StatementType
		x.head, err = json.Marshal(dataOf(x.id, s, result))
	}
	if err != nil {
		x.result, x.err = nil, sql.AsError(err)
	}
}

// finishAll notes the end of a text of several statements.
func (x *execution) finishAll(s *sql.Session, children []*execution, now time.Time) {
	x.mu.Lock()
	defer x.mu.Unlock()
	defer close(x.done)
	x.ended, x.children, x.kind = now, children, typeSeveral
	var ids, kinds []string
	for _, child := range children {
		ids, kinds = append(ids, child.id), append(kinds, fmt.Sprint(child.kind))
	}
	x.result = sql.Message("multiple statement execution", "Multiple statements executed successfully.")
	x.result.StatementType = typeSeveral
	data := dataOf(x.id, s, x.result)
	data.ResultIDs, data.ResultTypes = strings.Join(ids, ","), strings.Join(kinds, ",")
	head, err := json.Marshal(data)
	if err != nil {
		x.err = sql.AsError(err)
	}
	x.head = head
}

// typeSeveral is the statementTypeId of a text of several statements.
const typeSeveral = 0xA000

// cells is how much of the server's memory for results a statement takes.
func (x *execution) cells() int {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.result == nil {
		return 0
	}
	return len(x.result.Rows) * len(x.result.Columns)
}

// drop forgets the rows of a result.
func (x *execution) drop() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.result, x.dropped = nil, true
}

// answer is the envelope of a statement that is done.
func (x *execution) answer() []byte {
	x.mu.Lock()
	defer x.mu.Unlock()
	switch {
	case x.err != nil:
		return failedQuery(x.id, x.err)
	case x.dropped:
		return failedQuery(x.id, statementNotFound(x.id))
	}
	body := append([]byte(`{"data":`), x.head[:len(x.head)-1]...)
	body = append(body, `,"rowset":`...)
	body = x.result.AppendRowset(body)
	return append(body, `},"code":null,"message":null,"success":true}`...)
}

// outcome is the result and the error of a statement that is done.
func (x *execution) outcome() (*sql.Result, *sql.Error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.result, x.err
}

func (x *execution) isDone() bool {
	select {
	case <-x.done:
		return true
	default:
		return false
	}
}

func statementNotFound(id string) *sql.Error {
	return &sql.Error{Code: 709, SQLState: "02000", Message: "Statement " + id + " not found"}
}
