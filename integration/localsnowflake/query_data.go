package localsnowflake

import (
	"encoding/json"
	"fmt"

	"github.com/kinesnow/kinesnow/integration/localsnowflake/sql"
)

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
	ResultIDs         string        `json:"resultIds,omitempty"`   // of several statements, split by commas
	ResultTypes       string        `json:"resultTypes,omitempty"` // their statementTypeIds
}

func dataOf(id string, s *sql.Session, result *sql.Result) queryData {
	info := infoOf(s)
	return queryData{
		RowType: result.RowTypes(), Total: len(result.Rows), Returned: len(result.Rows), QueryID: id, StatementTypeID: result.StatementType,
		QueryResultFormat: "json", Version: 1, NumberOfBinds: result.Binds, ArrayBind: result.ArrayBind, FinalDatabase: info.Database, FinalSchema: info.Schema,
		FinalWarehouse: info.Warehouse, FinalRole: info.Role, Parameters: parametersOf(s),
	}
}

func failedQuery(id string, e *sql.Error) []byte {
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

// Codes that say "ask again at getResultUrl": of a statement that takes long,
// and of one that was sent to run on its own (spec 4.3).
const (
	codeInProgress = "333333"
	codeAsync      = "333334"
)

// runningQuery is the answer while a statement has not ended. The path has no
// query string: drivers escape it as a whole.
func runningQuery(x *execution, code string) []byte {
	message := "Query execution in progress..."
	if code == codeAsync {
		message = "Query execution in progress. The query was executed asynchronously."
	}
	body, err := json.Marshal(envelope{Success: true, Code: &code, Message: &message, Data: map[string]any{
		"queryId": x.id, "getResultUrl": "/queries/" + x.id + "/result", "queryAbortsAfterSecs": 300, "progressDesc": nil,
	}})
	if err != nil {
		return failedQuery(x.id, sql.AsError(err))
	}
	return body
}
