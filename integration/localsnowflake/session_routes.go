package localsnowflake

import (
	"encoding/json"
	"net/http"

	"github.com/kinesnow/kinesnow/integration/fault"
)

// Actions of the SQL driver protocol, for fault hooks. The key of Query is the
// statement's text, of the others "". An injected Refusal is answered in the
// driver's envelope: Status 0 or 200 with a numeric Code is an error of the
// session or the statement, e.g. 390112 for an expired session.
const (
	ActionLogin        = "Login"
	ActionRenewToken   = "RenewToken"
	ActionHeartbeat    = "Heartbeat"
	ActionQuery        = "Query"
	ActionAbortQuery   = "AbortQuery"
	ActionCloseSession = "CloseSession"
	ActionQueryResult  = "QueryResult"
	ActionMonitorQuery = "MonitorQuery"
	ActionTelemetry    = "Telemetry"
)

// maxRequest bounds the body of a driver's request: a statement of 1 MiB with
// its bindings.
const maxRequest = 64 << 20

// routes serves the driver protocol (spec 4.3).
func (d *driver) routes(mux *http.ServeMux) {
	mux.HandleFunc("POST /session/v1/login-request", d.action(ActionLogin, d.login))
	mux.HandleFunc("POST /session/token-request", d.action(ActionRenewToken, d.renewToken))
	mux.HandleFunc("POST /session/heartbeat", d.action(ActionHeartbeat, d.heartbeat))
	mux.HandleFunc("POST /session", d.action(ActionCloseSession, d.closeSession))
	mux.HandleFunc("POST /queries/v1/query-request", d.query)
	mux.HandleFunc("POST /queries/v1/abort-request", d.action(ActionAbortQuery, d.abortQuery))
	mux.HandleFunc("POST /queries/{id}/abort-request", d.action(ActionAbortQuery, d.abortByID))
	mux.HandleFunc("GET /queries/{id}/result", d.action(ActionQueryResult, d.queryResult))
	mux.HandleFunc("GET /monitoring/queries", d.action(ActionMonitorQuery, d.queryHistory))
	mux.HandleFunc("GET /monitoring/queries/{id}", d.action(ActionMonitorQuery, d.monitorQuery))
	mux.HandleFunc("POST /telemetry/send", d.action(ActionTelemetry, d.telemetry))
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { writeError(w, noSuchPath(r)) })
}

// action serves one route behind the server's fault hooks.
func (d *driver) action(name string, handler http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		d.server.faults.Serve(w, r, name, "", writeDriverFault, handler)
	}
}

// envelope is every answer of the driver protocol.
type envelope struct {
	Data    any     `json:"data"`
	Code    *string `json:"code"`
	Message *string `json:"message"`
	Success bool    `json:"success"`
}

func writeEnvelope(w http.ResponseWriter, data any) {
	writeJSON(w, http.StatusOK, envelope{Data: data, Success: true})
}

// writeFailure answers with an error of the session layer. Drivers read code
// as a number.
func writeFailure(w http.ResponseWriter, code, message string) {
	writeJSON(w, http.StatusOK, envelope{Code: &code, Message: &message, Data: map[string]any{"errorCode": code, "sqlState": "08001"}})
}

func writeDriverFault(w http.ResponseWriter, f *fault.Refusal) {
	status := f.Status
	if status == 0 {
		status = http.StatusOK
	}
	writeJSON(w, status, envelope{Code: &f.Code, Message: &f.Message, Data: map[string]any{"errorCode": f.Code}})
}

// readDriver reads the JSON object of a driver's request, which may be packed
// with gzip.
func (d *driver) readDriver(r *http.Request, into any) error {
	body, err := readAll(r.Body, r.ContentLength, maxRequest)
	if err != nil {
		return err
	}
	if r.Header.Get("Content-Encoding") == "gzip" {
		if body, err = d.server.unpacker.gunzip(body, nil); err != nil {
			return err
		}
	}
	if len(body) == 0 {
		return nil
	}
	return json.Unmarshal(body, into)
}
