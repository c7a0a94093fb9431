package localsnowflake

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"github.com/google/uuid"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/sql"
)

// queryRequest is one statement.
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
		w.Header().Set("Content-Type", "application/json")
		// A client that left does not end its statement; an abort does.
		w.Write(d.answer(context.WithoutCancel(r.Context()), s, r.URL.Query().Get("requestId"), &request))
	})
}

// answer runs a statement, or repeats the answer of a request that ran before.
// Statements of one session run one after the other.
func (d *driver) answer(ctx context.Context, s *session, id string, request *queryRequest) []byte {
	s.statement.Lock()
	defer s.statement.Unlock()
	if body, ok := s.answers.get(id); ok {
		return body
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s.mu.Lock()
	s.running[id] = cancel
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		delete(s.running, id)
		s.mu.Unlock()
	}()
	body := d.run(ctx, s.sql, request)
	s.answers.put(id, body)
	return body
}

// run executes a statement and writes its envelope.
func (d *driver) run(ctx context.Context, s *sql.Session, request *queryRequest) []byte {
	queryID := uuid.NewString()
	binds, err := request.bindings()
	if err != nil {
		return failedQuery(queryID, err)
	}
	execute := d.engine.Execute
	if request.DescribeOnly {
		execute = d.engine.Describe
	}
	result, err := execute(ctx, s, request.Text, binds)
	if err != nil {
		return failedQuery(queryID, err)
	}
	return succeededQuery(queryID, s, result)
}

// bindings reads bound values and, for bulk inserts, arrays of them.
func (q *queryRequest) bindings() (sql.Bindings, error) {
	binds := sql.Bindings{Values: map[int]sql.Binding{}}
	if q.Async {
		return binds, &sql.Error{Code: 2, SQLState: "0A000", Message: "Unsupported feature 'asynchronous execution'."}
	}
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

// queryData is the data of a successful query but for its rowset.
type queryData struct {
	RowType           []sql.RowType `json:"rowtype"`
	Total             int           `json:"total"`
	Returned          int           `json:"returned"`
	QueryID           string        `json:"queryId"`
	SQLState          *string       `json:"sqlState"`
	StatementTypeID   int           `json:"statementTypeId"`
	QueryResultFormat string        `json:"queryResultFormat"`
	Version           int           `json:"version"`
	NumberOfBinds     int           `json:"numberOfBinds"`
	ArrayBind         bool          `json:"arrayBindSupported"`
	FinalDatabase     *string       `json:"finalDatabaseName"`
	FinalSchema       *string       `json:"finalSchemaName"`
	FinalWarehouse    *string       `json:"finalWarehouseName"`
	FinalRole         *string       `json:"finalRoleName"`
	Parameters        []parameter   `json:"parameters"`
}

func succeededQuery(id string, s *sql.Session, result *sql.Result) []byte {
	info := infoOf(s)
	head, err := json.Marshal(queryData{
		RowType: result.RowTypes(), Total: len(result.Rows), Returned: len(result.Rows), QueryID: id, StatementTypeID: result.StatementType,
		QueryResultFormat: "json", Version: 1, NumberOfBinds: result.Binds, ArrayBind: result.ArrayBind, FinalDatabase: info.Database, FinalSchema: info.Schema,
		FinalWarehouse: info.Warehouse, FinalRole: info.Role, Parameters: parametersOf(s),
	})
	if err != nil {
		return failedQuery(id, err)
	}
	body := append([]byte(`{"data":`), head[:len(head)-1]...)
	body = append(body, `,"rowset":`...)
	body = result.AppendRowset(body)
	return append(body, `},"code":null,"message":null,"success":true}`...)
}

func failedQuery(id string, err error) []byte {
	e := sql.AsError(err)
	code := fmt.Sprintf("%06d", e.Code)
	kind := "COMPILATION"
	if e.Code >= 100000 || e.Code == 603 || e.Code == 604 {
		kind = "EXECUTION"
	}
	body, err := json.Marshal(envelope{Code: &code, Message: &e.Message, Data: map[string]any{
		"errorCode": code, "sqlState": e.SQLState, "queryId": id, "line": orMinusOne(e), "pos": e.Pos, "type": kind, "internalError": e.Code == 603,
	}})
	if err != nil {
		return []byte(`{"data":null,"code":"000603","message":"internal error","success":false}`)
	}
	return body
}

// orMinusOne is the line of an error, -1 where no place is known.
func orMinusOne(e *sql.Error) int {
	if e.Line == 0 {
		return -1
	}
	return e.Line
}
