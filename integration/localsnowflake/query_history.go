package localsnowflake

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// most is how many statements a history has at most.
const most = 100

// queryHistory serves GET /monitoring/queries: the latest statements of the
// session's user, newest first. Snowflake's command line asks it for !queries;
// its parameters are known from there.
func (d *driver) queryHistory(w http.ResponseWriter, r *http.Request) {
	s, code := d.sessions.find(r)
	if code != "" {
		writeFailure(w, code, sessionMessages[code])
		return
	}
	wanted, ok := readHistory(r.URL.Query())
	if !ok {
		writeFailure(w, codeNotSupported, "max, start, end, min_duration and session_id must be numbers.")
		return
	}
	list := []monitored{}
	for _, x := range d.executions.latest(s.sql.User) {
		if m := x.monitored(d.server.options.Now()); len(list) < wanted.most && wanted.fits(m) {
			list = append(list, m)
		}
	}
	writeEnvelope(w, map[string]any{"queries": list})
}

// history is which statements are asked for; 0 and "" are any.
type history struct {
	most                             int
	session, start, end, minDuration int64
	state, kind                      string
}

func readHistory(q url.Values) (h history, ok bool) {
	ok = true
	number := func(name string, otherwise int64) int64 {
		if !q.Has(name) {
			return otherwise
		}
		n, err := strconv.ParseInt(q.Get(name), 10, 64)
		ok = ok && err == nil && n >= 0
		return n
	}
	h.most = int(min(number("max", most), most))
	h.session, h.start, h.end, h.minDuration = number("session_id", 0), number("start", 0), number("end", 0), number("min_duration", 0)
	h.state, h.kind = strings.ToUpper(q.Get("subset")), strings.ToUpper(q.Get("stmt_type"))
	return h, ok
}

func (h history) fits(m monitored) bool {
	state := m.State
	if state == "EXECUTING" {
		state = "RUNNING"
	}
	return (h.session == 0 || m.SessionID == h.session) && (h.start == 0 || m.StartTime >= h.start) && (h.end == 0 || m.StartTime <= h.end) &&
		m.Duration >= h.minDuration && (h.state == "" || h.state == state) && (h.kind == "" || h.kind == "ANY" || strings.HasPrefix(strings.ToUpper(m.SQLText), h.kind))
}

// latest are the statements of a user, newest first.
func (e *executions) latest(user string) []*execution {
	e.mu.Lock()
	defer e.mu.Unlock()
	var list []*execution
	for i := len(e.order) - 1; i >= 0; i-- {
		if e.order[i].session.sql.User == user {
			list = append(list, e.order[i])
		}
	}
	return list
}
