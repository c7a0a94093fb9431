package localsnowflake

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/sql"
)

// patience is how long a request waits for its statement before it is told to
// ask again, as the service does.
const patience = 45 * time.Second

// queryRequest is one statement, or several in one text.
type queryRequest struct {
	Text         string                `json:"sqlText"`
	Async        bool                  `json:"asyncExec"`
	DescribeOnly bool                  `json:"describeOnly"`
	Bindings     map[string]boundValue `json:"bindings"`
	Parameters   map[string]any        `json:"parameters"`
	BindStage    string                `json:"bindStage"`
}

type boundValue struct {
	Type  string          `json:"type"`
	Value json.RawMessage `json:"value"`
}

// query serves POST /queries/v1/query-request. The whole result is inline, as
// JSON.
func (d *driver) query(w http.ResponseWriter, r *http.Request) {
	var request queryRequest
	err := d.readDriver(r, &request)
	d.server.faults.Serve(w, r, ActionQuery, request.Text, writeDriverFault, func(w http.ResponseWriter, r *http.Request) {
		s, code := d.sessions.find(r)
		if code != "" {
			writeFailure(w, code, sessionMessages[code])
			return
		}
		if err != nil {
			writeFailure(w, codeNotSupported, "The query request is not valid JSON or too large.")
			return
		}
		x := d.begin(s, r.URL.Query().Get("requestId"), &request)
		if request.Async {
			writeBody(w, runningQuery(x, codeAsync))
			return
		}
		d.await(w, x)
	})
}

// await answers with a statement's result once it is there, or after a while
// with where to ask for it.
func (d *driver) await(w http.ResponseWriter, x *execution) {
	impatient := time.NewTimer(d.patience)
	defer impatient.Stop()
	select {
	case <-x.done:
		writeBody(w, x.answer())
	case <-impatient.C:
		writeBody(w, runningQuery(x, codeInProgress))
	case <-d.running.Done(): // the server closes
		writeBody(w, failedQuery(x.id, sql.AsError(d.running.Err())))
	}
}

func writeBody(w http.ResponseWriter, body []byte) {
	w.Header().Set("Content-Type", "application/json")
	w.Write(body)
}

// begin starts a request's statement, or finds it when the request was sent
// before. A client that leaves does not end its statement; an abort does.
func (d *driver) begin(s *session, requestID string, request *queryRequest) *execution {
	ctx, cancel := context.WithCancel(d.running)
	x, known := s.requested(requestID, func() *execution { return newExecution(s, request.Text, d.server.options.Now(), cancel) })
	if known {
		cancel()
		return x
	}
	d.executions.add(x)
	d.beginWork(func() {
		defer cancel()
		d.run(ctx, x, request)
		d.executions.keep(x)
	})
	return x
}

// run executes a request. Statements of one session run one after the other,
// but for those that are sent to run on their own.
func (d *driver) run(ctx context.Context, x *execution, request *queryRequest) {
	now := d.server.options.Now
	s := x.session.sql
	if request.Async {
		s = s.Fork()
	} else {
		x.session.statement.Lock()
		defer x.session.statement.Unlock()
	}
	defer func() { x.session.sql.Ran(x.id) }()
	list, binds, err := request.read(s, d.engine)
	switch {
	case err != nil:
		x.finish(s, nil, err, now())
	case len(list) == 1 || request.DescribeOnly:
		execute := d.engine.Run
		if request.DescribeOnly {
			execute = d.engine.Describe
		}
		result, err := limited(ctx, request, s, func(ctx context.Context) (*sql.Result, error) { return execute(ctx, s, list[0], binds) })
		x.finish(s, result, err, now())
	default:
		children, err := d.runAll(ctx, x, s, list, binds, request)
		if err != nil {
			x.finish(s, nil, err, now())
			return
		}
		x.finishAll(s, children, now())
	}
}

// runAll executes several statements; the first error ends them.
func (d *driver) runAll(ctx context.Context, x *execution, s *sql.Session, list []sql.Statement, binds sql.Bindings, request *queryRequest) ([]*execution, error) {
	var children []*execution
	for _, st := range list {
		child := newExecution(x.session, st.Text, d.server.options.Now(), x.cancel)
		d.executions.add(child)
		result, err := limited(ctx, request, s, func(ctx context.Context) (*sql.Result, error) { return d.engine.Run(ctx, s, st, binds) })
		child.finish(s, result, err, d.server.options.Now())
		d.executions.keep(child)
		x.session.sql.Ran(child.id)
		if _, err := child.outcome(); err != nil {
			return nil, err
		}
		children = append(children, child)
	}
	return children, nil
}

// limited runs a statement within STATEMENT_TIMEOUT_IN_SECONDS.
func limited(ctx context.Context, request *queryRequest, s *sql.Session, run func(context.Context) (*sql.Result, error)) (*sql.Result, error) {
	seconds, _ := strconv.Atoi(request.parameter("STATEMENT_TIMEOUT_IN_SECONDS", s))
	if seconds <= 0 {
		return run(ctx)
	}
	within, cancel := context.WithTimeout(ctx, time.Duration(seconds)*time.Second)
	defer cancel()
	result, err := run(within)
	if err != nil && ctx.Err() == nil && within.Err() != nil {
		err = &sql.Error{Code: 630, SQLState: "57014", Message: fmt.Sprintf("Statement reached its statement or warehouse timeout of %d second(s) and was canceled.", seconds)}
	}
	return result, err
}

// parameter is a parameter of the statement or else of its session.
func (q *queryRequest) parameter(name string, s *sql.Session) string {
	if v, ok := q.Parameters[name]; ok {
		return fmt.Sprint(v)
	}
	return s.Parameter(name)
}

// read parses the text and the bindings, and holds the number of statements
// against the one that was announced: 1 unless MULTI_STATEMENT_COUNT says
// otherwise, 0 for any.
func (q *queryRequest) read(s *sql.Session, engine *sql.Engine) ([]sql.Statement, sql.Bindings, error) {
	binds, err := q.bindings()
	if err != nil {
		return nil, binds, err
	}
	list, err := engine.Parse(q.Text)
	if err != nil {
		return nil, binds, err
	}
	want := 1
	if n, err := strconv.Atoi(q.parameter("MULTI_STATEMENT_COUNT", s)); err == nil {
		want = n
	}
	return list, binds, sql.CheckCount(list, want)
}

// bindings reads bound values and, for bulk inserts, arrays of them.
func (q *queryRequest) bindings() (sql.Bindings, error) {
	binds := sql.Bindings{Values: map[int]sql.Binding{}}
	if q.BindStage != "" {
		return binds, &sql.Error{Code: 2, SQLState: "0A000", Message: "Unsupported feature 'bindings in a stage'."}
	}
	for name, b := range q.Bindings {
		n, err := strconv.Atoi(name)
		if err != nil {
			return binds, &sql.Error{Code: 2049, SQLState: "42601", Message: fmt.Sprintf("Bind variable :%s is no number.", name)}
		}
		bound := sql.Binding{Type: b.Type}
		if json.Unmarshal(b.Value, &bound.Value) != nil && json.Unmarshal(b.Value, &bound.Batch) != nil {
			return binds, &sql.Error{Code: 2050, SQLState: "42601", Message: fmt.Sprintf("Bind variable :%d is neither a text nor an array of texts.", n)}
		}
		binds.Values[n] = bound
	}
	return binds, nil
}
