package localsnowflake

import "net/http"

// queryResult serves GET /queries/ID/result: the answer of a statement that
// took long, ran on its own, or was one of several. Any session of the same
// user may ask.
func (d *driver) queryResult(w http.ResponseWriter, r *http.Request) {
	s, code := d.sessions.find(r)
	if code != "" {
		writeFailure(w, code, sessionMessages[code])
		return
	}
	id := r.PathValue("id")
	x := d.executions.find(id, s.sql.User)
	if x == nil {
		writeBody(w, failedQuery(id, statementNotFound(id)))
		return
	}
	d.await(w, x)
}
