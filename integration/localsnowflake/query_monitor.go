package localsnowflake

import (
	"fmt"
	"net/http"
	"time"
)

// monitored is what GET /monitoring/queries/ID says of a statement.
type monitored struct {
	ID           string  `json:"id"`
	Status       string  `json:"status"`
	State        string  `json:"state"`
	SQLText      string  `json:"sqlText"`
	ErrorCode    string  `json:"errorCode"`
	ErrorMessage *string `json:"errorMessage"`
	SessionID    int64   `json:"sessionId"`
	StartTime    int64   `json:"startTime"` // ms
	EndTime      int64   `json:"endTime"`   // ms, 0 while it runs
	Duration     int64   `json:"totalDuration"`
}

// monitorQuery serves GET /monitoring/queries/ID, which drivers ask how an
// asynchronous statement is doing. One that is not known is an empty list.
func (d *driver) monitorQuery(w http.ResponseWriter, r *http.Request) {
	s, code := d.sessions.find(r)
	if code != "" {
		writeFailure(w, code, sessionMessages[code])
		return
	}
	list := []monitored{}
	if x := d.executions.find(r.PathValue("id"), s.sql.User); x != nil {
		list = append(list, x.monitored(d.server.options.Now()))
	}
	writeEnvelope(w, map[string]any{"queries": list})
}

func (x *execution) monitored(now time.Time) monitored {
	m := monitored{ID: x.id, Status: "RUNNING", State: "EXECUTING", SQLText: x.text, SessionID: x.session.id, StartTime: x.began.UnixMilli(), Duration: now.Sub(x.began).Milliseconds()}
	if !x.isDone() {
		return m
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	m.Status, m.State, m.EndTime, m.Duration = "SUCCESS", "SUCCEEDED", x.ended.UnixMilli(), x.ended.Sub(x.began).Milliseconds()
	if x.err != nil {
		m.Status, m.State, m.ErrorCode, m.ErrorMessage = "FAILED_WITH_ERROR", "FAILED", fmt.Sprintf("%06d", x.err.Code), &x.err.Message
	}
	return m
}
